"""``auto``: articles found in pages of many shapes."""

from __future__ import annotations

import json
import re

import pytest

from feeds.parse.extraction import extract

URL = "https://x.example/news/1.html"
WORDS = (
    "The council decided on Monday that the old bridge will be closed for traffic until the end of the year.",
    "Engineers had found cracks in two of its pillars, which were built in the summer of that year.",
    "Until the repairs are done, buses take the longer way along the river, and shops fear for customers.",
    "A public meeting about the plans will be held in the town hall, where models of the bridge are on show.",
)
CHINESE = (
    "市政府星期一决定，老桥将封闭到年底，所有车辆必须绕行，公交线路也作出了相应的调整，具体方案已在网上公布。",
    "工程师在两个桥墩上发现了裂缝，这座桥建于一九三一年夏天，至今已有九十多年历史，是本市最古老的桥梁之一。",
    "在修缮完成之前，公共汽车将沿江绕行，附近的商店担心顾客减少，商会希望政府能够给予适当的补贴和支持。",
)


def page(body: str, head: str = "<title>The bridge is closed</title>") -> str:
    menu = "<nav><a href=/a>Home</a> <a href=/b>Sport</a></nav><ul><li><a href=/c>Weather today</a></ul>"
    footer = "<footer>© 2022 The Paper. All rights reserved.</footer>"
    return f"<html><head>{head}</head><body>{menu}{body}{footer}</body></html>"


def paragraphs(texts: tuple[str, ...] = WORDS) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize("texts", [WORDS, CHINESE], ids=["English", "Chinese"])
@pytest.mark.parametrize(
    "around",
    [
        "<article>{}</article>",
        "<main><div class=content>{}</div></main>",
        "<div id=content_views>{}</div>",
        "<div class=TRS_Editor>{}</div>",
        "<table><tr><td width=20%><a href=/x>Link</a></td><td>{}</td></tr></table>",
        "<form action=/x><div>{}</div><input type=hidden name=__VIEWSTATE></form>",
    ],
)
def test_paragraphs_are_found_in_what_holds_them(around: str, texts: tuple[str, ...]) -> None:
    assert extract(page(around.format(paragraphs(texts))), URL).text == "\n".join(texts)


def test_lines_that_two_breaks_divide_are_paragraphs() -> None:
    found = extract(page(f"<article>{'<br><br>'.join(WORDS)}</article>"), URL)
    assert found.text == "\n".join(WORDS)
    assert found.html.count("<p>") == len(WORDS)


@pytest.mark.parametrize(
    "notice",
    [
        "<h1>The bridge is closed</h1>",
        "<p>READ MORE: <a href=/x>Another bridge is open</a></p>",
        "<p>Sign up for our newsletter</p>",
        "<p>Advertisement</p>",
        "<p>相关阅读：<a href=/x>另一座桥</a></p>",
        "<p>责任编辑：王小明</p>",
        "<p>Follow us on Twitter</p>",
        "<div class=share-tools><p>Facebook and Twitter and everything else</p></div>",
        "<p style='display: none'>A text for robots that no reader of the page has ever seen before.</p>",
        "<p><a href=/x>ANOTHER BRIDGE HAS FALLEN</a></p>",
        "<script>var x = 'The text of a script is no text';</script>",
        "<aside class=related><a href=/x>Another story that is told on another page</a></aside>",
    ],
)
@pytest.mark.parametrize("place", [1, 2])
def test_what_is_between_paragraphs_and_no_part_of_the_article(notice: str, place: int) -> None:
    inside = "".join((*(f"<p>{text}</p>" for text in WORDS[:place]), notice, paragraphs(WORDS[place:])))
    if "<h1>" in notice:
        inside = notice + paragraphs()
    assert extract(page(f"<article>{inside}</article>"), URL).text == "\n".join(WORDS)


@pytest.mark.parametrize(
    ("markup", "pattern"),
    [
        pytest.param("<h2>Buses and shops</h2>", r"<h2>Buses and shops</h2>", id="heading"),
        pytest.param(
            "<ul><li>The first of the reasons</li><li>The second of the reasons</li></ul>",
            r"<ul>\s*<li>The first of the reasons</li>\s*<li>The second of the reasons</li>\s*</ul>",
            id="list",
        ),
        pytest.param(
            "<blockquote class=twitter-tweet><p>It was a good bridge</p>— Ann</blockquote>",
            r"<blockquote>\s*<p>It was a good bridge</p>\s*<p>— Ann</p>\s*</blockquote>",
            id="tweet",
        ),
        pytest.param(
            "<figure><img src=b.jpg alt=Bridge><figcaption>The bridge in spring</figcaption></figure>",
            r'<figure>\s*<img src="https://x.example/news/b.jpg" alt="Bridge">\s*'
            r"<figcaption>The bridge in spring</figcaption>\s*</figure>",
            id="figure",
        ),
        pytest.param(
            "<p><img data-src=/b.jpg src=/blank.gif></p>",
            r'<img data-src="https://x.example/b.jpg"',
            id="lazy",
        ),
        pytest.param(
            "<p><img class=lazy src=data:image/gif;base64,R0><noscript><img src=/b.jpg></noscript></p>",
            r'data-src="https://x.example/b.jpg"',
            id="noscript",
        ),
        pytest.param(
            "<pre><code class='hljs language-python'>for x in y:\n    print(x) # comment</code></pre>",
            r'<pre><code class="language-python">for x in y:\n    print\(x\) # comment</code></pre>',
            id="code",
        ),
        pytest.param(
            "<table><tr><th>Bridge name</th><th>Built</th></tr><tr><td>Bridge</td><td>1931</td></tr></table>",
            r"<table>.*<th>Bridge name</th>.*<td>1931</td>.*</table>",
            id="table",
        ),
    ],
)
def test_what_the_html_keeps(markup: str, pattern: str) -> None:
    inside = f"{paragraphs(WORDS[:2])}{markup}{paragraphs(WORDS[2:])}"
    found = extract(page(f"<article>{inside}</article>"), URL)
    assert re.search(pattern, found.html, re.DOTALL), found.html
    assert all(text in found.text for text in WORDS)
    assert "in spring" not in found.text


def test_links_and_emphasis_stay_and_addresses_are_the_pages() -> None:
    last = "<p>All of it is <b>told</b> in <a href='b.html' class=x>a report</a> of May.</p>"
    inside = f"<div>{paragraphs()}{last}</div>"
    found = extract(page(inside, "<base href='https://y.example/z/'>"), URL)
    assert 'is <b>told</b> in <a href="https://y.example/z/b.html">a report</a> of May.' in found.html


def test_a_picture_from_elsewhere_on_the_page_is_not_the_articles() -> None:
    beside = (
        "<div class=sidebar><a href=/x><img src=/ad.jpg></a><p>Buy this</p></div><img src=/pixel.gif width=1>"
    )
    assert "<img" not in extract(page(f"<article>{paragraphs()}</article>{beside}"), URL).html


BODY = "\n".join((*WORDS, *(text.replace("bridge", "tower") for text in WORDS)))


def linked(body: str) -> str:
    return (
        f'<script type="application/ld+json">{json.dumps({"@type": "Article", "articleBody": body})}</script>'
    )


def test_json_ld_has_the_body_of_a_page_that_scripts_fill_in() -> None:
    assert extract(page("<div id=root></div>", linked(BODY)), URL).text == BODY


def test_json_ld_has_the_body_of_which_the_page_shows_the_first_lines() -> None:
    assert extract(page(f"<article>{paragraphs(WORDS[:2])}</article>", linked(BODY)), URL).text == BODY


def test_json_ld_tells_which_blocks_of_a_page_are_the_article() -> None:
    other = "<p>Here follows another text of the page that is as long and looks the same.</p>"
    assert extract(
        page(f"<main>{paragraphs()}{other}</main>", linked("\n".join(WORDS))), URL
    ).text == "\n".join(WORDS)


def test_json_ld_that_is_cut_off_does_not_cut_the_article_off() -> None:
    longer = tuple(BODY.split("\n"))
    cut = linked("\n".join(longer[:4]))
    assert extract(page(f"<article>{paragraphs(longer)}</article>", cut), URL).text == BODY


@pytest.mark.parametrize(
    "html", ["", " ", "<html>", "<p></p>", "<html><head><title>x</title></head></html>", "\0"]
)
def test_nothing_in_nothing(html: str) -> None:
    assert extract(html, URL).text == ""


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 100_000 + WORDS[0], id="deep"),
        pytest.param("<article>" + "<p>word upon word upon word" * 20_000, id="wide"),
        pytest.param(
            f"<p>{WORDS[0]}<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x", id="attributes"
        ),
        pytest.param("<article>" + "<a href=x><b><p>hello there </a>" * 5_000, id="links around paragraphs"),
        pytest.param("<" * 1_000_000, id="open"),
        pytest.param("<p>" + "(" * 1_000_000, id="brackets"),
        pytest.param("<p>" + "sign up our free " * 60_000, id="one paragraph"),
        pytest.param("<div>" + "<br><br>" * 30_000 + "x", id="breaks"),
    ],
)
@pytest.mark.timeout(20)
def test_hostile_pages_end(html: str) -> None:
    extract(html, URL)
