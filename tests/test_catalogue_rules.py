"""The rules of a source and a category in feedmill.toml: what they give, and what is said of mistakes."""

from __future__ import annotations

import pytest

from feeds.catalogue.load import parse_catalogue
from feeds.errors import ConfigError
from feeds.told import CategoryRule, Choice, Condition, Replacement, Rules, Source

FEED = '[[source]]\nid = "news"\nkind = "feed"\nurl = "https://a.example/feed"\n'
ADS = Condition(field="title", pattern="(?i)sponsored|广告")


def source(text: str) -> Source:
    (only,) = parse_catalogue(text, name="f.toml", folder="/srv", variables={}).sources
    return only


def problem(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_catalogue(text, name="f.toml", folder="/srv", variables={})
    (line,) = str(caught.value).splitlines()
    return line


def test_a_source_without_rules_has_none() -> None:
    assert source(FEED).rules is None


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        (
            "keep_if = \"contains(tags, 'economy')\"",
            Rules(keep_if=(Condition(where="contains(tags, 'economy')"),)),
        ),
        ('drop_if = { where = "!title" }', Rules(drop_if=(Condition(where="!title"),))),
        ('drop_if = { field = "title", pattern = "(?i)sponsored|广告" }', Rules(drop_if=(ADS,))),
        (
            'drop_if = ["!text", { field = "title", pattern = "(?i)sponsored|广告" }]',
            Rules(drop_if=(Condition(where="!text"), ADS)),
        ),
        (
            'replace = { field = "title", pattern = "x" }',
            Rules(replace=(Replacement(field="title", pattern="x"),)),
        ),
        (
            "[[source.replace]]\nfield = 'url'\npattern = '(a)b'\nwith = '\\1\\0\\\\'",
            Rules(replace=(Replacement(field="url", pattern="(a)b", by="\\1\\0\\\\"),)),
        ),
        (
            "remove = [\".share\", \"//p[@class='ad']\"]",
            Rules(remove=(".share", "//p[@class='ad']")),
        ),
        ('remove = "xpath:.//p"', Rules(remove=("xpath:.//p",))),
        ('tags = { "A.I." = "ai", "Sponsored" = "" }', Rules(tags={"A.I.": "ai", "Sponsored": ""})),
    ],
    ids=["condition", "where", "pattern", "several", "replace", "table", "remove", "xpath", "tags"],
)  # fmt: skip
def test_each_rule_may_be_written_alone(written: str, rules: Rules) -> None:
    assert source(FEED + written).rules == rules


def test_a_category_by_a_table_of_tags() -> None:
    written = 'category = { from = "tags", map = { "economy" = "money" }, else = "other", title = "On {}" }'
    rule = source(FEED + written).category
    assert rule == CategoryRule(field="tags", mapped={"economy": "money"}, otherwise="other", title="On {}")
    assert rule.constants == {"money": "On money", "other": "On other"}


def test_what_a_category_takes_is_a_rule_of_the_sources_that_may_go_there() -> None:
    takes = '[category.news]\nkeep_if = "title"\nkeep = "90d"\n[category.rest]\ndrop_if = "!title"\n'
    takes += 'aliases = ["old"]\n'
    news, rest = Choice(keep_if=(Condition(where="title"),)), Choice(drop_if=(Condition(where="!title"),))
    assert source(FEED + takes).rules == Rules(categories={"news": news})
    assert source(f'{FEED}category = "NEWS"\n{takes}').rules == Rules(categories={"news": news})
    assert source(f'{FEED}category = "third"\n{takes}').rules is None
    anywhere = source(f'{FEED}category.from = "tags"\n{takes}').rules
    assert anywhere == Rules(categories={"news": news, "rest": rest, "old": rest})


REPLACEABLE = (
    "authors, category, content, image, language, medium, published, summary, tags, title, updated, url"
)
FIELDS = "authors, category, content, guid, image, language, medium, published, summary, tags, text, title"
MISTAKES = {
    "no field": (
        "keep_if = 'contains(tags, \"economy\")'",
        ('keep_if.where = "contains(tags, "economy")" asks for economy, which is not a field of an entry '
        f"(text is written in single quotes, like 'economy'); there are {FIELDS}, updated, url"),
    ),
    "a field nearly": (
        "drop_if = '!titel'",
        ('drop_if.where = "!titel" asks for titel, which is not a field of an entry '
        "(text is written in single quotes, like 'titel'); did you mean 'title'?"),
    ),
    "no field at all": (
        "drop_if = \"'x'\"",
        ("drop_if.where = \"'x'\" asks for no field of an entry; "
        "write a field bare, like contains(tags, 'economy')"),
    ),
    "no function": (
        "drop_if = \"contain(tags, 'x')\"",
        ("drop_if.where = \"contain(tags, 'x')\" calls contain(), which JMESPath has not; "
        "did you mean 'contains'?"),
    ),
    "no JMESPath": (
        "keep_if = \"title ==\"",
        ('keep_if.where = "title ==" is not a JMESPath expression: Invalid jmespath expression: '
        'Incomplete expression: "title ==" ^'),
    ),
    "fails without tags": (
        "drop_if = \"contains(tags[0], 'x')\"",
        ("drop_if.where = \"contains(tags[0], 'x')\" fails on an entry that says nothing: In function "
        "contains(), invalid type for value: None, expected one of: ['array', 'string'], received: \"null\""),
    ),
    "fails always": (
        "drop_if = 'abs(title)'",
        ('drop_if.where = "abs(title)" fails on an entry that says everything: In function abs(), invalid '
        'type for value: 2026-01-02T03:04:05+00:00, expected one of: [\'number\'], received: "string"'),
    ),
    "a pattern's field": (
        "drop_if = { field = 'titel', pattern = 'x' }",
        "drop_if.field = \"titel\" is not a field that conditions see; did you mean 'title'?",
    ),
    "no pattern": (
        "drop_if = { field = 'title' }",
        "drop_if needs either where, or both field and pattern",
    ),
    "both": (
        "drop_if = { where = 'title', field = 'title', pattern = 'x' }",
        "drop_if needs either where, or both field and pattern",
    ),
    "no RE2": (
        "drop_if = { field = 'title', pattern = '(?=x)' }",
        'drop_if.pattern = "(?=x)" is not an RE2 pattern: invalid perl operator: (?=',
    ),
    "another key": (
        "drop_if = { fields = 'title', pattern = 'x' }",
        "'drop_if.fields' is not a key here; did you mean 'field'?",
    ),
    "no condition": ("drop_if = 3", "drop_if = 3 must be a table, like { key = … }"),
    "identity": (
        "replace = { field = 'guid', pattern = 'x' }",
        ('replace.field = "guid" names an article for ever, so that nothing in it is replaced; '
        "leave the rule out"),
    ),
    "no field to replace in": (
        "replace = { field = 'text', pattern = 'x' }",
        f'replace.field = "text" is not a field of an entry; there are {REPLACEABLE}',
    ),
    "nothing to replace": (
        "replace = { field = 'title' }",
        "'replace.pattern' is missing; add pattern = …",
    ),
    "no such group": (
        "replace = { field = 'title', pattern = '(x)', with = '\\2' }",
        r"replace says \2 in with, but its pattern has too few groups; put ( ) around what is meant",
    ),
    "a bare backslash": (
        "replace = { field = 'title', pattern = 'x', with = 'a\\' }",
        r"replace has a \ in with that is none of \0 to \9 and \\; write a plain one as \\",
    ),
    "too long": (
        f"replace = {{ field = 'title', pattern = 'x', with = '{'a' * 1001}' }}",
        f'replace.with = "{"a" * 58}… is too long; the most is 1000 characters',
    ),
    "no selector": (
        "remove = 'a['",
        'remove = "a[" is neither a CSS selector nor XPath: Expected ident or \'*\', got <EOF at 2>',
    ),
    "a text": (
        "remove = ['.ad', 'p::text']",
        'remove = "p::text" selects a text; only elements can be removed: leave ::text and ::attr() out',
    ),
    "no function of XPath": (
        "remove = '//p[foo()]'",
        'remove = "//p[foo()]" cannot be evaluated: Unregistered function',
    ),
    "a number": (
        "remove = '(count(//p))'",
        ('remove = "(count(//p))" gives no elements; '
        "write what selects them, like .share or //p[@class='ad']"),
    ),
    "no selector at all": ("remove = 3", 'remove = 3 must be text in quotes, like "…"'),
    "tags in a list": ("tags = ['a']", "tags must be a table, like { key = … }"),
    "a tag's number": ("tags = { a = 3 }", 'tags.a = 3 must be text in quotes, like "…"'),
    "a table without a field": (
        "category = { slug = 'a', map = { x = 'b' } }",
        "category says map or else without from; add from = the field that they are about",
    ),
    "no slug": (
        "category = { from = 'tags', map = { x = '' } }",
        'category.map.x = "" is empty; write something or leave the key out',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("written", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place_and_the_fix(written: str, said: str) -> None:
    assert problem(FEED + written) == f'f.toml:5: source "news": {said}'


def test_a_mistake_in_a_categorys_rule_is_told_too() -> None:
    said = problem("[category.city]\ndrop_if = '!titel'")
    assert said.startswith('f.toml:2: category "city": drop_if.where = "!titel" asks for titel')


def test_a_slug_of_a_table_is_no_alias() -> None:
    written = (
        f'{FEED}category = {{ from = "tags", map = {{ x = "money" }} }}\n[category.city]\naliases = ["Money"]'
    )
    assert problem(written).endswith('alias "Money" is the address of money already; leave it out')


@pytest.mark.parametrize(
    "condition",
    [
        "summary && @.title == `null` || length(authors) > `1`",
        "tags[?@ == 'x'] | [0]",
        "published > '2026-01' && starts_with(url, 'https:')",
        "tags[?contains(@, 'x')]",
        "max_by(tags, &length(@)) == 'x' && tags",
        "[title, medium][?@ == 'x'] && {a: language}.a.b",
        "not_null(image, guid) && category == 'news'",
    ],
)
def test_conditions_may_be_all_that_jmespath_is(condition: str) -> None:
    if condition.startswith("max_by"):  # an empty list has no greatest
        condition = condition.replace("max_by(tags,", "max_by([title],")
    assert source(f'{FEED}keep_if = "{condition}"').rules == Rules(keep_if=(Condition(where=condition),))
