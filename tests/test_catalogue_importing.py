"""What a subscription list becomes in a catalogue, and what a catalogue becomes in a list."""

from __future__ import annotations

import time
import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.catalogue.importing import KNOWN, TWICE, Import, Naming, address_of, plan_import
from feeds.catalogue.load import parse_catalogue
from feeds.catalogue.subscriptions import SLUG, read_subscriptions
from feeds.catalogue.writing import category_text, source_text
from feeds.normalize.slugs import UNCATEGORIZED, hyphenated, safe_slug
from feeds.pipeline.subscriptions import subscriptions_of
from feeds.told import Catalogue, CategoryRule, Kind
from tests import make
from tests.outlines import feed, folder, opml
from tests.places import SHARED

NAMING = Naming(spelled=hyphenated, safe=safe_slug, none=UNCATEGORIZED)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
OPML = SHARED / "corpora" / "opml"


def imported(*outlines: str, into: Catalogue | None = None, secrets: tuple[str, ...] = ()) -> Import:
    return plan_import(
        read_subscriptions(opml(*outlines), "l.opml"), into or Catalogue(), NAMING, secrets=secrets
    )


def written(plan: Import) -> Catalogue:
    text = "".join(category_text(slug, table) for slug, table in plan.categories.items())
    text += "".join(map(source_text, plan.sources))
    return parse_catalogue(text, name="f.toml", folder="/feeds", variables={}, secrets=())


@pytest.mark.skipif(not OPML.is_dir(), reason="shared corpora are not here")
def test_real_lists_become_catalogues() -> None:
    for path in sorted(OPML.rglob("*.opml")):
        listed = read_subscriptions(path.read_bytes(), path.name)
        plan = plan_import(listed, Catalogue(), NAMING, secrets=())
        assert len(plan.sources) + len(plan.left_out) == len(listed.feeds)
        assert len(written(plan).sources) == len(plan.sources) > 0


def test_many_feeds_of_one_title_do_not_take_the_square_of_their_number() -> None:
    started = time.monotonic()
    plan = imported(*(feed("Blog", f"https://a.example/{number}") for number in range(20_000)))
    assert time.monotonic() - started < 10
    assert plan.sources[-1]["id"] == "blog-20000"


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("Python Insider", "https://blog.python.org/", "python-insider"),
        ("重庆 News", "https://a.example/", "zhongqing-news"),
        ("Café & Co.", "https://a.example/", "cafe-co"),
        ("Новости IT", "https://www.news.example/rss", "news-example"),
        ("", "https://www.a.example/rss", "a-example"),
        ("2600", "https://a.example/rss", "a-example"),
        ("…", "http://[::1]/rss", "1"),
        ("x" * 300, "https://a.example/rss", "x" * 60),
    ],
)
def test_ids_are_readable(title: str, url: str, name: str) -> None:
    assert imported(feed(title, url)).sources[0]["id"] == name


def test_ids_are_free() -> None:
    into = make.catalogue(sources=(make.source(id="Blog", url="https://other.example/"),))
    plan = imported(*(feed("Blog", f"https://a.example/{number}") for number in range(3)), into=into)
    assert [one["id"] for one in plan.sources] == ["blog-2", "blog-3", "blog-4"]


@pytest.mark.parametrize(
    ("names", "slug", "title"),
    [
        (["News", "Asia"], "news-asia", "News / Asia"),
        (["新闻", "科技"], "xinwen-keji", "新闻 / 科技"),
        (["Новости IT"], "новости-it", "Новости IT"),
        (["हिन्दी"], "हिन्दी", None),
        (["all"], "all-category", "all"),
        (["★"], "★", None),
        (["tech"], "tech", None),
        (["cost ${x}"], "cost-x", "cost $ {x}"),
    ],
)
def test_folders_become_categories(names: list[str], slug: str, title: str | None) -> None:
    outline = feed("A")
    for name in reversed(names):
        outline = folder(name, outline)
    plan = imported(outline)
    assert plan.sources[0]["category"] == slug
    assert dict(plan.categories) == ({slug: {"title": title}} if title else {})
    assert written(plan).sources[0].category == CategoryRule(slug=slug)


def test_feeds_in_no_folder_are_uncategorized() -> None:
    plan = imported(feed("A"))
    assert plan.sources[0]["category"] == "uncategorized"
    assert plan.categories == {"uncategorized": {"title": "Uncategorized"}}


def test_folders_of_two_names_are_two_categories() -> None:
    titles = ("C", "C++", "C#", "c")
    plan = imported(
        *(folder(one, feed("A", f"https://a.example/{number}")) for number, one in enumerate(titles))
    )
    assert [one["category"] for one in plan.sources] == ["c", "c-2", "c-3", "c"]
    again = imported(
        *(folder(one, feed("B", f"https://b.example/{one}")) for one in titles), into=written(plan)
    )
    assert [one["category"] for one in again.sources] == ["c", "c-2", "c-3", "c"]
    assert again.categories == {}


def test_a_category_that_is_there_is_taken() -> None:
    into = parse_catalogue(
        '[category.city]\ntitle = "News / Asia"\naliases = ["town"]\n[category.tech]\ntitle = "Machines"\n',
        name="f",
        folder="/",
        variables={},
    )
    plan = imported(
        folder("news", folder("asia", feed("A", "https://a.example/"))),
        folder("Town", feed("B", "https://b.example/")),
        folder("Tech", feed("C", "https://c.example/")),
        into=into,
    )
    assert [one["category"] for one in plan.sources] == ["city", "city", "tech"]
    assert plan.categories == {}


def test_what_is_left_out_is_told() -> None:
    into = make.catalogue(sources=(make.source(id="old", url="https://old.example/"),))
    plan = imported(
        feed("Old", "https://old.example/"),
        feed("Mail", "mailto:a@b.example"),
        feed("A", "https://a.example/"),
        feed("A too", "feed:https://a.example/"),
        into=into,
    )
    assert [one["id"] for one in plan.sources] == ["a"]
    assert [tuple(one) for one in plan.left_out] == [
        ("old", KNOWN),
        ('"Mail"', "no http(s) address"),
        ('"A too" "feed:https://a.example/" (as a)', TWICE),
    ]


def test_a_feed_in_several_folders_is_in_the_first() -> None:
    plan = imported(folder("X", feed("A"), feed("A")), folder("Y", feed("A")))
    assert [one["category"] for one in plan.sources] == ["x"]
    assert plan.remarks == ("a: also stands in Y; its category is that of X",)
    assert imported(feed("A"), feed("A")).remarks == ("a: stands 2 times in the list; it is one source",)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("feed://a.example/x", "http://a.example/x"),
        ("feed:https://a.example/x", "https://a.example/x"),
        ("feed://https://a.example/x", "https://a.example/x"),
        ("itpc://a.example/x", "http://a.example/x"),
        (" HTTPS://a.example/x ", "https://a.example/x"),
        ("https://a.example/?k=${secret.KEY}", "https://a.example/?k=$%7Bsecret.KEY}"),
    ],
)
def test_addresses(said: str, url: str) -> None:
    assert address_of(said) == (url, "", "")


@pytest.mark.parametrize(
    "said", ["", "a.example", "ftp://a.example", "http://", "javascript:x", "http://a b/"]
)
def test_no_addresses(said: str) -> None:
    with pytest.raises(ValueError, match="no http"):
        address_of(said)


def test_a_password_becomes_a_secret_of_its_own() -> None:
    plan = imported(
        feed("API key", "https://me%40x:pa%24s@a.example/"),
        feed("Token", "https://abc123@b.example/"),
        feed("Thief", "https://${secret.BANK}:x@c.example/"),
        secrets=("OPML_API_KEY", "BANK"),
    )
    assert [(one["url"], one["auth"]) for one in plan.sources] == [
        ("https://a.example/", "me@x:${secret.OPML_API_KEY_}"),
        ("https://b.example/", "${secret.OPML_TOKEN}:"),
    ]
    assert [each.why for each in plan.left_out] == ["a user that cannot log in"]
    told = " ".join((*plan.remarks, *map(str, plan.left_out)))
    assert "FEEDMILL_SECRET_OPML_API_KEY_ " in told
    assert [word for word in ("pa%24s", "pa$s", "abc123") if word in told] == []
    assert [source.auth for source in written(plan).sources] == [one["auth"] for one in plan.sources]


# ── out and in again ────────────────────────────────────────────────────────────────────────────


def round_trip(catalogue: Catalogue) -> Catalogue:
    document = subscriptions_of(catalogue, NOW).document
    return written(plan_import(read_subscriptions(document, "l"), Catalogue(), NAMING, secrets=()))


def places(catalogue: Catalogue) -> set[tuple[str, str | None]]:
    return {(source.url, source.category.slug) for source in catalogue.sources}


def test_what_goes_out_comes_in_again() -> None:
    catalogue = parse_catalogue(
        '[category.city]\ntitle = "City <news> & \\"more\\""\n'
        '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://a.example/?x=1&y=2"\ncategory = "city"\n'
        '[[source]]\nid = "b"\nkind = "feed"\nurl = "https://b.example/"\n'
        '[[source]]\nid = "c"\nkind = "feed"\nurl = "https://c.example/"\ncategory = "City"\n',
        name="f",
        folder="/",
        variables={},
    )
    back = round_trip(catalogue)
    assert places(back) == {
        ("https://a.example/?x=1&y=2", "city"),
        ("https://b.example/", "b"),
        ("https://c.example/", "city"),
    }
    assert [(spec.slug, spec.title) for spec in back.categories] == [("city", 'City <news> & "more"')]
    assert [source.id for source in back.sources] == ["a", "c", "b"]


@given(st.lists(st.lists(st.text(max_size=30), max_size=3), max_size=5))
def test_odd_titles_come_back_as_the_same_categories(folders: list[list[str]]) -> None:
    outlines = []
    for number, names in enumerate(folders):
        outline = feed("".join(names), f"https://a.example/{number}")
        for name in reversed(names):
            outline = folder("".join(each if each.isprintable() else "�" for each in name), outline)
        outlines.append(outline)
    once = written(imported(feed("first", "https://first.example/"), *outlines))
    back = round_trip(once)
    assert len(once.sources) == len(folders) + 1
    assert places(back) == places(once)
    titles = ({spec.slug: spec.title for spec in one.categories} for one in (once, back))
    assert next(titles) == next(titles)


def test_what_no_reader_can_subscribe_to_is_left_out() -> None:
    sources = (
        make.source(id="page", kind=Kind.PAGE, url="https://a.example/"),
        make.source(id="secret", url="https://b.example/?k=${secret.KEY}"),
        make.source(id="post", url="https://c.example/", method="POST", body="x"),
        make.source(id="login", url="https://d.example/", auth="me:${secret.D}", cookies={"a": "b"}),
        make.source(id="spread", url="https://e.example/", category=CategoryRule(field="tags")),
    )
    listed = subscriptions_of(make.catalogue(sources=sources), NOW)
    assert (listed.feeds, listed.folders) == (2, 1)
    assert [note.split(":")[0] for note in listed.notes] == [
        "page is left out",
        "secret is left out",
        "post is left out",
        "login",
        "spread",
    ]
    assert b"KEY" not in listed.document
    assert b"secret" not in listed.document


def test_the_slugs_attribute_is_the_one_that_is_read() -> None:
    document = subscriptions_of(make.catalogue(sources=(make.source(),)), NOW).document
    assert f" {SLUG}=".encode() in document
    assert b'xmlns:feedmill="urn:feedmill"' in document


def test_tables_are_plain_toml() -> None:
    table = imported(feed("A")).sources[0]
    assert tomllib.loads(source_text(table)) == {"source": [dict(table)]}
