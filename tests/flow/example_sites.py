"""The publishers that the catalogues in ``examples/`` are about, as they would be: one function for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.origin import Origin, Response

Serve = Callable[[Origin, Path], None]
"""Serves an example's pages at an origin; its files go to the folder of the catalogue."""

_HTML = "text/html"
_ATOM = "application/atom+xml"
_JSON = "application/json"
_PARAGRAPH = "<p>{} It took the whole town years to agree on this, and an afternoon to be glad of it.</p>"


def feed(origin: Origin, _: Path) -> None:
    """An RSS feed, and an Atom feed whose dates have no offset."""
    items = "".join(
        f"<item><guid isPermaLink='false'>t{hour}</guid><title>{title}</title><link>/t/{hour}</link>"
        f"<description>&lt;p&gt;{title}, at length.&lt;/p&gt;</description>"
        f"<pubDate>Thu, 01 Jan 2026 {hour}:00:00 GMT</pubDate></item>"
        for hour, title in ((18, "The bridge is open"), (12, "The bridge opens tonight"))
    )
    origin.set("/feed.xml", f"<rss version='2.0'><channel><title>Town</title>{items}</channel></rss>")
    entry = (
        "<entry><id>tag:council,1</id><title>The council on the bridge</title>"
        f"<link href='{origin.url}/c/1'/><updated>2026-01-01T16:00:00</updated>"
        "<content type='html'>&lt;p&gt;It was cheap.&lt;/p&gt;</content></entry>"
    )
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Council</title><id>c</id>{entry}</feed>"
    origin.set("/council.atom", atom, media_type=_ATOM)


def page(origin: Origin, _: Path) -> None:
    """A newspaper in GBK that calls itself GB2312, as many do; a list without any marks; long articles."""
    headlines = _listed("h2", ("1001", "王喆：老桥今晚通车", "2小时前", "<p class=digest>一座桥的十年。</p>"))
    latest = _listed(
        "h3", ("1002", "早市搬进新楼", "30分钟前", ""), ("1003", "雨夜里的渡口", "昨天 12:30", "")
    )
    read = _listed("h3", ("9001", "去年最多人读的旧闻", "2025-03-01", ""))
    older = _listed(
        "h3", ("1004", "图书馆周末开门", "前天 18:05", ""), ("1005", "冬至的集市", "12月21日 08:00", "")
    )
    _gbk(
        origin,
        "/",
        f"<ol class=headlines>{headlines}</ol><ul class=latest>{latest}</ul><h4>热读</h4><ul class=hot>{read}"
        "</ul><a class=next href='/index_2.html'>下一页</a>",
    )
    _gbk(
        origin, "/index_2.html", f"<ul class=latest>{older}</ul><a class=next href='/index_3.html'>下一页</a>"
    )
    for number in range(1001, 1006):
        _gbk(origin, f"/a/{number}.html", _story(number))
    _gbk(origin, "/a/1001-2.html", "<div id=text><p>第二页：桥上的灯。</p></div>")
    rows = "".join(
        f"<div class=row><a href='/sports/{day}.html'>城东队第{day}轮胜城西队</a><i>2025-12-{day}</i></div>"
        for day in range(28, 22, -1)
    )
    _gbk(origin, "/sports/", f"<div class=nav><a href='/'>首页</a></div><div class=list>{rows}</div>")
    for day in range(23, 29):
        text = f"<p>第{day}轮，城东队在雨中赢了城西队。看台上的人一直唱到最后，没有人提前离开。</p>"
        title = f"城东队第{day}轮胜城西队"
        _gbk(origin, f"/sports/{day}.html", f"<h1>{title}</h1><div class=c>{text * 5}</div>", title=title)


def _listed(heading: str, *rows: tuple[str, str, str, str]) -> str:
    return "".join(
        f"<li><{heading}><a href='/a/{number}.html'>{title}</a></{heading}>"
        f"<span class=time>{said}</span>{more}</li>"
        for number, title, said, more in rows
    )


def _story(number: int) -> str:
    following = "<a class=next-part href='/a/1001-2.html'>2</a>" if number == 1001 else ""
    return (
        f"<span class=editor>编辑{number}</span><div id=text><p>　　正文{number}，喆字不在 GB2312 里。</p>"
        f"<p class=advert>广告</p><div class=share>分享</div></div>{following}"
    )


def _gbk(origin: Origin, path: str, body: str, *, title: str = "晚报") -> None:
    head = f"<meta http-equiv=Content-Type content='text/html; charset=gb2312'><title>{title}</title>"
    whole = f"<html><head>{head}</head><body>{body}</body></html>"
    origin.set(path, whole.encode("gbk"), media_type=_HTML)


def api(origin: Origin, _: Path) -> None:
    """A list of seven in pages of three, in JSONP; a text for each, half of them under another name."""
    notices = [
        {
            "id": number,
            "subject" if number == 4 else "headline": f"Notice {number}",
            "time": f"2026-01-0{2 - number // 5} 1{number}:00:00",
            "paper": {"name": "Café" if number % 2 else "Harbour"},
            "writers": [{"name": "Ann Lee"}, {"name": f"Writer {number}"}],
            "digest": f"[Notice {number}] In [short].",
        }
        for number in range(7)
    ]

    def answer(path: str, _: object) -> Response:
        start = 3 * (int(path.partition("page=")[2] or "1") - 1)
        listed = {"status": 0, "data": {"list": notices[start : start + 3]}}
        return Response(f"/**/show({json.dumps(listed)});".encode(), media_type="text/javascript")

    def text(path: str, _: object) -> Response:
        number = int(path.partition("id=")[2])
        data = {"text" if number % 2 else "html": f"<p>Text of {number}.</p>"}
        return Response(json.dumps({"data": data}).encode(), media_type=_JSON)

    origin.handler("/api/list?callback=show&size=3", answer)
    origin.handler("/api/text?id=", text)


def sitemap(origin: Origin, _: Path) -> None:
    """An index of a news sitemap, of this month's, and of an old one that no poll comes to."""
    origin.set("/sitemap.xml", _index(origin), media_type="application/xml")
    news = (
        f"<url><loc>{origin.url}/whale.html</loc><n:news><n:publication><n:name>Museum</n:name>"
        "<n:language>en</n:language></n:publication><n:publication_date>2026-01-02T02:00:00Z"
        "</n:publication_date><n:title>The whale is back</n:title></n:news></url>"
    )
    month = f"<url><loc>{origin.url}/moths.html</loc><lastmod>2026-01-01</lastmod></url>"
    origin.set("/sitemap-news.xml", _urls(news), media_type="application/xml")
    origin.set("/sitemap-2026-01.xml", _urls(month + news), media_type="application/xml")
    for path, title in (("/whale.html", "The whale is back"), ("/moths.html", "Moths by night")):
        told = json.dumps(
            {
                "@type": "NewsArticle",
                "headline": title,
                "datePublished": "2026-01-01T09:00:00+01:00",
                "author": {"@type": "Person", "name": "Ida Keeper"},
            }
        )
        origin.set(path, _article(title, told), media_type="text/html; charset=utf-8")


def _index(origin: Origin) -> str:
    days = {"news": "2026-01-02", "2026-01": "2026-01-01", "2019-05": "2019-05-31"}
    children = "".join(
        f"<sitemap><loc>{origin.url}/sitemap-{name}.xml</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in days.items()
    )
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{children}</sitemapindex>"


def _urls(units: str) -> str:
    spaces = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><urlset {spaces}>{units}</urlset>"


def _article(title: str, told: str = "{}", *, more: str = "", beside: str = "") -> str:
    text = "".join(_PARAGRAPH.format(f"{title}: part {number}.") for number in range(5))
    return (
        f"<html lang=en><head><title>{title}</title><script type='application/ld+json'>{told}</script></head>"
        f"<body><nav><a href='/'>Home</a></nav><main><h1>{title}</h1><div class=story>{text}{beside}</div>"
        f"{more}</main><footer>Imprint</footer></body></html>"
    )


def posts(_: Origin, folder: Path) -> None:
    """Two posts of Jekyll; one of Hugo in a folder of its own, and a draft of another."""
    for name, text in _posts():
        path = folder / "_posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _posts() -> Iterator[tuple[str, str]]:
    garden = "layout: post\ncategories: garden"
    yield (
        "2026-01-01-snowdrops.md",
        f"---\ntitle: Snowdrops\n{garden}\ntags: bulbs winter\n---\nThe *first* ones.\n",
    )
    yield (
        "2025-11-03-leaves.html",
        f'---\ntitle: "Leaves: what now"\n{garden}\ndate: 2025-11-03 08:00:00 +0100\n---\n<p>Nothing.</p>\n',
    )
    yield (
        "hugo/apples/index.md",
        '+++\ntitle = "Apples"\ndate = 2025-12-24T10:30:00Z\ncategories = ["kitchen"]\n+++\nSlowly.\n',
    )
    yield "hugo/pears/index.md", "+++\ntitle = 'Pears'\ndraft = true\n+++\nNot yet.\n"


def article(origin: Origin, _: Path) -> None:
    """Summaries; a story of two pages, one that ends in a list of others, and one whose page is gone."""
    names = ("harbour", "market", "gone")
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>The {name}</title>"
        f"<link>{origin.url}/2026/{name}.html</link><description>Of the {name}, in short.</description>"
        f"<pubDate>Thu, 01 Jan 2026 1{9 - place}:00:00 GMT</pubDate></item>"
        for place, name in enumerate(names)
    )
    origin.set("/summaries.xml", f"<rss version='2.0'><channel><title>S</title>{items}</channel></rss>")
    pages = {
        "/2026/harbour.html": _article("The harbour", more="<a rel=next href='harbour-2.html'>2</a>"),
        "/2026/harbour-2.html": _article("The harbour at night"),
        "/2026/market.html": _article(
            "The market", beside="<div class=related><p>More stories that you may want to read.</p></div>"
        ),
    }
    for path, text in pages.items():
        origin.set(path, text, media_type="text/html; charset=utf-8")
    origin.handler("/2026/gone.html", lambda path, headers: Response(b"", 410, _HTML, etag=False))


SITES: dict[str, Serve] = {
    "feed": feed,
    "page": page,
    "api": api,
    "sitemap": sitemap,
    "posts": posts,
    "article": article,
}
"""By the name of the example."""
