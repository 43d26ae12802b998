"""One test for each oddity of the seed's system that parsing and normalizing have to bear.

The numbers are those of the list of weaknesses in ../shared/corpora/finews/SYSTEM.md §7.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from feeds.model import Article, Entry, Feed
from feeds.normalize.article import identify, normalize
from feeds.normalize.changes import revise
from feeds.normalize.html import clean
from feeds.normalize.slugs import category_of, safe_slug
from feeds.parse.api import parse_detail
from feeds.parse.posts import parse_post
from feeds.parse.source import parse
from feeds.told import ArticleRule, CategoryRule, FieldRule, Kind, Source
from tests import make

SHARED = Path(__file__).parents[2] / "shared"
SEED = SHARED / "seed/2022-03-17-NW202203172312474080.md"
FINEWS = SHARED / "corpora/finews"

TEXT = ArticleRule(url="http://api.example/NewsData/GetNewsText.do?id={guid}", content="text || content")
SHARE = FieldRule(template="http://share.example/NewsShare.html?infoCode={guid}")
MEDIUM = CategoryRule(field="medium", title="{}新闻")

FLASH = make.source(
    id="flash",
    kind=Kind.API,
    ids="finews",
    items="records",
    category=CategoryRule(slug="emnews", title="东财滚动新闻"),
    article=TEXT,
    timezone="Asia/Shanghai",
    fields={
        "guid": FieldRule(path="infoCode"),
        "name": FieldRule(path="id"),
        "title": FieldRule(path="title"),
        "published": FieldRule(path="showtime"),
        "url": FieldRule(path="url_w"),
        "summary": FieldRule(path="digest", strip="【[^】]*】"),
    },
)
IMPORTANT = make.source(
    id="important",
    kind=Kind.API,
    ids="finews",
    items="nodeList",
    category=MEDIUM,
    article=TEXT,
    timezone="Asia/Shanghai",
    fields={
        "guid": FieldRule(path="infocode"),
        "title": FieldRule(path="title"),
        "published": FieldRule(path="showtime"),
        "medium": FieldRule(path='"from"'),
        "url": SHARE,
    },
)
POSTS = make.source(id="posts", kind=Kind.POSTS, category=CategoryRule(field="category", spelling="as-is"))


def read(source: Source, *items: Any) -> Feed:
    body = json.dumps({source.items or "": list(items)})
    return parse(source, make.payload(body, url="http://api.example/list"))


def flash(**fields: Any) -> dict[str, Any]:
    return {"infoCode": "NW1", "id": "1", "title": "t", "showtime": "2021-12-08 10:46:18", **fields}


def important(**fields: Any) -> dict[str, Any]:
    return {"infocode": "NW1", "title": "t", "from": "重庆商报", "showtime": "", **fields}


def published(entry: Entry, source: Source, position: int = 0) -> Article:
    slug, _ = category_of(entry, source)
    return normalize(entry, source, make.site(), slug=slug, seen_at=make.SEEN_AT, position=position)


def post(text: str, name: str = "2021-12-08-1.md") -> Entry:
    entry, _ = parse_post(name, text)
    return entry


def test_1_a_category_is_titled_by_its_own_medium() -> None:
    entries = read(IMPORTANT, important(), important(infocode="2", **{"from": "Wind"})).entries
    assert [category_of(entry, IMPORTANT) for entry in entries] == [
        ("zhongqingshangbao", "重庆商报新闻"),
        ("Wind", "Wind新闻"),
    ]


@pytest.mark.parametrize(
    ("medium", "slug"),
    [("中国银行", "zhongguoyinxing"), ("Career In 投行PEVC", "Career In touxingPEVC")],
)
def test_2_pinyin_reads_as_the_published_addresses_do(medium: str, slug: str) -> None:
    (entry,) = read(IMPORTANT, important(**{"from": medium})).entries
    assert category_of(entry, IMPORTANT)[0] == slug


@pytest.mark.parametrize(
    ("medium", "slug"),
    [
        ("21世纪经济报道  南财理财通", "21shijijingjibaodao  nancailicaitong"),
        ("安信国际证券(香港)", "anxinguojizhengquan(xianggang)"),
        ("TechWeb", "TechWeb"),
        ("Techweb", "Techweb"),
    ],
)
def test_3_spaces_brackets_and_case_stay_in_slugs(medium: str, slug: str) -> None:
    (entry,) = read(IMPORTANT, important(**{"from": medium})).entries
    assert category_of(entry, IMPORTANT)[0] == slug


def test_4_a_post_without_date_title_and_address_is_kept() -> None:
    text = '---\nlayout: post\ntitle: ""\ndate:  +0800\ncategories: emnews\n---\n<p>x</p>\n\n<>\n'
    entry = post(text, "-202205262391921712.md")
    code = "202205262391921712"
    assert entry == Entry(guid=code, name=code, category="emnews", content="<p>x</p>")
    article = published(entry, POSTS)
    assert (article.title, article.dated, article.content) == ("", False, "<p>x</p>")
    assert article.path == "/emnews/2022/03/17/202205262391921712.html"


def test_4_an_item_without_time_and_title_is_kept_in_list_order() -> None:
    feed = read(FLASH, flash(showtime="", title=""), flash(infoCode="NW2", showtime=""))
    first, second = (published(entry, FLASH, index) for index, entry in enumerate(feed.entries))
    assert not first.dated
    assert first.sort_key > second.sort_key


def test_5_front_matter_may_follow_blank_lines() -> None:
    assert post('\n---\ntitle: "t"\n---\nx').title == "t"


def test_6_a_time_without_offset_is_shanghais_and_so_is_one_with() -> None:
    without, with_offset = (
        published(post(f"---\ndate: 2021-12-08 10:46:18{offset}\n---\nx"), POSTS) for offset in ("", " +0800")
    )
    assert without.published == with_offset.published
    assert without.published.isoformat() == "2021-12-08T10:46:18+08:00"


def test_7_an_article_of_the_night_keeps_its_own_day() -> None:
    (entry,) = read(FLASH, flash(showtime="2022-03-17 00:48:28")).entries
    assert published(entry, FLASH).path == "/emnews/2022/03/17/1.html"


def test_8_items_out_of_time_order_are_all_kept() -> None:
    items = [flash(infoCode="b", showtime="2021-12-08 12:15:34"), flash(infoCode="a"), flash(infoCode="c")]
    assert [entry.guid for entry in read(FLASH, *items).entries] == ["b", "a", "c"]


def test_9_titles_that_differ_in_a_number_are_different_articles() -> None:
    items = [flash(infoCode=str(count), title=f"北向资金净流入超{count}亿") for count in (30, 40, 50)]
    assert len({identify(entry, FLASH) for entry in read(FLASH, *items).entries}) == 3


def test_10_a_digest_loses_its_leading_title_only() -> None:
    (entry,) = read(FLASH, flash(digest="【标题】摘要【注】结尾。 ")).entries
    assert entry.summary == "摘要【注】结尾。"


def test_10_ideographic_spaces_inside_text_stay() -> None:
    assert clean("<p>　　甲　　乙</p>", base=None) == "<p>甲　　乙</p>"


def test_11_hidden_paragraphs_quote_spans_and_styles_go() -> None:
    html = (
        '<p style="display:none">x</p><center><p style="color:red">甲'
        '<span web="1" href="http://q.example/">茅台</span><span id="quote_1.600519"></span></p></center>'
        '<img src="http://i.example/GetPic.aspx?a=1&token=2" data-code="3">'
        '<p class="em_media">（文章来源：重庆商报）</p>'
    )
    assert clean(html, base=None) == (
        "<p>甲<span>茅台</span></p>"
        '<img src="http://i.example/GetPic.aspx?a=1&amp;token=2" alt="" loading="lazy">'
        '<p class="em_media">（文章来源：重庆商报）</p>'
    )


@pytest.mark.parametrize("title", ['他说"你好"了', "a\\q", "null", "no", "1e3", "2021"])
def test_12_titles_and_categories_that_break_yaml_are_text(title: str) -> None:
    entry = post(f'---\ntitle: "{title}"\ncategories: {title}\n---\nx')
    assert entry.title == title
    assert entry.category == title


def test_13_one_bad_record_loses_no_other() -> None:
    feed = read(FLASH, flash(), None, {}, flash(infoCode="NW2"))
    assert [entry.guid for entry in feed.entries] == ["NW1", None, "NW2"]
    assert len(feed.warnings) == 1


@pytest.mark.parametrize(("medium", "slug"), [("a/b", "a-b"), ("..", "--"), ("feeds", "feeds-category")])
def test_15_a_medium_never_leaves_its_folder(medium: str, slug: str) -> None:
    (entry,) = read(IMPORTANT, important(**{"from": medium})).entries
    assert category_of(entry, IMPORTANT)[0] == slug
    assert published(entry, IMPORTANT).path.startswith(f"/{slug}/")


def test_16_footers_of_all_generations_leave_the_body() -> None:
    if not FINEWS.is_dir():
        pytest.skip("needs ../shared/corpora/finews")
    posts = sorted(FINEWS.glob("*post*/*.md"))
    homes = set()
    for path in posts:
        entry, home = parse_post(path.name, path.read_text(encoding="utf-8"))
        homes.add(home)
        assert entry.content is not None
        assert entry.url is not None
        assert "返回" not in entry.content
        assert "eastmoney.com/news" not in entry.content
    assert homes == {None, "https://finews.zning.me", "https://finews.withounder.com"}


def test_the_list_and_the_text_have_several_shapes() -> None:
    assert parse_detail(TEXT, make.payload('{"text": "<p>x</p>"}')) == "<p>x</p>"
    assert parse_detail(TEXT, make.payload('{"content": "<p>y</p>"}')) == "<p>y</p>"


def test_an_infocode_in_two_lists_is_one_article() -> None:
    (one,) = read(FLASH, flash()).entries
    (other,) = read(IMPORTANT, important()).entries
    stored, new = published(one, FLASH), published(other, IMPORTANT)
    assert stored.id == new.id
    assert stored.page == new.page == "http://api.example/NewsData/GetNewsText.do?id=NW1"
    merged = revise(stored, new, source_id="important", seen_at=make.SEEN_AT)
    assert merged.slugs == ("emnews", "zhongqingshangbao")
    assert merged.title == stored.title


def test_the_flash_list_names_its_files_by_id() -> None:
    (entry,) = read(FLASH, flash()).entries
    assert published(entry, FLASH).path == "/emnews/2021/12/08/1.html"


@pytest.mark.parametrize(
    ("name", "source"),
    [("webapi-type102.json", FLASH), ("webapi-type45.json", IMPORTANT)],
)
def test_the_rebuilt_lists_are_read_whole(name: str, source: Source) -> None:
    path = FINEWS / "mock-dev" / name
    if not path.exists():
        pytest.skip("needs ../shared/corpora/finews/mock-dev")
    body = path.read_bytes()
    feed = parse(source, make.payload(body))
    assert len(feed.entries) == len(json.loads(body)[source.items or ""])
    assert feed.warnings == ()
    for entry in feed.entries:
        assert None not in (entry.guid, entry.title, entry.published, entry.url, entry.page)
        assert published(entry, source).dated


def test_published_slugs_are_safe_already() -> None:
    if not FINEWS.is_dir():
        pytest.skip("needs ../shared/corpora/finews")
    for path in FINEWS.glob("category/*.html"):
        slug = path.stem.split("@")[0]
        assert safe_slug(slug) == slug


def test_the_seed_comes_through_whole() -> None:
    if not SEED.exists():
        pytest.skip("needs ../shared/seed")
    text = SEED.read_text(encoding="utf-8")
    files = msgspec.msgpack.encode([(SEED.name, text.encode())])
    feed = parse(POSTS, make.payload(files))
    (entry,) = feed.entries
    article = published(entry, POSTS)
    assert feed.url == "https://finews.withounder.com"
    assert article.path == "/zhongqingshangbao/2022/03/17/NW202203172312474080.html"
    assert article.published.isoformat() == "2022-03-17T00:48:28+08:00"
    assert (article.title, article.tags) == ("增强市场主体活力 提升企业获得感", ("重庆商报新闻",))
    assert article.medium == "重庆商报"
    assert category_of(entry, POSTS) == ("zhongqingshangbao", "重庆商报新闻")
    assert article.content == text.split("---\n", 2)[2].split("\n\n<http")[0]
    assert f"<{article.url}>" in text
