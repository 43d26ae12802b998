"""Bot walls, login pages, maintenance pages, and what only looks like them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from feeds.errors import BotWall, NotAFeed
from feeds.parse.api import parse_detail
from feeds.parse.source import parse
from feeds.parse.walls import WALLS, wall_of
from feeds.told import ArticleRule, Kind
from tests.make import payload, source
from tests.places import SHARED


def page(head: str = "", body: str = "", title: str | None = None) -> bytes:
    named = "" if title is None else f"<title>{title}</title>"
    return f"<!DOCTYPE html><html><head>{named}{head}</head><body>{body}</body></html>".encode()


def script(text: str) -> str:
    return f"<script>{text}</script>"


PROSE = "<p>" + "It is a long story, and this page tells it whole. " * 20 + "</p>"

PAGES = {
    "Cloudflare challenge": page(script("window._cf_chl_opt = {cvId: '3'};"), title="Just a moment..."),
    "Cloudflare block": page(body='<div id="cf-error-details">Sorry, you have been blocked</div>', title="x"),
    "DataDome": page(
        body=script("var dd={'rt':'c','cid':'AHr','host':'geo.captcha-delivery.com'}"), title="a"
    ),
    "Imperva": page(body='<iframe src="/_Incapsula_Resource?SWUDNSAI=31&amp;xinfo=9"></iframe>'),
    "Akamai": page(
        body="Reference&#32;&#35;18&#46;2 https&#58;//errors.edgesuite.net/18", title="Access Denied"
    ),
    "PerimeterX/HUMAN": page(body='<div id="px-captcha"></div>', title="Access to this page has been denied"),
    "AWS WAF": page(script("window.gokuProps = {}"), body='<div id="challenge-container"></div>'),
    "Anubis": page('<script id="anubis_challenge" type="application/json">{}</script>', title="Oh noes"),
    "DDoS-Guard": page(body='<script src="/.well-known/ddos-guard/js-challenge/index.js"></script>'),
    "Sucuri": page(script("var s={};sucuri_cloudproxy_js=''"), title="You are being redirected..."),
    "Vercel checkpoint": page(title="Vercel Security Checkpoint"),
    "F5": page(body="Please consult. Your support ID is: 42", title="Request Rejected"),
    "阿里云盾": b"<html><script>var arg1='A1';document.cookie='acw_sc__v2='+x</script></html>",
    "知道创宇": b"<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_');</script>",
    "百度安全验证": page(title="百度安全验证"),
    "安全验证": page(body="请完成下方验证", title="访问验证"),
    "瑞数": page(script("$_ts=window['$_ts'];if(!$_ts)$_ts={};")),
    "a captcha": page(body='<div class="g-recaptcha"></div>', title="Please verify you are human"),
}


@pytest.mark.parametrize(("name", "body"), PAGES.items(), ids=PAGES)
def test_a_wall_has_a_name(name: str, body: bytes) -> None:
    assert wall_of(body) == name


def test_a_title_in_gbk_is_read() -> None:
    assert wall_of(page('<meta charset="gb2312">', title="安全验证").decode().encode("gbk")) == "安全验证"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            page(body=PROSE + '<form><div class="g-recaptcha"></div></form>', title="A story"), id="form"
        ),
        pytest.param(
            page('<script src="/cdn-cgi/scripts/email-decode.min.js">', title="A story"), id="e-mail"
        ),
        pytest.param(
            page(body=PROSE + script("window.__CF$cv$params={};a.src='/cdn-cgi/challenge-platform/jsd.js'")),
            id="cloudflare's script on any page",
        ),
        pytest.param(page('<script src="/_Incapsula_Resource?SWJIYLWA=7">', title="A story"), id="imperva's"),
        pytest.param(
            page(body=f"{PROSE}<code>acw_sc__v2 window._cf_chl_opt</code>", title="爬虫"), id="article"
        ),
        pytest.param(page(body=PROSE, title="滑动验证的原理和安全验证的未来"), id="article on captchas"),
        pytest.param(page(body=PROSE * 5 + script("_cf_chl_opt"), title="A story"), id="too many words"),
        pytest.param(
            page('<script src="captcha.js">', '<input type="password">', "Robots: login"), id="login"
        ),
        pytest.param(b'{"_cf_chl_opt": 1}', id="json"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_an_ordinary_page_is_no_wall(body: bytes) -> None:
    assert wall_of(body) is None


def test_marks_are_written_as_they_are_looked_for() -> None:
    words = [word for wall in WALLS for word in (*wall.marks, *wall.hints)]
    assert [word for word in words if word != word.lower()] == []
    assert len({wall.name for wall in WALLS}) == len(WALLS)


@pytest.mark.parametrize("kind", [Kind.FEED, Kind.API])
def test_a_wall_in_place_of_a_feed_or_a_list_is_named_with_its_title(kind: Kind) -> None:
    with pytest.raises(BotWall, match=r"^bot wall: Cloudflare challenge, page titled 'Just a moment\.\.\.'$"):
        parse(source(kind=kind), payload(PAGES["Cloudflare challenge"]))


def test_a_wall_in_place_of_a_json_feed_or_an_article_is_named() -> None:
    wall = payload(PAGES["阿里云盾"], media_type="application/feed+json")
    with pytest.raises(BotWall, match="阿里云盾, page without a title"):
        parse(source(), wall)
    with pytest.raises(BotWall, match="阿里云盾"):
        parse_detail(ArticleRule(url="", content="text"), wall)


def test_a_feed_is_no_wall_whatever_its_entries_say() -> None:
    words = PAGES["Cloudflare challenge"].decode().replace("<", "&lt;")
    document = (
        f"<rss version='2.0'><channel><title>安全验证</title><item><description>{words}</description></item>"
    )
    assert len(parse(source(), payload(document + "</channel></rss>")).entries) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(
            page(body="<form><input name=u><input name=p type=password></form>", title="Sign in"),
            r"^login page titled 'Sign in'$",
            id="login",
        ),
        pytest.param(page(body="<INPUT TYPE='PassWord'>"), r"^login page$", id="login without title"),
        pytest.param(
            page(body=PROSE * 2 + '<input type="password">', title="The Daily"),
            "^HTML page titled 'The Daily', not a feed$",
            id="a page with a login form",
        ),
        pytest.param(page(title="系统维护中"), "^maintenance page titled '系统维护中'$", id="maintenance"),
        pytest.param(
            page(body="<h1 class=x>We are down for maintenance</h1>", title="The Daily"),
            "^maintenance page titled 'The Daily'$",
            id="maintenance in the heading",
        ),
        pytest.param(
            page(body="<h1>Be right back soon: scheduled maintenance</h1>"),
            "^maintenance page with heading 'Be right back",
            id="maintenance without title",
        ),
        pytest.param(
            page(body=PROSE * 5, title="Bridge under maintenance"),
            "^HTML page titled",
            id="news of maintenance",
        ),
        pytest.param(
            page(title="Car  maintenance\n tips"), "^HTML page titled 'Car maintenance tips'", id="tips"
        ),
    ],
)
def test_pages_that_are_in_the_way_for_now_are_told_apart(body: bytes, message: str) -> None:
    with pytest.raises(NotAFeed, match=message) as raised:
        parse(source(), payload(body))
    assert not isinstance(raised.value, BotWall)


def pages_of_the_wild() -> Iterator[tuple[str, bytes]]:
    for folder in ("html-pages", "articles"):
        for path in sorted((SHARED / "corpora" / folder).rglob("*.htm*")):
            body = path.read_bytes()
            yield path.name, gzip.decompress(body) if path.suffix == ".gz" else body


def test_no_page_of_the_wild_is_taken_for_a_wall() -> None:
    if not (SHARED / "corpora").is_dir():
        pytest.skip("needs ../shared/corpora")
    pages = list(pages_of_the_wild())
    assert len(pages) > 100
    assert [(name, wall) for name, body in pages if (wall := wall_of(body))] == []
