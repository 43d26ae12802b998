"""feedmill.toml: what it gives, and what is said of each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.catalogue.load import load_catalogue, parse_catalogue
from feeds.catalogue.tables import CategorySpecTable, SourceTable
from feeds.errors import ConfigError
from feeds.told import (
    ArticleRule,
    Catalogue,
    CategoryRule,
    CategorySpec,
    FieldRule,
    Kind,
    Podcast,
    Site,
    Source,
)

ROOT = Path(__file__).parent.parent
FEED = '[[source]]\nid = "python"\nkind = "feed"\nurl = "https://a.example/feed"\n'
API = (
    '[[source]]\nid = "list"\nkind = "api"\nurl = "https://a.example/list"\n'
    'items = "records"\nfields.guid = "id"\n'
)
POSTS = '[[source]]\nid = "old"\nkind = "posts"\nurl = "_posts"\n'


def parse(text: str, **variables: str) -> Catalogue:
    return parse_catalogue(text, name="feedmill.toml", folder="/srv/site", variables=variables)


def source(text: str) -> Source:
    (only,) = parse(text).sources
    return only


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n"], ids=["empty", "blank", "comment"])
def test_an_empty_catalogue_is_valid(text: str) -> None:
    assert parse(text) == Catalogue()


def test_a_feed_has_the_defaults() -> None:
    assert source(FEED) == Source(
        id="python",
        kind=Kind.FEED,
        url="https://a.example/feed",
        category=CategoryRule(slug="python"),
        ids="python",
        min_interval=60.0,
        max_interval=86400.0,
        per_domain=2,
        spacing=1.0,
        allow=(),
        contact="",
    )


def test_everything_an_api_may_say() -> None:
    text = """
[[source]]
id = "market"
kind = "api"
url = "https://a.example/list"
every = "15m"
ids = "shared"
items = "record"
language = "zh-CN"
timezone = "Asia/Shanghai"
category = { from = "medium", slug = "as-is", title = "{} news" }
[source.fields]
guid = "infoCode"
summary = { path = "digest", strip = "^【[^】]*】" }
medium = "medianame"
url = { template = "https://b.example/{guid}" }
[source.article]
url = "https://a.example/text?id={guid}"
content = "content || text"
"""
    assert source(text) == Source(
        id="market",
        kind=Kind.API,
        url="https://a.example/list",
        category=CategoryRule(field="medium", spelling="as-is", title="{} news"),
        ids="shared",
        items="record",
        fields={
            "guid": FieldRule(path="infoCode"),
            "summary": FieldRule(path="digest", strip="^【[^】]*】"),
            "medium": FieldRule(path="medianame"),
            "url": FieldRule(template="https://b.example/{guid}"),
        },
        article=ArticleRule(url="https://a.example/text?id={guid}", content="content || text"),
        every=900.0,
        timezone="Asia/Shanghai",
        language="zh-CN",
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (FEED, CategoryRule(slug="python")),
        (FEED + 'category = "news"', CategoryRule(slug="news")),
        (FEED + 'category = { slug = "news", title = "N" }', CategoryRule(slug="news", title="N")),
        (FEED + 'category.from = "tags"', CategoryRule(field="tags")),
        (API + 'category.from = "a.b"', CategoryRule(field="a.b")),
        (POSTS, CategoryRule(field="category", spelling="as-is")),
        (POSTS + 'category = "old"', CategoryRule(slug="old")),
    ],
    ids=["omitted", "text", "table", "field", "expression", "posts", "posts-constant"],
)
def test_category_rules(text: str, rule: CategoryRule) -> None:
    assert source(text).category == rule


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ('"90s"', 90.0),
        ('"15m"', 900.0),
        ('"24h"', 86400.0),
        ('"2d"', 172800.0),
        ('"500ms"', 0.5),
        ('"1.5h"', 5400.0),
        ('"2h 30m"', 9000.0),
        ("90", 90.0),
        ("0.25", 0.25),
        ('"0s"', 0.0),
    ],
)
def test_durations(written: str, seconds: float) -> None:
    assert source(f"[fetch]\nspacing = {written}\n{FEED}").spacing == seconds


def test_a_source_wins_over_its_domain_and_that_over_fetch() -> None:
    text = """
[fetch]
contact = "https://bot.example"
allow = ["127.0.0.0/8", "10.1.2.3"]
per_domain = 3
spacing = "2s"
min_interval = "5m"
max_interval = "2d"
[domain."example.com"]
spacing = "3s"
per_domain = 4
"""
    made = source(text + FEED.replace("a.example", "news.example.com") + "per_domain = 5\n")
    assert (made.per_domain, made.spacing, made.min_interval) == (5, 3.0, 300.0)
    assert (made.max_interval, made.contact) == (172800.0, "https://bot.example")
    assert made.allow == ("127.0.0.0/8", "10.1.2.3/32")


def test_zero_and_empty_are_said_too() -> None:
    text = '[fetch]\nspacing = "2s"\nallow = ["10.0.0.0/8"]\n' + FEED
    made = source(text + 'spacing = "0s"\nallow = []\n')
    assert (made.spacing, made.allow) == (0.0, ())


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("_posts", "file:///srv/site/_posts"),
        ("../other/旧", "file:///srv/other/%E6%97%A7"),
        ("/var/posts/", "file:///var/posts"),
        ("a #1", "file:///srv/site/a%20%231"),
        ("file:///var/a%20b", "file:///var/a%20b"),
        ("file://localhost/var/posts", "file:///var/posts"),
    ],
)
def test_a_folder_of_posts_is_stored_as_absolute_url(url: str, stored: str) -> None:
    assert source(POSTS.replace("_posts", url)).url == stored


def test_the_site_and_categories() -> None:
    text = """
[site]
title = "金融消息"
url = "https://a.example/base/"
language = "zh-CN"
timezone = "Asia/Shanghai"
[category."21shijijingjibaodao  nancailicaitong"]
title = "T"
description = "D"
language = "zh"
limit = 20
content = "summary"
keep = "90d"
aliases = ["old", "older"]
[category.bare]
[category.shows.podcast]
email = "a@a.example"
category = "TV & Film"
explicit = false
image = "https://a.example/c.png"
"""
    made = parse(text)
    assert made.site == Site(
        title="金融消息",
        url="https://a.example/base",
        language="zh-CN",
        timezone="Asia/Shanghai",
    )
    assert made.categories == (
        CategorySpec(
            slug="21shijijingjibaodao  nancailicaitong",
            title="T",
            description="D",
            language="zh",
            limit=20,
            content="summary",
            aliases=("old", "older"),
        ),
        CategorySpec(slug="bare"),
        CategorySpec(
            slug="shows",
            podcast=Podcast(
                email="a@a.example",
                category="TV & Film",
                explicit=False,
                image="https://a.example/c.png",
            ),
        ),
    )


def test_variables_fill_every_string_and_are_overridden() -> None:
    text = '[vars]\nhost = "a.example"\napi = "https://${host}/api"\n' + FEED.replace(
        "https://a.example", "${api}"
    )
    assert source(text).url == "https://a.example/api/feed"
    (overridden,) = parse(text, host="b.example").sources
    assert overridden.url == "https://b.example/api/feed"
    (added,) = parse(FEED.replace("a.example", "${new}"), new="c.example").sources
    assert added.url == "https://c.example/feed"


def test_an_interval_below_the_least_is_raised_with_a_warning() -> None:
    made = parse(FEED + 'every = "5s"\n')
    assert made.sources[0].every == 60.0
    assert made.warnings == (
        'feedmill.toml:5: source "python": every = "5s" is below min_interval; raised to 1m',
    )
    assert parse(FEED + 'every = "1m"\n').warnings == ()


@pytest.mark.parametrize(
    ("url", "allow", "warned"),
    [
        ("http://127.0.0.1:8090/feed", "", True),
        ("http://localhost/feed", "", True),
        ("http://[::1]/feed", "", True),
        ("http://192.168.1.7/feed", 'allow = ["127.0.0.0/8"]', True),
        ("http://192.168.1.7/feed", 'allow = ["192.168.0.0/16"]', False),
        ("http://localhost/feed", 'allow = ["127.0.0.1", "::1"]', False),
        ("http://93.184.216.34/feed", "", False),
        ("http://a.example/feed", "", False),
    ],
)
def test_an_address_that_would_not_be_fetched_is_a_warning(url: str, allow: str, warned: bool) -> None:
    made = parse(f"{FEED.replace('https://a.example/feed', url)}{allow}\n")
    assert bool(made.warnings) == warned
    assert all("add allow = [" in warning for warning in made.warnings)


SHOW = 'email = "shows@a.example"\ncategory = "News"\nexplicit = true\n'
WRONG = [
    ("unknown-key", FEED + "urll = 1", "5", "'urll' is not a key here; did you mean 'url'?"),
    ("unknown-table", "\n[sources]", "2", "'sources' is not a table here; did you mean 'source'?"),
    ("one-bracket", '[source]\nid = "a"', "1", "must be written [[source]], with two brackets"),
    ("missing-url", '[[source]]\nid = "a"\nkind = "feed"', "1", "'url' is missing; add url = …"),
    ("missing-id", '\n[[source]]\nkind = "feed"\nurl = "https://a.example"', "2", "'id' is missing"),
    ("text-expected", "[site]\ntitle = 3", "2", 'title = 3 must be text in quotes, like "…"'),
    ("whole-number", "[fetch]\nper_domain = 1.5", "2", "per_domain = 1.5 must be a whole number"),
    ("no-conversion", '[fetch]\nper_domain = "2"', "2", 'per_domain = "2" must be a whole number'),
    ("list-expected", '[fetch]\nallow = "10.0.0.0/8"', "2", "must be a list, like"),
    ("table-expected", "site = 3", "1", "must be a table, like [site]"),
    ("tables-expected", "category = 3", "1", 'must be tables, like [category."…"]'),
    ("vars-table", "vars = 3", "1", "must be a table, like [vars]"),
    ("per-domain-0", "[fetch]\nper_domain = 0", "2", "is too small; the least is 1"),
    ("limit-high", "[category.a]\nlimit = 1001", "2", "is too big; the most is 1000"),
    ("content", '[category.a]\ncontent = "some"', "2", "says neither full nor summary"),
    ("podcast", "[category.a]\npodcast = true", "2", "podcast = true must be a table, like"),
    ("podcast-key", f"[category.a.podcast]\n{SHOW}mail = 1", "5", "'podcast.mail' is not a key here"),
    ("podcast-bare", f"[category.a.podcast]\n{SHOW[:-16]}", "1", "'podcast.explicit' is missing; add"),
    ("podcast-email", f"[category.a.podcast]\n{SHOW.replace('@', ' at ')}", "2", "is not an e-mail address"),
    ("podcast-apple", f"[category.a.podcast]\n{SHOW.replace('News', 'Travel')}", "3", "they are Arts, "),
    ("podcast-explicit", f"[category.a.podcast]\n{SHOW.replace('true', '1')}", "4", "must be true or false"),
    ("podcast-image", f'[category.a.podcast]\n{SHOW}image = "c.png"', "5", "is not an http(s) address"),
    ("podcast-gif", f'[category.a.podcast]\n{SHOW}image = "https://a.example/c.gif"', "5", "not a cover"),
    ("podcast-host", f'[category.a.podcast]\n{SHOW}image = "http://localhost/c.png"', "5", "is not a cover"),
    ("duration", '[fetch]\nspacing = "5x"', "2", 'is not a duration; write it like "90s"'),
    ("duration-bool", "[fetch]\nspacing = true", "2", "spacing = true is not a duration"),
    ("duration-negative", "[fetch]\nspacing = -1", "2", "is not a duration"),
    ("duration-nan", "[fetch]\nspacing = nan", "2", "is not a duration"),
    ("duration-long", "[fetch]\nspacing = inf", "2", "is longer than a century"),
    ("interval-0", FEED + 'every = "0s"', "5", 'is no time at all; write at least "1s"'),
    ("keep", '[category.a]\nkeep = "long"', "2", 'keep = "long" is not a duration'),
    ("kind", FEED.replace("feed", "rss", 1), "3", 'kind = "rss" is not a kind; the kinds are feed'),
    ("id", FEED.replace("python", "-py"), "2", "cannot be an id; use up to 100 of A-Z a-z 0-9"),
    ("id-long", FEED.replace("python", "p" * 101), "2", "cannot be an id"),
    ("url", FEED.replace("https", "ftp"), "4", "is not an http(s) address; write it like https"),
    ("url-blank", FEED.replace("/feed", "/a feed"), "4", "is not an http(s) address"),
    ("url-bracket", FEED.replace("a.example", "[a"), "4", "is not an http(s) address"),
    ("url-port", FEED.replace("a.example", "a.example:99999"), "4", "its port from 1 to 65535"),
    ("posts-http", POSTS.replace("_posts", "http://a.example"), "4", "is not a folder; write a path"),
    ("posts-host", POSTS.replace("_posts", "file://a/b"), "4", "names another machine"),
    ("posts-relative", POSTS.replace("_posts", "file:posts"), "4", "is not absolute; write file:///"),
    ("posts-nul", POSTS.replace("_posts", "file:///a%00b"), "4", "is not a folder"),
    ("site-query", '[site]\nurl = "https://a.example/?x"', "2", "has a ? or #"),
    ("site-url", '[site]\nurl = "a.example"', "2", "is not an http(s) address"),
    ("timezone", '[site]\ntimezone = "Mars"', "2", 'is not a time zone; write it like "Asia/'),
    ("timezone-path", FEED + 'timezone = "../UTC"', "5", "is not a time zone"),
    ("timezone-folder", FEED + 'timezone = "America"', "5", "is not a time zone"),
    ("language", FEED + 'language = "Chinese!"', "5", 'is not a language tag; write it like "en"'),
    ("network", '[fetch]\nallow = ["10.0.0.1/8"]', "2", "is not a network; write it like"),
    ("contact", '[fetch]\ncontact = "a\\nb"', "2", "cannot stand in a header; use plain ASCII"),
    ("empty-title", '[site]\ntitle = " "', "2", "is empty; write something or leave the key out"),
    ("empty-slug", FEED + 'category = ""', "5", 'category.slug = "" is empty'),
    ("category-bare", FEED + "category = {}", "5", "category needs a slug, or from = the field"),
    ("spelling", FEED + 'category = { from = "tags", slug = "x" }', "5", "its slug is a spelling"),
    ("category-type", FEED + "category = 3", "5", "category = 3 must be a table"),
    ("from", FEED + 'category.from = "tag"', "5", "is not a field of an entry; did you mean 'tags'"),
    ("from-api", API + 'category.from = "a b"', "7", "is none of the fields and is not a JMESPath"),
    ("items-missing", API.replace("items", "#"), "1", "'items' is missing; add items ="),
    ("items", API.replace("records", "a["), "5", "is not a JMESPath expression"),
    ("no-guid", API.replace(".guid", ".url"), "6", "'fields' has neither guid nor title"),
    ("no-fields", API.replace("fields.guid", "#"), "1", "'fields' has neither guid nor title"),
    ("field-name", API + 'fields.titel = "t"', "6", "'fields.titel' is not a field of an entry; did"),
    ("field", API + 'fields.title = "a b"', "7", "is not a JMESPath expression"),
    ("field-two", API + 'fields.url = { path = "a", template = "b" }', "7", "exactly one of path and"),
    ("field-key", API + 'fields.url = { tmpl = "a" }', "7", "did you mean 'template'?"),
    ("template", API + 'fields.url = { template = "{a" }', "7", "without its other half"),
    ("strip", API + 'fields.url = { path = "a", strip = "(" }', "7", "is not an RE2 pattern: missing"),
    ("strip-backreference", API + "fields.url = { path = 'a', strip = '(a)\\1' }", "7", "not an RE2"),
    ("article-url", API + 'article = { url = "https://a", content = "a" }', "7", "no {field} in it"),
    ("article-http", API + 'article = { url = "/t/{guid}", content = "a" }', "7", "not an http(s)"),
    ("article-content", API + 'article = { url = "{a}", content = "" }', "7", "is empty; write something"),
    ("feed-items", FEED + 'items = "a"', "5", '\'items\' is for kind "page" or "api"; leave'),
    ("feed-fields", FEED + 'fields.guid = "a"', "5", '\'fields\' is for kind "page" or "api"'),
    ("posts-article", POSTS + 'article = { url = "{a}", content = "a" }', "5", 'is for kind "feed" or'),
    ("min-max", FEED + 'min_interval = "2d"', "5", "is above max_interval of 1d"),
    ("domain", '[domain."news.example.com"]', "1", 'write [domain."example.com"]'),
    ("domain-key", '[domain."example.com"]\nspace = 1', "2", "did you mean 'spacing'?"),
    ("slug-case", "[category.a]\n[category.A]", "2", "the same slug as [category.a] but for case"),
    ("alias", '[category.a]\naliases = ["B"]\n[category.b]', "2", 'alias "B" is the address of b'),
    ("alias-own", '[category.a]\naliases = ["A"]', "2", 'alias "A" is the address of a already'),
    ("alias-twice", '[category.a]\naliases=["x"]\n[category.b]\naliases=["x"]', "4", "of a's alias"),
    ("alias-source", FEED + '[category.a]\naliases = ["Python"]', "6", "is the address of python"),
    ("id-twice", FEED + FEED.replace("python", "Python").replace("/feed", "/b"), "6", "on line 2"),
    ("variable", FEED.replace("a.example", "${a}"), "4", "${a} is not in [vars]; add a = … to [vars]"),
    ("variable-near", '[vars]\napi = "x"\n[site]\ntitle = "${apj}"', "4", "did you mean 'api'?"),
    ("variable-later", '[vars]\na = "${b}"\nb = "x"', "2", "${b} is not in [vars]"),
    ("variable-name", '[vars]\nAPI = "x"', "2", "'API' cannot be a variable's name; use a-z"),
    ("variable-text", "[vars]\napi = 3", "2", "'api' must be text in quotes"),
    ("syntax", "[site]\ntitle = x", "2", "not TOML: Invalid value; correct this line"),
    ("syntax-end", '[site]\n\ntitle = """', "3", "not TOML: Unterminated string"),
    ("number", f"a = {'1' * 5000}", "1", "not TOML"),
    ("depth", f"a = {'[' * 5000}{']' * 5000}", "1", "nested too deeply"),
]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [pytest.param(*row, id=name) for name, *row in WRONG],
)
def test_a_mistake_names_its_line_and_the_fix(text: str, line: str, message: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert found[0].startswith(f"feedmill.toml:{line}: ")
    assert message in found[0]


def test_a_problem_says_the_source_it_is_in() -> None:
    assert problems(FEED + "urll = 1") == [
        "feedmill.toml:5: source \"python\": 'urll' is not a key here; did you mean 'url'?"
    ]
    assert problems(FEED + "[[source]]")[0].startswith("feedmill.toml:5: source 2: ")


def test_twins_are_named_with_both_lines() -> None:
    (found,) = problems(FEED + FEED.replace("python", "snake"))
    assert found == (
        'feedmill.toml:8: source "snake": the same kind and url on line 8 as source "python" '
        "on line 4; leave one of the two out"
    )


def test_every_problem_is_named_in_the_order_of_lines() -> None:
    text = "[site]\ntitel = 1\n" + FEED + "[fetch]\nper_domain = 0\n" + API + 'article = "a"\n'
    lines = [int(line.split(":")[1]) for line in problems(text + "[oops]")]
    assert lines == [2, 8, 15, 16]


def test_a_file_is_loaded_with_its_folder_and_overrides(tmp_path: Path) -> None:
    path = tmp_path / "feedmill.toml"
    path.write_bytes(b"\xef\xbb\xbf" + POSTS.replace("_posts", "${folder}").encode())
    made = load_catalogue(path, {"FEEDMILL_VAR_FOLDER": "there", "OTHER": "x"})
    assert made.sources[0].url == (tmp_path.resolve() / "there").as_uri()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load_catalogue(tmp_path / "none.toml", {})


def test_a_file_in_another_encoding_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "feedmill.toml"
    path.write_bytes("[site]\ntitle = '金融'".encode("gb18030"))
    with pytest.raises(ConfigError, match=r"feedmill\.toml:2: not UTF-8; save the file as UTF-8"):
        load_catalogue(path, {})


def test_the_starter_is_valid_as_it_stands_and_polls_nothing() -> None:
    starter = load_catalogue(ROOT / "feedmill.toml", {})
    assert starter.site is not None
    assert (starter.sources, starter.warnings) == ((), ())


def test_the_starter_is_valid_with_every_example_switched_on() -> None:
    lines = (ROOT / "feedmill.toml").read_text("utf-8").splitlines()
    head, rest = lines.index("[site]"), [line.removeprefix("# ") for line in lines]
    text = "\n".join(line for line in rest[head:] if not line.startswith(("──", "#")))
    made = parse(text)
    assert {source.kind for source in made.sources} == set(Kind)
    assert made.categories[0].aliases == ("snakes",)


def test_the_finews_preset_is_five_lists_of_one_id_space() -> None:
    variables = {"FEEDMILL_VAR_API": "http://api", "FEEDMILL_VAR_SHARE": "http://s"}
    made = load_catalogue(ROOT / "examples/finews.toml", variables)
    assert made.warnings == ()
    assert len(made.sources) == 5
    assert {source.ids for source in made.sources} == {"finews"}
    assert {source.url.partition("?")[0] for source in made.sources} == {
        "http://api/web/webapi",
        "http://api/information/newmarket/web/webapi",
    }
    assert made.sources[2].fields["url"].template == ("http://s/html_News/NewsShare.html?infoCode={guid}")


KEYS = st.sampled_from(
    sorted(
        SourceTable.model_fields.keys()
        | CategorySpecTable.model_fields.keys()
        | {"from", "slug", "path", "template", "strip", "content"}
    )
)
WORDS = st.sampled_from(
    ["feed", "api", "posts", "", "5m", "${x}", "{a}", "a||b", "(", "http://[", "file://%00", "x" * 300]
) | st.text(max_size=8)
SCALARS = st.integers() | st.floats() | st.booleans() | WORDS.map(lambda word: f'"{word}"')
TABLES = st.sampled_from(
    ["[[source]]", "[site]", "[fetch]", "[vars]", "[category.a]", '[domain."a"]', "[source.fields]"]
)
LINES = TABLES | st.tuples(KEYS, SCALARS).map(lambda pair: f"{pair[0]} = {pair[1]}")


@given(st.text() | st.lists(LINES, max_size=12).map("\n".join))
def test_any_text_is_a_catalogue_or_a_config_error(text: str) -> None:
    try:
        assert isinstance(parse(text), Catalogue)
    except ConfigError as error:
        assert all(line.startswith("feedmill.toml:") for line in str(error).split("\n"))
