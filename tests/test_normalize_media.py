"""Pictures, sound, film and frames of articles: what is left, and that it is the true one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.allowlist import TAGS
from feeds.normalize.beacons import is_beacon
from feeds.normalize.html import clean
from feeds.normalize.lazy import WAITING
from feeds.normalize.players import HOSTS, PLAYERS, Player, player_of
from feeds.normalize.vetting import LONGEST_DATA, address_of, looked_at, picture_address, srcset_of
from tests.manual import unnamed

BASE = "https://publisher.example/news/1"
ROOT = "https://publisher.example"
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAA"
SVG = "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4="


def picture(source: str, more: str = "", alt: str = "") -> str:
    return f'<img src="{source}"{more} alt="{alt}" loading="lazy">'


def player(source: str, title: str, more: str = "") -> str:
    return (
        f'<iframe src="{source}" title="{title}"{more} loading="lazy"'
        ' referrerpolicy="strict-origin-when-cross-origin"'
        ' sandbox="allow-scripts allow-same-origin allow-popups" allowfullscreen=""></iframe>'
    )


def cleaned(html: str, base: str | None = BASE) -> str:
    """``html`` cleaned, which cleaning again does not change."""
    once = clean(html, base=base)
    assert clean(once, base=base) == once
    return once


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        pytest.param("<img src=a.png>", picture(f"{ROOT}/news/a.png"), id="relative"),
        pytest.param(
            "<img src=/a.png alt=Tree>", f'<img src="{ROOT}/a.png" alt="Tree" loading="lazy">', id="alt"
        ),
        pytest.param(
            "<img src=/a loading=eager onload=x>", f'<img src="{ROOT}/a" loading="lazy" alt="">', id="lazy"
        ),
        pytest.param("<img src=/a width=640 height=1e3>", picture(f"{ROOT}/a", ' width="640"'), id="sizes"),
        pytest.param("<img src=/a width=100%>", picture(f"{ROOT}/a", ' width="100%"'), id="percent"),
        pytest.param("<img alt=x>", "", id="without an address"),
        pytest.param("<img src=javascript:x>", "", id="script"),
        pytest.param("<img src='mailto:a@b.example'>", "", id="mail"),
        pytest.param(f"<img src='{PNG}'>", picture(PNG), id="inside its address"),
        pytest.param(f"<img src='{SVG}'>", "", id="drawing inside its address"),
        pytest.param(f"<img src='{DOT}'>", "", id="dot inside its address"),
        pytest.param(f"<img src='{PNG}{'A' * LONGEST_DATA}'>", "", id="too long inside its address"),
        pytest.param(
            "<a href='data:image/png;base64,AAAA'>x</a>", "<a>x</a>", id="link to a picture in itself"
        ),
        pytest.param(
            "<img srcset='/s 1x, /b 2x'>",
            picture(f"{ROOT}/s", f' srcset="{ROOT}/s 1x, {ROOT}/b 2x"'),
            id="srcset only",
        ),
        pytest.param(
            "<picture><source srcset='/a.webp' type=image/webp media='(width > 9px)'><img src=/a></picture>",
            f'<picture><source srcset="{ROOT}/a.webp" type="image/webp" media="(width &gt; 9px)">'
            f"{picture(f'{ROOT}/a')}</picture>",
            id="picture",
        ),
        pytest.param("<picture><source srcset='javascript:x'></picture>x", "x", id="empty picture"),
    ],
)
def test_pictures(html: str, kept: str) -> None:
    assert cleaned(html) == kept


@pytest.mark.parametrize(
    "name", ["data-src", "data-original", "data-lazy-src", "data-actualsrc", "real_src", "zoomfile"]
)
@pytest.mark.parametrize(
    "source",
    ["", f'src="{DOT}"', f'src="{SVG}"', 'src="/blank.gif"'],
    ids=["none", "dot", "drawing", "blank"],
)
def test_the_address_a_script_would_load_is_the_pictures(name: str, source: str) -> None:
    assert cleaned(f'<img {source} {name}="/a.png">') == picture(f"{ROOT}/a.png")


@pytest.mark.parametrize(
    "said", ["true", "{}", "data:image/gif;base64,AAAA", "javascript:x.y", "", "a b.png"]
)
def test_what_is_no_address_is_not_taken_for_one(said: str) -> None:
    assert cleaned(f'<img src="/a.png" data-src="{said}">') == picture(f"{ROOT}/a.png")


def test_lazy_candidates_are_resolved() -> None:
    html = f'<img src="{DOT}" data-src="/a.png" data-srcset="/a.png 1x, /b.png 2x">'
    assert cleaned(html) == picture(f"{ROOT}/a.png", f' srcset="{ROOT}/a.png 1x, {ROOT}/b.png 2x"')


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<img data-src="/a.png"><noscript><img src="/a.png"></noscript>', id="behind"),
        pytest.param('<img data-src="/a.png">\n<noscript><img src="/a.png"></noscript>', id="with a space"),
        pytest.param('<noscript><img src="/a.png"></noscript><img data-src="/a.png">', id="before"),
        pytest.param(f'<img src="{DOT}"><noscript><img src="/a.png"></noscript>', id="placeholder"),
        pytest.param(f'<span><img src="{DOT}"></span><noscript><img src="/a.png"></noscript>', id="wrapped"),
        pytest.param('<img data-src="/a-small.png"><noscript><img src="/a.png"></noscript>', id="other size"),
        pytest.param(
            '<img data-src="/a.png" style="display:none"><noscript><img src="/a.png"></noscript>', id="hidden"
        ),
        pytest.param('<noscript><img src="/a.png"></noscript>', id="alone"),
    ],
)
def test_a_picture_for_those_without_scripts_is_shown_once(html: str) -> None:
    assert cleaned(html).strip() == picture(f"{ROOT}/a.png")


def test_pictures_in_a_row_keep_their_own() -> None:
    one, two = (f'<img data-src="/{n}.png" alt="{n}"><noscript><img src="/{n}.png"></noscript>' for n in "12")
    shown = picture(f"{ROOT}/1.png", alt="1") + picture(f"{ROOT}/2.png", alt="2")
    assert cleaned(one + two) == shown


def test_words_for_those_without_scripts_go() -> None:
    assert cleaned("<p>a</p><noscript>Please enable scripts.</noscript>") == "<p>a</p>"


@pytest.mark.parametrize(
    "beacon",
    [
        '<img src="https://x.example/a.gif" width="1" height="1">',
        '<img src="https://x.example/a.gif" height="0">',
        '<img src="https://x.example/a.gif" width=1px>',
        '<img src="https://x.example/a.gif" style="border:0; height: 1px">',
        '<img src="https://x.example/a.gif" style="display:none">',
        '<img src="http://feeds.feedburner.com/~r/x/~4/y">',
        '<img src="https://pixel.wp.com/b.gif?x=1">',
        '<img src="//counter.theconversation.com/content/1/count.gif">',
        '<img src="https://www.facebook.com/tr?id=1&amp;noscript=1">',
        '<img src="https://x.example/mail/pixel.gif?u=1">',
        '<noscript><img src="https://x.example/a" width="1" height="1"></noscript>',
        '<iframe src="https://www.googletagmanager.com/ns.html?id=x"></iframe>',
        '<iframe src="https://x.example/" width="0" height="0"></iframe>',
    ],
)
def test_what_counts_readers_goes_with_what_it_leaves_empty(beacon: str) -> None:
    assert cleaned(f"<p>a</p>{beacon}") == "<p>a</p>"
    assert (
        cleaned(f'<p>a</p><div><a href="http://feeds.feedburner.com/~ff/x">{beacon}</a> </div>') == "<p>a</p>"
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://x.example/pixels/cat.png",
        "https://x.example/pixel-art.gif",
        "https://doubleclick.net.example/a.png",
        "https://notdoubleclick.net/a.png",
        "https://x.example/?u=http://doubleclick.net/",
        "https://www.facebook.com/trains.png",
        "/counts.gif",
    ],
)
def test_pictures_that_show_something_are_none(address: str) -> None:
    assert not is_beacon(address)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("/a 1x, /b 2x", f"{ROOT}/a 1x, {ROOT}/b 2x"),
        ("/a 300w,/b 1.5x", f"{ROOT}/a 300w, {ROOT}/b 1.5x"),
        (
            "/w_1,c_limit/a.jpg 424w, /w_2,c_limit/a.jpg 848w",
            f"{ROOT}/w_1,c_limit/a.jpg 424w, {ROOT}/w_2,c_limit/a.jpg 848w",
        ),
        ("/a, /b", f"{ROOT}/a, {ROOT}/b"),
        (" ,, /a ,", f"{ROOT}/a"),
        ("/a 1x 2x, /b 2q, /c 100w 50h", f"{ROOT}/c 100w 50h"),
        ("javascript:x 1x, /b 2x", f"{ROOT}/b 2x"),
        (f"{DOT} 1x", None),
        ("/a 1x, /a 1x", f"{ROOT}/a 1x"),
        ("", None),
    ],
)
def test_every_candidate_is_vetted(said: str, kept: str | None) -> None:
    assert srcset_of(said, BASE) == kept


@given(st.text(alphabet="/a.b,: 12xw()\n\tjavscript:", max_size=40), st.sampled_from([None, BASE]))
def test_candidates_that_were_vetted_stay(said: str, base: str | None) -> None:
    once = srcset_of(said, base)
    assert once is None or srcset_of(once, base) == once


ADDRESS = st.text(alphabet="htps:/.?#a-bA%@;&=~é \t[]1", max_size=20)
ABSOLUTE = st.builds(
    str.__add__, st.sampled_from(["http://", "https://", "/", "/a/", "//", "?", ""]), ADDRESS
)


@given(
    ABSOLUTE,
    st.sampled_from([BASE, "https://h.example", "http://h.example:80/a/b?c#d", "https://H.example/", None]),
)
def test_the_short_way_to_an_address_leads_where_the_long_one_does(value: str, base: str | None) -> None:
    assert address_of(value, base) == looked_at(value, base)


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp", "avif"])
def test_pictures_inside_their_address(kind: str) -> None:
    assert picture_address(f"data:image/{kind};base64,AAAA", BASE) == f"data:image/{kind};base64,AAAA"
    assert picture_address(f"data:image/{kind},<script>", BASE) is None


@pytest.mark.parametrize(
    ("address", "shown", "name"),
    [
        (
            "https://www.youtube.com/embed/a?autoplay=1&start=9",
            "https://www.youtube-nocookie.com/embed/a?start=9",
            "YouTube",
        ),
        (
            "http://www.youtube.com/v/dQw4w9WgXcQ&hl=en",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
            "YouTube",
        ),
        ("//player.vimeo.com/video/1", "https://player.vimeo.com/video/1", "Vimeo"),
        (
            "//player.bilibili.com/player.html?bvid=BV1",
            "https://player.bilibili.com/player.html?bvid=BV1",
            "Bilibili",
        ),
        (
            "https://v.qq.com/txp/iframe/player.html?vid=1",
            "https://v.qq.com/txp/iframe/player.html?vid=1",
            "Tencent Video",
        ),
        ("https://open.spotify.com/embed/track/1", "https://open.spotify.com/embed/track/1", "Spotify"),
    ],
)
def test_listed_players_stay(address: str, shown: str, name: str) -> None:
    escaped = address.replace("&", "&amp;")
    for html in (
        f'<iframe src="{escaped}" onload="x"></iframe>',
        f'<iframe data-src="{escaped}">no</iframe>',
    ):
        assert cleaned(f"<p>{html}</p>") == f"<p>{player(shown, name)}</p>"


@pytest.mark.parametrize("one", PLAYERS, ids=lambda one: f"{one.name} {one.path}")
def test_every_listed_player_may_be_shown_on_our_pages(one: Player) -> None:
    for host in one.hosts:
        found = player_of(f"https://{host}{one.path}x")
        assert found is not None
        assert found[1].split("/")[2] in HOSTS


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=a",
        "https://www.youtube.com.evil.example/embed/a",
        "https://evil.example/www.youtube.com/embed/a",
        "https://user@www.youtube.com/embed/a",
        "https://www.youtube.com:8443/embed/a",
        "https://www.youtube.com/embed/../redirect?q=x",
        "https://www.youtube.com/embed/%2e%2e/redirect?q=x",
        "https://www.youtube.com/embed/..\\redirect",
    ],
)
def test_nothing_else_is_a_player(address: str) -> None:
    assert player_of(address) is None


def test_a_players_title_and_size_stay() -> None:
    html = '<iframe title="My &amp; film" width="560" height="315" src="https://player.vimeo.com/video/1"></iframe>'
    size = ' width="560" height="315"'
    assert cleaned(html) == player("https://player.vimeo.com/video/1", "My &amp; film", size)


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        pytest.param(
            '<iframe src="/map?q=1"></iframe>',
            f'<a href="{ROOT}/map?q=1">publisher.example/map</a>',
            id="frame",
        ),
        pytest.param('<iframe src="/m" title="A map"></iframe>', f'<a href="{ROOT}/m">A map</a>', id="title"),
        pytest.param(
            '<embed src="/f.swf">', f'<a href="{ROOT}/f.swf">publisher.example/f.swf</a>', id="embed"
        ),
        pytest.param(
            '<object data="/f.swf"><param name="x"></object>',
            f'<a href="{ROOT}/f.swf">publisher.example/f.swf</a>',
            id="object",
        ),
        pytest.param(
            '<object><param name="Movie" value="/f.swf"></object>',
            f'<a href="{ROOT}/f.swf">publisher.example/f.swf</a>',
            id="parameter",
        ),
        pytest.param(
            '<object data="/a.svg"><img src="/a.png"></object>',
            picture(f"{ROOT}/a.png"),
            id="picture in an object",
        ),
        pytest.param(
            '<object><param name="movie" value="http://www.youtube.com/v/dQw4w9WgXcQ"><embed src="http://www.youtube.com/v/dQw4w9WgXcQ"></object>',
            player("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "YouTube"),
            id="film of Flash times",
        ),
        pytest.param('<iframe srcdoc="<p>x">y</iframe>', "", id="frame with its own document"),
        pytest.param('<iframe src="javascript:x"></iframe>', "", id="script"),
        pytest.param('<iframe src="about:blank"></iframe>', "", id="blank"),
        pytest.param(
            "<video src=v.mp4 autoplay loop></video>",
            f'<video src="{ROOT}/news/v.mp4" controls="" preload="none"></video>',
            id="film",
        ),
        pytest.param(
            "<audio controls preload=auto><source src=/a.mp3 type=audio/mpeg></audio>",
            f'<audio controls="" preload="none"><source src="{ROOT}/a.mp3" type="audio/mpeg"></audio>',
            id="sound",
        ),
        pytest.param("<video></video><audio src=javascript:x></audio>x", "x", id="film without an address"),
    ],
)
def test_frames_objects_sound_and_film(html: str, kept: str) -> None:
    assert cleaned(html) == kept


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        pytest.param('<math alttext="a^2"><mi>a</mi></math>', "<code>a^2</code>", id="alternative"),
        pytest.param(
            '<math><mi>x</mi><annotation encoding="application/x-tex">x_1 &lt; 2</annotation></math>',
            "<code>x_1 &lt; 2</code>",
            id="TeX",
        ),
        pytest.param("<math><mi>n</mi><mo>=</mo><mn>1</mn></math>", "<code>n=1</code>", id="signs"),
        pytest.param("<math><mtext><img src=x onerror=y></mtext></math>z", "z", id="nothing but an attack"),
        pytest.param("<svg><text>x</text><a href='/'>y</a></svg>z", "z", id="drawing"),
    ],
)
def test_formulas_become_their_source_and_drawings_go(html: str, kept: str) -> None:
    assert cleaned(html) == kept


def test_without_a_base_frames_and_pictures_are_safe_too() -> None:
    assert cleaned('<iframe src="//player.vimeo.com/video/1"></iframe>', base=None) == player(
        "https://player.vimeo.com/video/1", "Vimeo"
    )
    assert cleaned('<img src="a.png"><iframe src="x.html"></iframe>', base=None) == picture("a.png")


def test_the_manual_names_every_player_and_waiting_attribute() -> None:
    manual = (Path(__file__).parent.parent / "docs/articles.md").read_text("utf-8")
    places = [f"{one.shown_at or host}{one.path.rstrip('/')}" for one in PLAYERS for host in one.hosts]
    assert [place for place in places if place not in manual] == []
    assert unnamed(WAITING, manual) == []
    assert unnamed(sorted(TAGS), manual) == []
