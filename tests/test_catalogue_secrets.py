"""Secrets in a catalogue: where they may stand, and what is said of those that stand elsewhere."""

from __future__ import annotations

import pytest

from feeds.catalogue.load import parse_catalogue
from feeds.errors import ConfigError
from feeds.told import Catalogue, Source

FEED = '[[source]]\nid = "python"\nkind = "feed"\nurl = "https://a.example/feed"\n'
POST = FEED + 'method = "POST"\n'
API = FEED.replace('"feed"', '"api"') + 'items = "x"\nfields.guid = "id"\n'


def parse(text: str, **variables: str) -> Catalogue:
    return parse_catalogue(text, name="feedmill.toml", folder="/srv/site", variables=variables)


def source(text: str, **variables: str) -> Source:
    (only,) = parse(text, **variables).sources
    return only


def problems(text: str, **variables: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, **variables)
    return str(caught.value).splitlines()


def test_secrets_stay_as_they_are_wherever_they_may_stand() -> None:
    made = source(
        POST.replace("/feed", "/${secret.PATH}/x?k=${secret.A_1}")
        + 'body = "b=${secret.BODY}"\nauth = "me:${secret.PW}"\n'
        'headers = { X-Key = "${secret.KEY}" }\ncookies = { c = "${secret.C}" }\n'
        'proxy = "http://me:${secret.P}@p.example:3128"'
    )
    assert made.url == "https://a.example/${secret.PATH}/x?k=${secret.A_1}"
    assert (made.body, made.auth) == ("b=${secret.BODY}", "me:${secret.PW}")
    assert (made.headers, made.cookies) == ({"X-Key": "${secret.KEY}"}, {"c": "${secret.C}"})
    assert made.proxy == "http://me:${secret.P}@p.example:3128"


def test_a_secret_may_stand_in_a_variable_and_beside_one() -> None:
    text = '[vars]\nuser = "me"\nlogin = "${user}:${secret.PW}"\n' + FEED + 'auth = "${login}"'
    assert source(text).auth == "me:${secret.PW}"
    assert source(FEED + 'auth = "${x}"', x="a:${secret.B}").auth == "a:${secret.B}"


def test_the_domain_of_an_address_with_secrets_is_its_own() -> None:
    text = '[domain."a.example"]\nper_domain = 7\n' + FEED.replace("/feed", "?k=${secret.A}")
    assert source(text).per_domain == 7


MALFORMED = "a secret is written ${secret.NAME}; its name is A-Z, 0-9 and _, a letter first"
ONLY = "names a secret; secrets may stand only in url, body, auth, proxy,"
WRONG = [
    ("lower-case", FEED + 'auth = "a:${secret.token}"', "5", MALFORMED),
    ("digit-first", FEED + 'auth = "a:${secret.1A}"', "5", MALFORMED),
    ("nameless", FEED + 'auth = "a:${secret.}"', "5", MALFORMED),
    ("colon", FEED + 'auth = "a:${secret:A}"', "5", MALFORMED),
    ("capital", FEED + 'auth = "a:${SECRET.A}"', "5", MALFORMED),
    ("blanks", FEED + 'auth = "a:${ secret.A }"', "5", MALFORMED),
    ("open", FEED + 'auth = "a:${secret.A"', "5", MALFORMED),
    ("second", FEED + 'auth = "${secret.A}:${secret.b}"', "5", MALFORMED),
    ("in-a-variable", '[vars]\na = "${secret.x}"\n' + FEED, "2", MALFORMED),
    ("elsewhere", FEED + 'language = "${secret.x}"', "5", MALFORMED),
    ("id", FEED.replace("python", "${secret.A}"), "2", "id " + ONLY),
    ("category", FEED + 'category = "${secret.A}"', "5", "category " + ONLY),
    ("agent", FEED + 'user_agent = "${secret.A}"', "5", "user_agent " + ONLY),
    ("agent-fetch", '[fetch]\nuser_agent = "${secret.A}"', "2", "user_agent " + ONLY),
    ("fields", API + 'fields.title = "${secret.A}"', "7", "fields.title " + ONLY),
    ("article", API + 'article = { url = "${secret.A}", content = "a" }', "7", "article.url " + ONLY),
    ("site", '[site]\ntitle = "${secret.A}"', "2", "title " + ONLY),
    ("list", '[fetch]\nallow = ["${secret.A}"]', "2", "allow " + ONLY),
    ("alias", '[category.a]\naliases = ["${secret.A}"]', "2", "aliases " + ONLY),
    ("by-variable", '[vars]\na = "${secret.A}"\n[site]\ntitle = "${a}"', "4", "title " + ONLY),
    ("header-name", FEED + 'headers = { "${secret.A}" = "x" }', "5", "headers has a name that cannot be one"),
    ("host", FEED.replace("a.example", "${secret.A}.example"), "4", "has a secret in its scheme or host"),
    ("host-end", FEED.replace("/feed", ".${secret.A}/feed"), "4", "has a secret in its scheme or host"),
    ("host-only", FEED.replace("/feed", "${secret.A}"), "4", "has a secret in its scheme or host"),
    ("port", FEED.replace("/feed", ":${secret.A}/"), "4", "has a secret in its scheme or host"),
    ("whole", FEED.replace("https://a.example/feed", "${secret.A}"), "4", "in its scheme or host"),
    ("userinfo", FEED.replace("a.ex", "me:${secret.A}@a.ex"), "4", 'write auth = "user:${secret.NAME}"'),
    ("no-http", FEED.replace("https", "ftp").replace("/feed", "/${secret.A}"), "4", "not an http(s) address"),
    ("proxy-host", '[fetch]\nproxy = "http://${secret.A}:1"', "2", "proxy is not a proxy"),
    ("proxy-whole", '[fetch]\nproxy = "${secret.A}"', "2", "proxy is not a proxy"),
    ("auth-whole", FEED + 'auth = "${secret.A}"', "5", "auth is not of the form"),
    (
        "posts",
        FEED.replace('"feed"', '"posts"').replace("https://a.example/", "x${secret.A}"),
        "4",
        "a folder",
    ),
    ("unknown-table", '[sauce]\na = "${secret.A}"', "1", "'sauce' is not a table here"),
    ("one-bracket", '[source]\nauth = "a:${secret.A}"', "1", "must be written [[source]]"),
    ("unknown-variable", FEED + 'auth = "a:${pw}"', "5", "${pw} is not in [vars]; add pw = … to [vars]"),
]


@pytest.mark.parametrize(("text", "line", "message"), [pytest.param(*row, id=name) for name, *row in WRONG])
def test_a_mistake_names_its_line_and_the_fix(text: str, line: str, message: str) -> None:
    (found,) = problems(text)
    assert found.startswith(f"feedmill.toml:{line}: ")
    assert message in found


def test_a_malformed_secret_in_an_override_is_said() -> None:
    (found,) = problems(FEED, pw="${secret.hunter}")
    assert found == f"feedmill.toml:1: vars: pw from the environment: {MALFORMED}"
