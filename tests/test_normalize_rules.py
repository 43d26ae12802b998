"""A source's rules: what they change in the publisher's words, and which articles they leave out."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from feeds.model import Article, Detail, Entry, Placement
from feeds.normalize.article import entry_digest, normalize, rules_digest
from feeds.normalize.choosing import Verdict, judge
from feeds.normalize.removal import without
from feeds.normalize.rewriting import MOST_PLACES, rewritten, rewritten_detail
from feeds.normalize.slugs import category_of
from feeds.told import CategoryRule, Choice, Condition, Replacement, Rules, Source
from tests import make


def ruled(**rules: object) -> Source:
    return make.source(rules=Rules(**rules))  # type: ignore[arg-type]


def replacing(field: str, pattern: str, by: str = "") -> Source:
    return ruled(replace=(Replacement(field=field, pattern=pattern, by=by),))


def published(entry: Entry, source: Source) -> Article:
    """The entry's article by its source's rules."""
    words = rewritten(entry, source)
    slug, _ = category_of(words, source)
    return normalize(words, source, make.site(), slug=slug, seen_at=make.SEEN_AT, position=0)


# ── what is changed ─────────────────────────────────────────────────────────────────────────────


def test_without_rules_an_entry_is_itself() -> None:
    entry = make.entry()
    assert rewritten(entry, make.source()) is entry
    assert rewritten(entry, ruled(drop_if=(Condition(where="title"),))) == entry


@pytest.mark.parametrize(
    ("title", "pattern", "by", "after"),
    [
        ("[Video] Cats &amp; <b>dogs</b>", r"^\[.*?\]\s*", "", "Cats & dogs"),
        ("Cats &amp; dogs", "&", "<b>&amp;", "Cats <b>&amp; dogs"),
        ("By A: Text", r"^By (\w+): (.*)", r"\2 (\1) \\ \0", r"Text (A) \ By A: Text"),
        ("标题（广告）", "（广告）", "·推荐", "标题·推荐"),
        ("a b", "(x)?b", r"<\1>", "a <>"),
        ("aXbX", "X", "$1\\\\n", r"a$1\nb$1\n"),
        ("Sponsored", "^.*$", "", ""),
        ("Same &amp;lt; &quot;words&quot;", "not there", "", 'Same &lt; "words"'),
    ],
    ids=["prefix", "markup", "groups", "chinese", "no group", "literal", "all", "nothing found"],
)
def test_what_a_pattern_finds_in_a_title_is_replaced_in_its_plain_text(
    title: str, pattern: str, by: str, after: str
) -> None:
    assert published(make.entry(title=title), replacing("title", pattern, by)).title == after


def test_other_fields_are_replaced_in_too() -> None:
    entry = make.entry(
        summary="<p>In&nbsp;short &lt;ad&gt;.</p>",
        content="<p>One <b>two</b></p>",
        authors=("By A", "By ", "C"),
        url="/1?utm=x",
        base="https://a.example/",
        published="Posted: 2021-01-01T00:00:00Z",
        language=None,
    )
    rules = (
        Replacement(field="summary", pattern="<ad>", by="<3"),
        Replacement(field="content", pattern="<b>(.*?)</b>", by=r"<i>\1</i>"),
        Replacement(field="authors", pattern="^By ?"),
        Replacement(field="url", pattern=r"^https://a\.example/(\d).*", by=r"https://b.example/\1"),
        Replacement(field="published", pattern="^Posted: "),
        Replacement(field="language", pattern="^$", by="en"),
        Replacement(field="title", pattern="first", by="second"),
        Replacement(field="title", pattern="second", by="third"),
    )
    after = published(entry, ruled(replace=rules))
    assert (after.summary, after.content) == ("In short <3.", "<p>One <i>two</i></p>")
    assert (after.authors, after.url) == (("A", "C"), "https://b.example/1")
    assert (after.published.year, after.title, after.language) == (2021, "A third story", None)


def test_the_page_of_an_article_is_at_its_replaced_address() -> None:
    source = replacing("url", "/amp/", "/")
    entry = make.entry(url="https://a.example/amp/1", page="https://a.example/amp/1")
    assert rewritten(entry, source).page == "https://a.example/1"
    other = replace(entry, page="https://a.example/text?id=/amp/1")
    assert rewritten(other, source).page == "https://a.example/text?id=/amp/1"


def test_elements_are_removed_from_content_and_summary() -> None:
    html = "A &amp; b<p>Text <span class='share'>Share!</span>stays.</p><div><p class=ad>Ad</p></div>"
    source = ruled(remove=(".share", "//p[@class='ad']"))
    after = published(make.entry(content=html, summary=html), source)
    assert after.content == "A &amp; b<p>Text stays.</p>"
    assert after.summary == "A & b Text stays."


@pytest.mark.parametrize(
    ("html", "expression", "after"),
    [
        ("plain", "p", "plain"),
        ("<P CLASS=a>x", ".b", "<P CLASS=a>x"),
        ("<p>a</p><p>b</p>", "p:first-child", "<p>b</p>"),
        ("<p>a</p>", "body", "<p>a</p>"),
        ("<p>a</p>", "*", ""),
        ("<p>a</p><i>b</i>", "xpath:/html/body/p", "<i>b</i>"),
        ("<div>a<div>b</div></div>c", "div", "c"),
        ("a</body><p>b</p>&#1;<i>c</i>", "i", "a<p>b</p>"),
        (
            "<?xml version='1.0' encoding='gbk'?><p>标题<i>x</i></p>",
            "i",
            "<!--?xml version='1.0' encoding='gbk'?--><p>标题</p>",
        ),
        ("<p>a</p>", "//p/text()", "<p>a</p>"),
        ("", "p", ""),
    ],
)
def test_what_is_not_removed_stays_as_it_was(html: str, expression: str, after: str) -> None:
    assert without(html, (expression,)).replace("&#1;", "") == after


def test_removing_comes_before_replacing_and_tags_after() -> None:
    rules = Rules(
        remove=("i",),
        replace=(
            Replacement(field="content", pattern="Text", by="<i>Text</i>"),
            Replacement(field="tags", pattern="^#"),
        ),
        tags={"A.I.": "ai", "Ads": "", "ml": "ai"},
    )
    entry = make.entry(content="<p>Text<i>x</i></p>", tags=("#a.i.", "Ads", "ML", "other"))
    after = published(entry, make.source(rules=rules))
    assert after.content == "<p><i>Text</i></p>"
    assert after.tags == ("ai", "other")


def test_what_an_articles_own_page_says_is_changed_too() -> None:
    source = ruled(
        remove=(".ad",),
        replace=(Replacement(field="title", pattern=r" \| Paper$"), Replacement(field="url", pattern="x")),
    )
    detail = Detail(content="<p>Text</p><p class=ad>Ad</p>", title="News | Paper")
    after = rewritten_detail(detail, source, "https://a.example/")
    assert (after.content, after.title) == ("<p>Text</p>", "News")
    assert rewritten_detail(detail, make.source(), "https://a.example/") is detail


def test_replacing_costs_a_bounded_time_and_size() -> None:
    entry = make.entry(content="a" * 2_000_000)
    started = time.process_time()
    after = rewritten(entry, replacing("content", "a", "b" * 1000))
    assert len(after.content or "") == 2_000_000 + MOST_PLACES * 999
    rewritten(entry, replacing("content", "(a+)+b", "c"))
    assert time.process_time() - started < 5


# ── the category ────────────────────────────────────────────────────────────────────────────────

BY_TAGS = CategoryRule(field="tags", mapped={"Economy": "money", "f1": "sport"}, title="On {}")


@pytest.mark.parametrize(
    ("tags", "otherwise", "category"),
    [
        (("x", "F1", "economy"), None, ("sport", "On sport")),
        (("ECONOMY",), "other", ("money", "On money")),
        (("x", "y"), "other", ("other", "On other")),
        ((), "other", ("other", "On other")),
        (("银行", "y"), None, ("yinxing", "On 银行")),
        ((), None, ("uncategorized", "Uncategorized")),
    ],
    ids=["first known", "any case", "else", "none", "spelled", "uncategorized"],
)
def test_the_first_tag_that_is_named_decides(
    tags: tuple[str, ...], otherwise: str | None, category: tuple[str, str]
) -> None:
    rule = replace(BY_TAGS, otherwise=otherwise)
    assert category_of(make.entry(tags=tags), make.source(category=rule)) == category
    # What a list's rule read for the category is the first of them.
    first = make.entry(tags=tags, category=next(iter(tags), None))
    assert category_of(first, make.source(category=rule)) == category


def test_else_without_a_table_is_for_what_says_nothing() -> None:
    source = make.source(category=CategoryRule(field="medium", otherwise="none"))
    assert category_of(make.entry(medium="TechWeb"), source) == ("TechWeb", "TechWeb")
    assert category_of(make.entry(), source) == ("none", "none")


def test_the_category_is_that_of_what_the_rules_made_of_its_field() -> None:
    rules = Rules(tags={"A.I.": "ai"}, replace=(Replacement(field="medium", pattern="^The "),))
    entry = make.entry(tags=("A.I.",), medium="The Post")
    for field, slug in (("tags", "ai"), ("medium", "Post")):
        source = make.source(category=CategoryRule(field=field, spelling="as-is"), rules=rules)
        told = replace(entry, category=(entry.tags[0] if field == "tags" else entry.medium))
        assert category_of(rewritten(told, source), source)[0] == slug


# ── what is left out ────────────────────────────────────────────────────────────────────────────

SPONSORED = Condition(field="title", pattern="(?i)sponsored")
ON_TEXT = Condition(where="contains(text, 'begins')")


@pytest.mark.parametrize(
    ("keep_if", "drop_if", "by"),
    [
        ((), (), None),
        (("title",), (), None),
        (("!title", "contains(tags, 'ai')"), (), None),
        (("!title", "contains(tags, 'x')"), (), "not keep_if !title or contains(tags, 'x')"),
        ((), ("!title", "contains(authors, 'A')"), "drop_if contains(authors, 'A')"),
        (("title",), ("title",), "drop_if title"),
        (("published > '2022-03-17' && published < '2022-04'",), (), None),
        ((), ("length(tags)",), "drop_if length(tags)"),
        (("length(authors[1:])",), (), "not keep_if length(authors[1:])"),
        ((), ("category == 'news' && contains(content, '<p>')",), "drop_if"),
        ((), ("guid && url && summary && language && !image && !medium && updated",), "drop_if"),
    ],
)
def test_conditions_see_what_would_be_published(
    keep_if: tuple[str, ...], drop_if: tuple[str, ...], by: str | None
) -> None:
    conditions = {
        "keep_if": tuple(Condition(where=where) for where in keep_if),
        "drop_if": tuple(Condition(where=where) for where in drop_if),
    }
    article = make.article(tags=("ai", "ml"), authors=("A",), language="en")
    found = judge(article, ruled(**conditions)).dropped_by
    assert found == by or (by is not None and (found or "").startswith(by))


def test_a_pattern_is_looked_for_anywhere_and_in_each_of_a_list() -> None:
    source = ruled(drop_if=(SPONSORED, Condition(field="tags", pattern="^ad$"), ON_TEXT))
    assert (
        judge(make.article(title="A SPONSORED post"), source).dropped_by == "drop_if title has (?i)sponsored"
    )
    assert judge(make.article(tags=("road", "ad")), source).dropped_by == "drop_if tags has ^ad$"
    assert judge(make.article(tags=("road",), content="<p>x</p>"), source) == Verdict()


def test_a_condition_that_fails_drops_nothing_and_is_told() -> None:
    keep = Condition(where="join(',', [tags[5]])")
    verdict = judge(make.article(tags=("a",)), ruled(keep_if=(keep,), drop_if=(keep,)))
    assert verdict.dropped_by is None
    assert len(verdict.broken) == 2
    assert verdict.broken[0].startswith("join(',', [tags[5]]) fails: In function join()")


def test_a_category_takes_what_its_own_rules_let_in() -> None:
    choice = Choice(keep_if=(Condition(where="contains(tags, 'ai')"),))
    source = ruled(categories={"A/I": choice, "other": Choice(drop_if=(Condition(where="title"),))})
    placed = make.article(placements=(Placement(source_id="news", slug="a-i"),))
    assert judge(placed, source).dropped_by == "[category.A/I] not keep_if contains(tags, 'ai')"
    assert judge(replace(placed, tags=("ai",)), source) == Verdict()
    assert judge(make.article(), source) == Verdict()


def test_what_the_page_may_still_say_is_not_decided_before_it_came() -> None:
    awaited = make.article(title="", content="", summary="", page="https://a.example/1", complete=False)
    for condition in (ON_TEXT, SPONSORED, Condition(where="!summary"), Condition(where="!authors && title")):
        for rules in ({"keep_if": (condition,)}, {"drop_if": (condition,)}):
            assert judge(awaited, ruled(**rules)) == Verdict(waits=True)
    for known in ("tags", "contains(url, 'elsewhere') || contains(tags, 'x')"):
        assert judge(awaited, ruled(keep_if=(Condition(where=known),))).dropped_by == f"not keep_if {known}"
    listed = replace(awaited, title="Sponsored")
    assert judge(listed, ruled(drop_if=(ON_TEXT, SPONSORED))).dropped_by == "drop_if title has (?i)sponsored"
    short = Condition(where="contains(title, 'Spons') || contains(text, 'x')")
    assert judge(listed, ruled(keep_if=(short,))) == Verdict()
    came = replace(awaited, content="<p>It begins.</p>", parts=1, complete=False)
    assert judge(came, ruled(drop_if=(ON_TEXT,))).dropped_by == "drop_if contains(text, 'begins')"


def test_a_huge_article_costs_a_bounded_time() -> None:
    article = make.article(content="<p>" + "word " * 2_000_000 + "</p>", tags=("x",) * 1000)
    conditions = (Condition(where="contains(text, 'y') || contains(content, 'z')"), SPONSORED)
    started = time.process_time()
    assert (
        judge(article, ruled(drop_if=(*conditions, Condition(field="text", pattern="(a*)*b")))) == Verdict()
    )
    assert time.process_time() - started < 5


# ── digests ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rules",
    [{"remove": ("p",)}, {"tags": {"a": "b"}}, {"drop_if": (SPONSORED,)}, {"categories": {"a": Choice()}}],
    ids=lambda rules: next(iter(rules)),
)
def test_another_rule_is_another_digest(rules: dict[str, object]) -> None:
    entry = make.entry()
    assert entry_digest(entry, make.source()) != entry_digest(entry, ruled(**rules))
    assert rules_digest(make.source()) != rules_digest(ruled(**rules))


def test_an_entry_without_rules_has_the_digest_it_always_had() -> None:
    assert entry_digest(make.entry(), make.source()) == "57d8b336e2f2fac9"
    assert rules_digest(make.source()) == "c67c538285050fb6"
