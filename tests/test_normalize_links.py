"""Addresses: what a reader follows, and what tells articles apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.links import canonical, cleaned
from feeds.normalize.tracking import AT_SITES, EVERYWHERE, REDIRECTORS, SAYS_WHENCE, STARTS

PLAIN = [
    "https://a.example/news/1",
    "https://a.example/x?id=1&page=2",
    "https://a.example/x?",
    "https://a.example/x?spm=1&source=home&from=2",
    "https://a.example/x?from=2022&ref=main",
    "https://a.example/#anchor",
    "https://a.example/?q=utm_source",
    "https://a.example/share?url=https://b.example/",
    "https://www.facebook.com/sharer.php?u=https://b.example/",
    "https://www.google.com/search?q=https://b.example/",
    "https://www.google.com/url?q=b.example",
    "https://www.google.com/url?q=javascript:alert(1)//http://x",
    "https://link.zhihu.com/?target=http://",
    "https://link.zhihu.com/?target=https://a b.example/",
    "mailto:a@b.example?utm_source=x",
    "/x?utm_source=y",
    "https://[::1/?utm_source=x",
    "",
]


@pytest.mark.parametrize("url", PLAIN)
def test_what_is_not_known_stays_byte_for_byte(url: str) -> None:
    assert cleaned(url) == url


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/x?utm_source=a&UTM_Medium=b", "https://a.example/x"),
        ("https://a.example/x?b=%20&utm_source=a&a=1+2#top", "https://a.example/x?b=%20&a=1+2#top"),
        ("https://a.example/x?id=1&amp;utm_source=a&amp;c=2", "https://a.example/x?id=1&amp;c=2"),
        ("https://a.example/x?fbclid=1&gclid=2&mc_eid=3&wt.mc_id=4", "https://a.example/x"),
        ("https://a.example/x#xtor=RSS-1", "https://a.example/x"),
        ("https://a.example/x#utm_source=a&utm_medium=b", "https://a.example/x"),
        ("https://a.example/x#ref=rss", "https://a.example/x"),
        ("https://blog.example/x?source=rss----1d4e---4", "https://blog.example/x"),
        ("https://a.example/x?from=RSS", "https://a.example/x"),
        ("https://www.dw.com/en/a-1?maca=en-rss-en-all", "https://www.dw.com/en/a-1"),
        ("https://m.bilibili.com/video/BV1?spm_id_from=3.1&p=2", "https://m.bilibili.com/video/BV1?p=2"),
        (
            "https://mp.weixin.qq.com/s?__biz=M==&mid=1&idx=1&sn=a&chksm=b&scene=27",
            "https://mp.weixin.qq.com/s?__biz=M==&mid=1&idx=1&sn=a",
        ),
        ("https://baijiahao.baidu.com/s?id=1&wfr=spider&for=pc", "https://baijiahao.baidu.com/s?id=1"),
    ],
)
def test_tracking_is_taken_out_and_nothing_else(url: str, clean: str) -> None:
    assert cleaned(url) == clean


TARGET = "https://b.example/x?y=1"
ESCAPED = "https%3A%2F%2Fb.example%2Fx%3Fy%3D1"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={ESCAPED}&ct=ga&usg=AOv",
        f"https://www.google.com.au/url?q={ESCAPED}",
        f"http://l.facebook.com/l.php?u={ESCAPED}&h=AT0",
        f"https://t.umblr.com/redirect?z={ESCAPED}&t=1",
        f"https://www.youtube.com/redirect?event=d&q={ESCAPED}",
        f"https://out.reddit.com/t3_1?url={ESCAPED}&token=2",
        f"https://link.zhihu.com/?target={ESCAPED}",
        f"https://link.juejin.cn?target={ESCAPED}",
        f"https://sspai.com/link?target={ESCAPED}",
        f"https://steamcommunity.com/linkfilter/?url={ESCAPED}",
        f"https://steamcommunity.com/linkfilter/?{TARGET}",
        f"https://duckduckgo.com/l/?uddg={ESCAPED}&rut=1",
        f"https://vk.com/away.php?to={ESCAPED}",
        f"https://href.li/?{TARGET}",
        f"https://go.redirectingat.com?id=1&xs=1&url={ESCAPED}",
        f"https://eur01.safelinks.protection.outlook.com/?url={ESCAPED}&data=05",
        f"https://medium.com/r/?url={ESCAPED}",
        f"https://weibo.cn/sinaurl?u={ESCAPED}",
        f"https://www.google.com/url?q=nothing&url={ESCAPED}%26utm_source%3Dz",
    ],
)
def test_redirectors_are_unwrapped(url: str) -> None:
    assert cleaned(url) == TARGET


def wrapped(url: str, times: int) -> str:
    for _ in range(times):
        url = "https://href.li/?" + url
    return url


def test_redirectors_in_each_other_are_unwrapped_to_a_depth() -> None:
    assert cleaned(wrapped(TARGET, 3)) == TARGET
    assert cleaned(wrapped(TARGET, 4)) == wrapped(TARGET, 4)


def test_a_target_is_spelled_as_an_address() -> None:
    assert cleaned("https://link.zhihu.com/?target=https%3A//b.example/%E4%B8%AD") == (
        "https://b.example/%E4%B8%AD"
    )


SAME = [
    ("http://a.example/x", "https://a.example/x"),
    ("https://www.a.example/x", "https://a.example/x"),
    ("https://a.example/x/", "https://a.example/x"),
    ("https://a.example", "https://a.example/"),
    ("https://A.Example/x", "https://a.example/x"),
    ("https://a.example:443/x", "http://a.example:80/x"),
    ("https://a.example/%7ex", "https://a.example/~x"),
    ("https://a.example/%e4%b8%ad", "https://a.example/中"),
    ("https://a.example/a b", "https://a.example/a%20b"),
    ("https://a.example/x?", "https://a.example/x"),
    ("https://a.example/x?a=1&utm_source=b", "https://a.example/x?a=1"),
    ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
    ("https://link.zhihu.com/?target=https%3A//a.example/x", "https://a.example/x"),
]
DIFFERENT = [
    ("https://a.example/x", "https://a.example/X"),
    ("https://a.example/x?id=1", "https://a.example/x?id=2"),
    ("https://a.example/x?a=1&b=2", "https://a.example/x?b=2&a=1"),
    ("https://a.example:8080/x", "https://a.example/x"),
    ("https://a.example/x#comment-1", "https://a.example/x#comment-2"),
    ("https://m.a.example/x", "https://a.example/x"),
    ("https://a.example/a%2Fb", "https://a.example/a/b"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_of_different_things(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


QUERY = st.lists(
    st.sampled_from(
        ["utm_source=a", "id=1", "u=", "q=", "url=", "https://b.example/?", "%68ttp://", "&", "#"]
    )
)
LINK = st.builds(
    lambda host, rest: f"https://{host}/{'url' if 'google' in host else 'l.php'}?{''.join(rest)}",
    st.sampled_from(["www.google.com", "l.facebook.com", "a.example"]),
    QUERY,
)


@given(st.text(max_size=80) | LINK)
def test_any_text_is_cleaned_once_for_all(url: str) -> None:
    assert cleaned(cleaned(url)) == cleaned(url)
    assert canonical(url) == canonical(cleaned(url))


def test_the_tables_are_spelled_as_they_are_looked_up() -> None:
    here = [name for names in AT_SITES.values() for name in names]
    said = [name for passing in REDIRECTORS.values() for _, names in passing for name in names]
    names = [*STARTS, *EVERYWHERE, *SAYS_WHENCE, *here, *said, *AT_SITES, *REDIRECTORS]
    assert [name for name in names if name != name.lower()] == []
    assert [name for name in here if name in EVERYWHERE or name.startswith(STARTS)] == []
    assert [path for passing in REDIRECTORS.values() for path, _ in passing if path.endswith("/")] == []
    assert list(REDIRECTORS) == sorted(REDIRECTORS)
