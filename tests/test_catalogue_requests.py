"""What a catalogue says of requests: policy, method, body, headers, cookies, credentials, proxy."""

from __future__ import annotations

import pytest

from feeds.catalogue.load import parse_catalogue
from feeds.catalogue.requests import REFUSED_HEADERS
from feeds.errors import ConfigError
from feeds.told import Catalogue, Scope, Source

FEED = '[[source]]\nid = "python"\nkind = "feed"\nurl = "https://a.example/feed"\n'
POSTS = '[[source]]\nid = "old"\nkind = "posts"\nurl = "_posts"\n'


def parse(text: str) -> Catalogue:
    return parse_catalogue(text, name="feedmill.toml", folder="/srv/site", variables={})


def source(text: str) -> Source:
    (only,) = parse(text).sources
    return only


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return str(caught.value).splitlines()


def test_a_source_that_says_nothing_has_the_models_defaults() -> None:
    made = source(FEED)
    assert made == Source(id=made.id, kind=made.kind, url=made.url, category=made.category, ids=made.ids)
    assert (made.retry_after, made.robots, made.method, made.max_hold) == (None, True, "GET", 604800.0)


def test_everything_a_request_may_say() -> None:
    made = source(
        FEED
        + """
max_hold = "1d"
retry_after = "domain"
ports = [81, 65535]
robots = false
user_agent = "Mozilla/5.0 (compatible)"
proxy = "http://proxy.example:3128/"
method = "POST"
body = "a=1\\nb=2"
auth = "me:and:mine"
[source.headers]
X-Token = "t"
Content-Type = "text/plain"
Empty = ""
[source.cookies]
session = "a%20b"
quoted = '"x"'
"""
    )
    assert (made.max_hold, made.retry_after, made.ports) == (86400.0, Scope.DOMAIN, (81, 65535))
    assert (made.robots, made.user_agent) == (False, "Mozilla/5.0 (compatible)")
    assert (made.proxy, made.method, made.body) == ("http://proxy.example:3128/", "POST", "a=1\nb=2")
    assert (made.auth, made.cookies) == ("me:and:mine", {"session": "a%20b", "quoted": '"x"'})
    assert made.headers == {"X-Token": "t", "Content-Type": "text/plain", "Empty": ""}


def test_the_nearest_table_holds_and_false_zero_and_empty_are_said_too() -> None:
    everyone = (
        '[fetch]\nrobots = true\nports = [81]\nmax_hold = "3d"\nretry_after = "url"\nuser_agent = "A"\n'
    )
    domain = '[domain."a.example"]\nretry_after = "domain"\nproxy = "http://p.example:1"\n'
    made = source(everyone + domain + FEED + 'robots = false\nports = []\nmax_hold = "0s"\n')
    assert (made.robots, made.ports, made.max_hold) == (False, (), 0.0)
    assert (made.retry_after, made.user_agent, made.proxy) == (Scope.DOMAIN, "A", "http://p.example:1")


def test_a_post_needs_no_body() -> None:
    made = source(FEED + 'method = "POST"')
    assert (made.method, made.body) == ("POST", None)


WRONG = [
    ("max-hold", "[fetch]\nmax_hold = -1", "2", "is not a duration"),
    ("scope", '[fetch]\nretry_after = "site"', "2", '"site" is no scope; the scopes are url, host, domain'),
    ("scope-type", "[fetch]\nretry_after = 3", "2", "retry_after = 3 is no scope"),
    ("port-0", "[fetch]\nports = [80, 0]", "2", "ports = 0 is too small; the least is 1"),
    ("port-high", "[fetch]\nports = [65536]", "2", "is too big; the most is 65535"),
    ("port-bool", "[fetch]\nports = [true]", "2", "ports = true must be a whole number"),
    ("robots", '[fetch]\nrobots = "no"', "2", 'robots = "no" must be true or false'),
    ("agent-empty", '[fetch]\nuser_agent = ""', "2", "is empty; write something or leave the key out"),
    ("agent-lines", '[fetch]\nuser_agent = "a\\nb"', "2", "cannot stand in a header; use plain ASCII"),
    ("agent-blank", '[fetch]\nuser_agent = " "', "2", "no blanks around it"),
    ("agent-ascii", '[fetch]\nuser_agent = "bücher"', "2", "use plain ASCII"),
    ("proxy-scheme", '[fetch]\nproxy = "socks5://p.example:1"', "2", "proxy is not a proxy; write it like"),
    ("proxy-tls", '[fetch]\nproxy = "https://p.example:1"', "2", "proxy is not a proxy"),
    ("proxy-port", '[domain."a.example"]\nproxy = "http://p.example"', "2", "proxy is not a proxy"),
    ("proxy-port-0", '[fetch]\nproxy = "http://p.example:0"', "2", "proxy is not a proxy"),
    ("proxy-path", '[fetch]\nproxy = "http://p.example:1/x"', "2", "proxy is not a proxy"),
    ("proxy-bracket", '[fetch]\nproxy = "http://[p:1"', "2", "proxy is not a proxy"),
    ("method", FEED + 'method = "put"', "5", 'method = "put" is not a method that is used here; write "GET"'),
    ("body-get", FEED + 'body = "x"', "5", "'body' is for method \"POST\"; leave it out, or add method"),
    ("body-said-get", FEED + 'method = "GET"\nbody = ""', "6", "'body' is for method \"POST\""),
    ("body-type", FEED + 'method = "POST"\nbody = 31', "6", "body must be text in quotes"),
    ("headers-type", FEED + 'headers = "A: b"', "5", "headers must be a table"),
    ("header-type", FEED + "headers = { A = 31 }", "5", "headers.A must be text in quotes"),
    ("header-name", FEED + '[source.headers]\n"A b" = "x"', "6", "headers has a name that cannot be one"),
    ("header-colon", FEED + 'headers = { ":path" = "x" }', "5", "headers has a name that cannot be one"),
    ("header-empty", FEED + 'headers = { "" = "x" }', "5", "headers has a name that cannot be one"),
    ("header-value", FEED + '[source.headers]\nB = "b"\nA = "x\\ny"', "7", "headers.A cannot stand in a"),
    ("header-blank", FEED + 'headers = { A = " x" }', "5", "no blanks around it"),
    ("header-ascii", FEED + 'headers = { A = "ü" }', "5", "use plain ASCII"),
    (
        "header-twice",
        FEED + 'headers = { A = "x", a = "y" }',
        "5",
        "headers has one name twice, but for case",
    ),
    ("header-agent", FEED + 'headers = { USER-Agent = "x" }', "5", "headers.USER-Agent has a key of its own"),
    ("header-proxy", FEED + 'headers = { Proxy-Authorization = "x" }', "5", "is for a proxy; use proxy"),
    ("cookies-type", FEED + 'cookies = "a=b"', "5", "cookies must be a table"),
    ("cookie-name", FEED + 'cookies = { "a=b" = "x" }', "5", "cookies has a name that cannot be one"),
    ("cookie-semicolon", FEED + 'cookies = { a = "x;y" }', "5", "cookies.a cannot be a cookie; use plain"),
    ("cookie-quote", FEED + "cookies = { a = '\"x' }", "5", "cookies.a cannot be a cookie"),
    ("cookie-one-quote", FEED + "cookies = { a = '\"' }", "5", "cookies.a cannot be a cookie"),
    ("auth", FEED + 'auth = "token"', "5", 'auth is not of the form "user:password"'),
    ("auth-lines", FEED + 'auth = "a:b\\n"', "5", "auth is not of the form"),
    ("auth-type", FEED + "auth = 31", "5", "auth must be text in quotes"),
    ("auth-in-fetch", '[fetch]\nauth = "a:b"', "2", "'auth' is not a key here"),
    (
        "auth-twice",
        FEED + 'auth = "a:b"\nheaders = { authorization = "x" }',
        "6",
        "headers.authorization and",
    ),
    (
        "userinfo",
        FEED.replace("a.ex", "me:pw@a.ex"),
        "4",
        "url has user:password@ in it; take it out and write",
    ),
    ("user", FEED.replace("a.ex", "me@a.ex"), "4", "url has user:password@ in it"),
    ("userinfo-slash", FEED.replace("a.ex", "me:p/w@a.ex"), "4", "url is not an http(s) address"),
]


@pytest.mark.parametrize(("text", "line", "message"), [pytest.param(*row, id=name) for name, *row in WRONG])
def test_a_mistake_names_its_line_and_the_fix(text: str, line: str, message: str) -> None:
    (found,) = problems(text)
    assert found.startswith(f"feedmill.toml:{line}: ")
    assert message in found


@pytest.mark.parametrize("name", REFUSED_HEADERS)
def test_a_header_of_our_own_is_refused_with_the_reason(name: str) -> None:
    (found,) = problems(f'{FEED}headers = {{ {name.title()} = "x" }}')
    assert f"headers.{name.title()} {REFUSED_HEADERS[name]}" in found


def test_the_refused_headers_are_those_that_would_break_a_request() -> None:
    assert REFUSED_HEADERS.keys() >= {
        *("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "if-none-match"),
        *("if-modified-since", "user-agent", "cookie", "referer", "te", "upgrade", "expect", "range"),
    }
    assert "use user_agent" in REFUSED_HEADERS["user-agent"]
    assert "use cookies" in REFUSED_HEADERS["cookie"]


@pytest.mark.parametrize(
    "line",
    [
        'method = "GET"',
        'body = "x"',
        'headers = { A = "x" }',
        'cookies = { a = "x" }',
        'auth = "a:b"',
        'max_hold = "1d"',
        'retry_after = "url"',
        "ports = [81]",
        "robots = true",
        'user_agent = "A"',
        'proxy = "http://p.example:1"',
    ],
)
def test_a_folder_of_posts_has_none_of_a_request(line: str) -> None:
    key = line.split()[0]
    (found,) = problems(POSTS + line)
    assert found.startswith(f"feedmill.toml:5: source \"old\": '{key}' is for what is asked for over HTTP")


def test_a_folder_of_posts_is_not_bothered_by_what_holds_for_everyone() -> None:
    assert source('[fetch]\nproxy = "http://p.example:1"\nrobots = false\n' + POSTS).kind == "posts"


def test_an_articles_address_holds_no_password() -> None:
    text = (
        '[[source]]\nid = "a"\nkind = "api"\nurl = "https://a.example"\nitems = "x"\nfields.guid = "id"\n'
        'article = { url = "https://me:hunter22@a.example/{guid}", content = "c" }'
    )
    (found,) = problems(text)
    assert "article.url has user:password@ in it; take it out" in found
    assert "hunter22" not in found
