"""Categories and their names in paths."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.slugs import RESERVED, category_of, safe_slug, spell
from feeds.told import CategoryRule, Kind
from tests.make import entry, source

NAMES = Path(__file__).parents[2] / "shared/corpora/finews/CATEGORY-NAMES.tsv"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("重庆商报", "zhongqingshangbao"),
        ("中国银行", "zhongguoyinxing"),
        ("21世纪经济报道  南财理财通", "21shijijingjibaodao  nancailicaitong"),
        ("21世纪经济报道 21财经APP", "21shijijingjibaodao 21caijingAPP"),
        ("安信国际证券(香港)", "anxinguojizhengquan(xianggang)"),
        ("Career In 投行PEVC", "Career In touxingPEVC"),
        ("CfetsOnline发布", "CfetsOnlinefabu"),
        ("TechWeb", "TechWeb"),
        ("安徽省发展改革委", "anhuishengfazhangaigewei"),
        ("IT-之家", "ITzhijia"),
    ],
)
def test_characters_are_spelled_as_in_the_seeds_addresses(text: str, slug: str) -> None:
    assert spell(text, "pinyin-characters") == slug
    assert safe_slug(slug) == slug


def test_phrases_are_read_as_people_do() -> None:
    assert spell("重庆商报", "pinyin-phrases") == "chongqingshangbao"
    assert spell("Wind 银行", "pinyin-phrases") == "Wind yinhang"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        *(
            ("Économie", "Economie"),
            ("新闻", "新闻"),
            ("a b", "a b"),
            ("e\u0301", "e"),
            ("重庆 News", "重庆 News"),
        ),
        *(
            ("Łódź", "Lodz"),
            ("Straße", "Strasse"),
            ("Ærø", "AEro"),
            ("Новости", "Новости"),
            ("ＡＢＣ①", "ABC1"),
        ),
    ],
)
def test_ascii_folds_what_it_can(text: str, slug: str) -> None:
    assert spell(text, "ascii") == slug


def test_every_stored_category_name_is_its_own_slug() -> None:
    if not NAMES.exists():
        pytest.skip("needs ../shared/corpora/finews")
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    names = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    assert len(names) > 50
    assert [safe_slug(name) for name in names] == names


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        pytest.param("a/b", "a-b", id="slash"),
        pytest.param("a\\b", "a-b", id="backslash"),
        pytest.param("..", "--", id="parent"),
        pytest.param(".", "-", id="itself"),
        pytest.param("../../etc", "--" + "-..-etc", id="far away"),
        pytest.param(".git", "-git", id="hidden"),
        pytest.param("a\x00b\nc", "a-b-c", id="control characters"),
        pytest.param("Feeds", "Feeds-category", id="reserved"),
        pytest.param("feed.xml.gz", "feed.xml.gz-category", id="reserved, packed"),
        pytest.param("feed.xml", "feed.xml-category", id="a document"),
        pytest.param("CON", "CON-category", id="a device of Windows"),
        pytest.param("lpt1.a.b", "lpt1-category.a.b", id="a device with an ending"),
        pytest.param("console", "console", id="no device"),
        pytest.param("  x  ", "x", id="blanks"),
        pytest.param("", "uncategorized", id="empty"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("a\ud800", "a-", id="lone surrogate"),
        pytest.param("x" * 300, "x" * 100, id="long"),
        pytest.param("中" * 90, "中" * 66, id="many bytes"),
        pytest.param("null", "null", id="null is a name"),
    ],
)
def test_slugs_are_safe_visibly(text: str, slug: str) -> None:
    assert safe_slug(text) == slug


@given(st.text(max_size=120) | st.sampled_from(sorted(RESERVED)).map(str.upper))
def test_a_safe_slug_is_its_own(text: str) -> None:
    slug = safe_slug(text)
    assert safe_slug(slug) == slug
    assert slug.casefold() not in RESERVED
    assert not slug.startswith(".")
    assert not set(slug) & set("/\\")
    assert 0 < len(slug.encode()) <= 209
    assert unicodedata.is_normalized("NFC", slug)


@pytest.mark.parametrize(
    ("rule", "category"),
    [
        pytest.param(CategoryRule(slug="city"), ("city", "city"), id="constant"),
        pytest.param(CategoryRule(slug="city", title="City"), ("city", "City"), id="titled"),
        pytest.param(
            CategoryRule(field="medium", title="{}新闻"),
            ("zhongqingshangbao", "重庆商报新闻"),
            id="field",
        ),
        pytest.param(CategoryRule(field="tags", spelling="as-is"), ("one", "one"), id="first of several"),
        pytest.param(CategoryRule(field="authors"), ("uncategorized", "Uncategorized"), id="no text"),
        pytest.param(CategoryRule(field="a.b"), ("uncategorized", "Uncategorized"), id="no field"),
    ],
)
def test_the_rule_chooses_the_category(rule: CategoryRule, category: tuple[str, str]) -> None:
    said = entry(medium="重庆商报", tags=("one", "two"))
    assert category_of(said, source(category=rule)) == category


def test_what_nobody_sees_makes_no_other_category() -> None:
    rule = CategoryRule(field="medium")
    said = entry(medium="\ufeff重庆\u200b商报")
    assert category_of(said, source(category=rule)) == ("zhongqingshangbao", "重庆商报")


def test_every_name_of_the_http_face_is_reserved() -> None:
    assert {
        "feeds",
        "category",
        "api",
        "hub",
        "websub",
        "events",
        "status",
        "all",
        "index",
        "opml",
        "feed",
    } <= (RESERVED)
    assert {"healthz", "readyz", "metrics", "static", "robots.txt", "feed.xml", "opml.xml"} <= RESERVED


def test_the_text_that_parsing_chose_comes_first() -> None:
    rule = CategoryRule(field="medium", spelling="as-is")
    assert category_of(entry(category="City", medium="x"), source(category=rule))[0] == "City"


def test_a_category_is_titled_as_the_publisher_calls_it() -> None:
    rule = CategoryRule(field="category", spelling="as-is")
    said = entry(category="zhongqingshangbao", category_title="重庆商报新闻")
    found = category_of(said, source(kind=Kind.POSTS, category=rule))
    assert found == ("zhongqingshangbao", "重庆商报新闻")
