"""The seed's source system on its preset, against a server that speaks as its provider did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from tests.flow import finews_rows as rows
from tests.flow.finews_runs import CORPUS, SEED, Runs, run
from tests.flow.world import titles_in
from tests.system import System

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpora/finews is not there"),
]

SLUGS = {
    "NWTWOWORDS": "21shijijingjibaodao 21caijingAPP",
    "NWTWOSPACES": "21shijijingjibaodao  nancailicaitong",
    "NWTYPO": "21shijiejingjibaodao",
    "NWBRACKETS": "anxinguojizhengquan(xianggang)",
    "NWMIXED": "Career In touxingPEVC",
    "NWBANK": "zhaoshangyinxing",
    "NWSLASH": "a-b",
    "NWDOTS": "--",
    "NWNULL": "null",
    "NWNUMBER": "1e3",
    rows.SEED_CODE: "zhongqingshangbao",
    rows.QUOTES: "jingjiribao",
    "NW202112082206934992": "zhongguozhengquanbao",
}
"""As the seed's system spelled them, where that was safe."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return run(tmp_path_factory.mktemp("finews"))


@pytest.fixture(scope="module")
def web(runs: Runs) -> Iterator[System]:
    with System(runs.folder / "var") as system:
        yield system


def titles_of(runs: Runs, slug: str) -> list[str]:
    return titles_in(runs.text(f"feeds/{slug}.json").encode())


def test_every_article_is_there_once(runs: Runs) -> None:
    assert runs.articles.keys() == runs.wanted
    everything = json.loads(runs.text("feeds/all.json"))["items"]
    assert len({item["id"] for item in everything}) == len(runs.wanted)


def test_each_text_was_asked_for_once_in_three_runs(runs: Runs) -> None:
    assert set(runs.details[2]) == runs.wanted
    assert {code: count for code, count in runs.details[2].items() if count > 1} == {}


def test_a_run_without_news_asks_the_five_lists_whether_they_changed(runs: Runs) -> None:
    assert runs.list_statuses[0] == [200] * 5
    assert sorted(runs.list_statuses[1]) == [200, 304, 304, 304, 304]
    assert runs.list_statuses[2] == [304] * 5


def test_an_older_item_that_comes_late_is_not_lost(runs: Runs) -> None:
    assert runs.details[0][rows.LATE] == 0
    assert runs.details[1][rows.LATE] == 1
    assert runs.articles[rows.LATE].path == "/emnews/2021/12/08/202112082200000001.html"
    assert titles_of(runs, "emnews").index(f"标题 {rows.LATE}") > 20


@pytest.mark.parametrize("code", SLUGS)
def test_a_feed_per_medium_under_the_seeds_slug(runs: Runs, code: str) -> None:
    article = runs.articles[code]
    assert SLUGS[code] in article.slugs
    for extension in ("rss", "atom", "json"):
        assert article.id in runs.text(f"feeds/{SLUGS[code]}.{extension}").replace("-", "")
    assert article.title in titles_of(runs, SLUGS[code])


@pytest.mark.parametrize("code", [code for code in SLUGS if code in rows.MEDIA])
def test_its_title_is_that_of_its_medium(runs: Runs, code: str) -> None:
    assert runs.titles[SLUGS[code]] == f"{rows.MEDIA[code]}新闻"
    assert json.loads(runs.text(f"feeds/{SLUGS[code]}.json"))["title"] == f"{rows.MEDIA[code]}新闻"
    assert runs.articles[code].medium == " ".join(rows.MEDIA[code].split())


def test_list_102_is_a_category_of_its_own(runs: Runs) -> None:
    assert runs.titles["emnews"] == "东财滚动新闻"
    assert f"标题 {rows.NAMED}" in titles_of(runs, "emnews")


def test_list_102_names_its_pages_by_id_and_fetches_by_code(runs: Runs) -> None:
    assert runs.articles[rows.OTHER_ID].path == "/emnews/2021/12/08/202112089999999999.html"
    assert f"正文 {rows.OTHER_ID}。" in runs.text("emnews/2021/12/08/202112089999999999.html")


def test_names_that_would_leave_their_folder_stay_in_it(runs: Runs) -> None:
    out = runs.folder / "out"
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"category/a-b.html", "category/--.html", "category/null.html", "category/1e3.html"} <= files
    assert {path.split("/")[0] for path in files if "NWDOTS" in path} == {"--"}
    assert not [path for path in runs.folder.iterdir() if path.suffix == ".html"]


@pytest.mark.parametrize("code", ["NWNULL", "NWNUMBER", rows.QUOTES, "NWDOTS", "NWBRACKETS", "NWMIXED"])
def test_names_and_titles_that_would_break_yaml_are_read_back(runs: Runs, code: str) -> None:
    article = runs.articles[code]
    front = yaml.safe_load(runs.post(code).split("---\n")[1])
    assert front["title"] == article.title
    assert front["categories"] == article.slugs[0]
    page = (runs.folder / "site" / "category" / f"{article.slugs[0]}.html").read_text("utf-8")
    assert yaml.safe_load(page.split("---")[1])["category"] == article.slugs[0]


def test_double_quotes_in_a_title_are_kept(runs: Runs) -> None:
    assert runs.articles[rows.QUOTES].title == '他说"好\\坏": #1 {不是} 名单'
    assert runs.articles[rows.QUOTES].title in titles_of(runs, "jingjiribao")


def test_without_time_and_title_it_is_kept_and_counted(runs: Runs) -> None:
    article = runs.articles[rows.NO_TIME]
    assert (article.title, article.dated, article.url) == ("", False, None)
    assert timedelta(0) <= article.first_seen_at - article.published < timedelta(seconds=100)
    assert f"正文 {rows.NO_TIME}。" in article.content
    assert article.path.endswith("/202205262391921712.html")
    assert (runs.health["flash"].undated, runs.health["flash"].untitled) == (1, 1)


def test_a_code_in_three_lists_is_one_article_in_their_categories(runs: Runs) -> None:
    article = runs.articles[rows.THREE_LISTS]
    assert set(article.slugs) == {"emnews", "jingjiribao"}
    for slug in article.slugs:
        assert titles_of(runs, slug).count(article.title) == 1


def test_ideographic_spaces_go_from_the_start_of_paragraphs_only(runs: Runs) -> None:
    assert runs.articles[rows.SPACES].content == "<p>第一段。</p><p>第二段　　有空格。</p>"


def test_the_line_that_names_the_medium_is_read(runs: Runs) -> None:
    assert runs.articles[rows.NAMED].medium == "证券时报"
    assert "（文章来源：证券时报）" in runs.articles[rows.NAMED].content


def test_stock_quotes_are_links_and_nothing_more(runs: Runs) -> None:
    content = runs.articles[rows.STOCKS].content
    assert '<a href="http://quote.example/r/1.600519?a=1&amp;b=2">贵州茅台</a>' in content
    assert not [word for word in ("data-code", "keytip", "quote_", "stock_", "target") if word in content]


def test_hidden_paragraphs_stay_hidden(runs: Runs) -> None:
    assert runs.articles[rows.HIDDEN].content == "<p>看得见的字</p>"


def test_a_digest_loses_its_leading_title_only(runs: Runs) -> None:
    assert runs.articles[rows.INNER_BRACKETS].summary == "他说【注】在后"


def test_the_short_title_stands_in_for_a_missing_one(runs: Runs) -> None:
    assert runs.articles[rows.ONLY_SIMTITLE].title == "简短的标题"


def test_titles_that_differ_in_a_number_are_different_articles(runs: Runs) -> None:
    titles = titles_of(runs, "emnews")
    assert [titles.count(title) for title in rows.NEARLY_THE_SAME] == [1, 1, 1]


def test_a_bad_record_costs_only_itself(runs: Runs) -> None:
    assert "NWSHARED38" in runs.articles
    assert "item 0 skipped" in runs.health["market-38"].warnings[0]


def test_times_without_offset_are_shanghais(runs: Runs) -> None:
    article = runs.articles[rows.SEED_CODE]
    assert article.published.isoformat() == "2022-03-17T00:48:28+08:00"
    assert article.path == f"/zhongqingshangbao/2022/03/17/{rows.SEED_CODE}.html"


def test_the_seeds_own_post_comes_out_byte_for_byte(runs: Runs) -> None:
    post = runs.folder / "site" / "_posts" / SEED.name
    assert post.read_bytes() == Path(SEED).read_bytes()


def test_two_spellings_are_one_category_and_the_other_redirects(runs: Runs, web: System) -> None:
    [slug] = {slug for slug in runs.titles if slug.casefold() == "techweb"}
    other = {"TechWeb": "Techweb", "Techweb": "TechWeb"}[slug]
    assert runs.articles[rows.TECHWEB].slugs == runs.articles["NWTECHWEB2"].slugs == (slug,)
    assert {f"标题 {rows.TECHWEB}", "标题 NWTECHWEB2"} <= set(titles_of(runs, slug))
    for path in ("/feeds/{}.rss", "/feeds/{}.json", "/category/{}.html"):
        assert web.get(path.format(slug)).status == 200
        moved = web.get(path.format(other))
        assert (moved.status, moved.headers.get("location")) == (301, path.format(slug))


@pytest.mark.parametrize("slug", sorted(set(SLUGS.values())))
def test_every_feed_is_served_under_its_slug(web: System, slug: str) -> None:
    assert web.get(f"/feeds/{slug}.rss").status == 200
    assert web.get(f"/category/{slug}.html").status == 200
