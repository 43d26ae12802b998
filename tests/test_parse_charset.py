"""Which encoding a body is in, by mark, label and look."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.parse.charset import read
from feeds.parse.detection import likely_encodings
from feeds.parse.source import parse
from feeds.told import Kind
from tests.make import payload, source

CHINESE = "重庆商报讯，记者昨天从市政府获悉，今年的经济增长超过预期，房价也有所回落。"
TRADITIONAL = "臺北市政府今天宣布，捷運新路線將於明年通車，市民對此表示歡迎，認為有助於交通。"
JAPANESE = "今日の東京の天気は晴れでしょう。ブックマークの変更をお願いします。"
KOREAN = "서울시는 오늘 새로운 교통 정책을 발표했다. 시민들은 기대와 우려를 나타냈다."
RUSSIAN = "Вчера в Москве прошла встреча министров, на которой обсуждали новый закон о печати."
FRENCH = "L'été dernier, le président a été reçu à l'Élysée où il a déjeuné, paraît-il, très tôt."


def rss(text: str, declared: str | None = None) -> str:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f'{prolog}<rss version="2.0"><channel><item><title>{text}</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(CHINESE, "gb18030", id="gb18030"),
        pytest.param(CHINESE, "gb2312", id="gb2312"),
        pytest.param(TRADITIONAL, "big5", id="big5"),
        pytest.param(JAPANESE, "shift_jis", id="shift_jis"),
        pytest.param(JAPANESE, "euc_jp", id="euc_jp"),
        pytest.param(JAPANESE, "iso2022_jp", id="iso2022_jp"),
        pytest.param(KOREAN, "euc_kr", id="euc_kr"),
        pytest.param(RUSSIAN, "windows-1251", id="windows-1251"),
        pytest.param(RUSSIAN, "koi8-r", id="koi8-r"),
        pytest.param(FRENCH, "windows-1252", id="windows-1252"),
    ],
)
@pytest.mark.parametrize("declared", ["UTF-8", None], ids=["lying", "silent"])
def test_what_no_label_tells_is_detected(text: str, encoding: str, declared: str | None) -> None:
    document = rss(f"{text} {text}", declared)
    assert read(document.encode(encoding), None).text == document


@pytest.mark.parametrize("label", ["gb2312", "gbk", "GB18030", "x-gbk; q", "zh_cn"])
def test_labels_of_chinese_are_read_as_gb18030(label: str) -> None:
    assert read("镕堃한".encode("gb18030"), label.partition(";")[0]).text == "镕堃한"


@pytest.mark.parametrize(
    ("charset", "declared", "encoding"),
    [
        pytest.param("koi8-r", "windows-1251", "koi8-r", id="http before the declaration"),
        pytest.param("gb18030", "windows-1251", "windows-1251", id="http that does not decode"),
        pytest.param("no-such-thing", "koi8-r", "koi8-r", id="http that means nothing"),
        pytest.param("us-ascii", "koi8-r", "koi8-r", id="http that is not so"),
    ],
)
def test_labels_are_asked_in_order(charset: str, declared: str, encoding: str) -> None:
    document = rss("мир", declared)
    assert read(document.encode(encoding), charset).text == document


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_comes_before_all_labels(encoding: str) -> None:
    document = rss("Grüße", "iso-8859-1")
    assert read(document.encode(encoding), "koi8-r").text == document


def test_a_mark_that_is_not_so_is_not_believed() -> None:
    document = rss(CHINESE, "gb2312").encode("gb18030")
    assert CHINESE in read(codecs.BOM_UTF8 + document, None).text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037"])
def test_markup_in_wide_units_needs_no_mark(encoding: str) -> None:
    document = rss("Gruss", encoding)
    assert read(document.encode(encoding), None).text == document


@pytest.mark.parametrize("label", ["utf-16", "utf-32", "utf-7", "unicode_escape", "hex", "", "x" * 5000])
def test_labels_that_cannot_be_are_passed_over(label: str) -> None:
    document = rss(r"\u0041 日本 +ADw-", label)
    assert read(document.encode(), label).text == document


@pytest.mark.parametrize("text", ["wait…", "«wait»… “so”", "a——b"])
def test_punctuation_alone_is_no_katakana(text: str) -> None:
    assert "ｭ" not in read(rss(text, "UTF-8").encode("gb18030"), None).text


def test_an_ellipsis_of_gbk_in_english_is_one() -> None:
    document = rss("wait… there is more", "UTF-8")
    assert read(document.encode("gbk"), None).text == document


@pytest.mark.parametrize("text", ["it’s “so”", "¡Vaya! ¿Qué?", FRENCH])
def test_quotes_of_the_west_stay(text: str) -> None:
    document = rss(text, "UTF-8")
    assert read(document.encode("cp1252"), None).text == document


@pytest.mark.parametrize(
    "misspelled",
    [
        pytest.param(b"\xc0\xbcscript\xc0\xbe", id="overlong"),
        pytest.param(b"\xe0\x80\xbc", id="overlong by two"),
        pytest.param(b"\xed\xa0\xbd\xed\xb8\x80", id="a pair of surrogates"),
        pytest.param(b"\xc0\xbc \xff", id="beside another byte"),
    ],
)
def test_misspelled_utf8_is_utf8_with_replacements(misspelled: bytes) -> None:
    before, after = rss("a|b", "UTF-8").encode().split(b"|")
    reading = read(before + misspelled + after, None)
    assert (reading.encoding, reading.warnings) == ("utf-8", ("some bytes are not utf-8",))
    assert "\ufffd" in reading.text
    assert not set("<>") & set(reading.text.partition("<title>")[2].partition("</title>")[0])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("坤坤来了，老坤也来了", "gb18030", id="gb18030"),
        pytest.param("À¼ été à Élysée, où ça", "windows-1252", id="windows-1252"),
        pytest.param("А» Вчера в Москве прошла встреча", "windows-1251", id="windows-1251"),
    ],
)
def test_what_looks_misspelled_within_another_encoding_is_of_that(text: str, encoding: str) -> None:
    assert read(rss(text, "UTF-8").encode(encoding), None).encoding != "utf-8"


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252"])
def test_a_servers_default_does_not_garble_utf8(label: str) -> None:
    reading = read("naïve".encode(), label)
    assert (reading.text, reading.encoding) == ("naïve", "utf-8")
    assert reading.warnings == ("declared as cp1252, but read as utf-8",)


def test_long_utf8_is_utf8_whatever_it_is_called() -> None:
    assert read((CHINESE + "中").encode(), "gb18030").text == CHINESE + "中"


def test_a_word_of_gbk_that_happens_to_be_utf8_is_gbk() -> None:
    assert "一".encode("gb18030").decode("utf-8") != "一"
    assert read("一".encode("gb18030"), "gb2312").text == "一"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(CHINESE * 3, "gb18030", id="gb18030"),
        pytest.param(JAPANESE * 3, "shift_jis", id="shift_jis"),
        pytest.param(FRENCH * 3, "utf-8", id="utf-8"),
    ],
)
def test_a_bad_byte_is_a_warning(text: str, encoding: str) -> None:
    reading = read(text.encode(encoding) + b"\x81 <b>", encoding)
    assert text in reading.text
    assert any("some bytes" in warning for warning in reading.warnings)


def test_summaries_cut_within_a_character_do_not_mislead() -> None:
    items = b"".join(b"<item>" + CHINESE.encode("gbk") + b"\xb4</item>\n" for _ in range(3))
    items += b"".join(b"<item>" + CHINESE.encode("gbk") + b"</item>\n" for _ in range(30))
    assert CHINESE in read(items, None).text


def test_html_declares_itself_in_a_meta_element() -> None:
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>你好</title>'
    )
    assert read(page.encode("gb18030"), None).text == page


def test_json_has_no_declaration() -> None:
    body = f'{{"items": [{{"id": 1, "title": "{CHINESE}"}}]}}'.encode("gb18030")
    assert parse(source(), payload(body)).entries[0].title == CHINESE
    assert parse(source(kind=Kind.API, items="items"), payload(body)).entries


@pytest.mark.parametrize("label", ["idna", "punycode"])
def test_encodings_that_take_quadratic_time_are_refused(label: str) -> None:
    with pytest.raises(NotAFeed, match="encoding"):
        read(b"x", label)
    with pytest.raises(NotAFeed, match="encoding"):
        read(rss("x", label).encode(), None)


def test_what_is_likely_is_only_asked_of_what_is_not_ascii() -> None:
    assert list(likely_encodings(b"plain")) == []


@given(st.binary(max_size=300), st.none() | st.text(max_size=20))
def test_any_bytes_are_some_text(body: bytes, charset: str | None) -> None:
    read(body, charset).text.encode()
