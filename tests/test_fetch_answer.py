"""What the head of an answer says: when to come back, until when it is fresh, what its body is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.errors import BadStatus, BotWall, Gone, SourceError, Throttled
from feeds.fetch.answer import content_type, fresh_until, location, refuse, retry_at, verbatim

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
YEAR = 366 * 86400
Lines = list[tuple[str, str]]


def ahead(seconds: int) -> str:
    """A moment from NOW on, as HTTP writes it."""
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


def seconds_until(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - NOW).total_seconds()


def of_bytes(*lines: tuple[bytes, bytes]) -> httpx.Response:
    return httpx.Response(200, headers=list(lines))


# ── Retry-After (RFC 9110 §10.2.3) ──────────────────────────────────────────────────────────────

RETRY_AFTER: dict[str, tuple[str | None, float | None]] = {
    "seconds": ("120", 120),
    "none": ("0", 0),
    "blanks around": (" 120 ", 120),
    "a date": (ahead(90), 90),
    "a date of RFC 850 (RFC 9110 §5.6.7)": ("Friday, 02-Jan-26 03:05:35 GMT", 90),
    "a date of asctime (RFC 9110 §5.6.7)": ("Fri Jan  2 03:05:35 2026", 90),
    "a date in another zone": ("Fri, 02 Jan 2026 05:05:35 +0200", 90),
    "a date in the past": (ahead(-90), -90),
    "more than a year": ("999999999", YEAR),
    "more digits than a number has": ("9" * 4000, YEAR),
    "a date after more than a year": ("Fri, 31 Dec 9999 23:59:59 GMT", YEAR),
    "a word": ("soon", None),
    "a fraction": ("1.5", None),
    "less than nothing": ("-5", None),
    "a number with its unit": ("120s", None),
    "half a date": ("Fri, 02 Jan", None),
    "a date that is none": ("Fri, 32 Jan 2026 03:05:35 GMT", None),
    "a zone that is none": ("Fri, 02 Jan 2026 03:05:35 +9999", None),
    "nothing": ("", None),
    "no header": (None, None),
}


@pytest.mark.parametrize(("text", "seconds"), RETRY_AFTER.values(), ids=RETRY_AFTER)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_year(text: str | None, seconds: float | None) -> None:
    assert seconds_until(retry_at(text, NOW)) == seconds


@given(st.text(max_size=40))
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
def test_no_text_breaks_a_reading(text: str) -> None:
    told = retry_at(text, NOW)
    assert told is None or told <= NOW + timedelta(seconds=YEAR)
    content_type(text)
    headers = httpx.Headers([(b"expires", text.encode()), (b"cache-control", text.encode())])
    fresh = fresh_until(headers, NOW)
    assert fresh is None or NOW < fresh <= NOW + timedelta(seconds=YEAR)


# ── freshness (RFC 9111 §4.2) ───────────────────────────────────────────────────────────────────

CACHE_CONTROL: dict[str, tuple[Lines, float | None]] = {
    "max-age": ([("Cache-Control", "max-age=600")], 600),
    "in upper case (§5.2)": ([("CACHE-CONTROL", "MAX-AGE=600")], 600),
    "quoted (§5.2)": ([("Cache-Control", 'max-age="600"')], 600),
    "among others": ([("Cache-Control", "public, max-age=600, must-revalidate")], 600),
    "blanks": ([("Cache-Control", " ,, public ,max-age = 600 ,")], 600),
    "in one of several headers": ([("Cache-Control", "public"), ("Cache-Control", "max-age=600")], 600),
    "twice: the first (§4.2.1)": ([("Cache-Control", "max-age=600, max-age=9")], 600),
    "in two headers: the first (§4.2.1)": (
        [("Cache-Control", "max-age=600"), ("Cache-Control", "max-age=9")],
        600,
    ),
    "nothing": ([("Cache-Control", "max-age=0")], None),
    "without a value": ([("Cache-Control", "max-age")], None),
    "less than nothing (§4.2.1)": ([("Cache-Control", "max-age=-1")], None),
    "a fraction (§4.2.1)": ([("Cache-Control", "max-age=1.5")], None),
    "a word": ([("Cache-Control", "max-age=long")], None),
    "more than a year": ([("Cache-Control", "max-age=99999999999999999999")], YEAR),
    "of shared caches only (§5.2.2.10)": ([("Cache-Control", "s-maxage=600")], None),
    "no-cache (§5.2.2.4)": ([("Cache-Control", "no-cache, max-age=600")], None),
    "no-store (§5.2.2.5)": ([("Cache-Control", "max-age=600"), ("Cache-Control", "No-Store")], None),
    "no-cache of a field: at most careful": (
        [("Cache-Control", 'no-cache="set-cookie", max-age=600')],
        None,
    ),
    "a name that only ends alike": ([("Cache-Control", "x-max-age=600")], None),
    "no header": ([], None),
}
AGE: dict[str, tuple[Lines, float | None]] = {
    "some of it is over (§4.2.3)": ([("Cache-Control", "max-age=600"), ("Age", "500")], 100),
    "all of it is over": ([("Cache-Control", "max-age=600"), ("Age", "600")], None),
    "of several, the first (§5.1)": ([("Cache-Control", "max-age=600"), ("Age", "500, 1")], 100),
    "in two headers (§5.1)": ([("Cache-Control", "max-age=600"), ("Age", "500"), ("Age", "1")], 100),
    "that is no number is ignored (§5.1)": ([("Cache-Control", "max-age=600"), ("Age", "old")], 600),
    "below nothing is ignored": ([("Cache-Control", "max-age=600"), ("Age", "-100")], 600),
    "beyond all bounds": ([("Cache-Control", "max-age=600"), ("Age", "9" * 400)], None),
    "with Expires": ([("Expires", ahead(600)), ("Date", ahead(0)), ("Age", "500")], 100),
}
EXPIRES: dict[str, tuple[Lines, float | None]] = {
    "with Date (§4.2.1)": ([("Expires", ahead(600)), ("Date", ahead(0))], 600),
    "by the publisher's clock, which is wrong": ([("Expires", ahead(-3000)), ("Date", ahead(-3600))], 600),
    "without Date": ([("Expires", ahead(600))], 600),
    "with a Date that is none": ([("Expires", ahead(600)), ("Date", "today")], 600),
    "in the past": ([("Expires", ahead(-600)), ("Date", ahead(0))], None),
    "at the Date": ([("Expires", ahead(0)), ("Date", ahead(0))], None),
    "0 (§5.3)": ([("Expires", "0")], None),
    "-1 (§5.3)": ([("Expires", "-1"), ("Date", ahead(0))], None),
    "malformed (§5.3)": ([("Expires", "Thu, 99 Foo 2099 00:00:00 GMT")], None),
    "never": ([("Expires", "Fri, 31 Dec 9999 23:59:59 GMT")], YEAR),
    "less than max-age says (§5.3)": ([("Expires", ahead(60)), ("Cache-Control", "max-age=600")], 600),
    "more than max-age says (§5.3)": ([("Expires", ahead(600)), ("Cache-Control", "max-age=0")], None),
    "beside no-cache": ([("Expires", ahead(600)), ("Cache-Control", "no-cache")], None),
    "beside what says nothing of it": ([("Expires", ahead(600)), ("Cache-Control", "public")], 600),
}


@pytest.mark.parametrize(("lines", "seconds"), CACHE_CONTROL.values(), ids=CACHE_CONTROL)
def test_cache_control_says_how_long_an_answer_is_fresh(lines: Lines, seconds: float | None) -> None:
    assert seconds_until(fresh_until(httpx.Headers(lines), NOW)) == seconds


@pytest.mark.parametrize(("lines", "seconds"), AGE.values(), ids=AGE)
def test_age_is_taken_off(lines: Lines, seconds: float | None) -> None:
    assert seconds_until(fresh_until(httpx.Headers(lines), NOW)) == seconds


@pytest.mark.parametrize(("lines", "seconds"), EXPIRES.values(), ids=EXPIRES)
def test_expires_counts_where_max_age_says_nothing(lines: Lines, seconds: float | None) -> None:
    assert seconds_until(fresh_until(httpx.Headers(lines), NOW)) == seconds


# ── what the body is (RFC 9110 §8.3) ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "media_type", "charset"),
    [
        ("application/rss+xml", "application/rss+xml", None),
        (" Text/XML ", "text/xml", None),
        ("text/xml; charset=utf-8", "text/xml", "utf-8"),
        ('Text/XML;Charset="GB18030"', "text/xml", "gb18030"),
        ("text/xml ; version=2 ; charset=gbk", "text/xml", "gbk"),
        ("text/xml; charset=utf-8; charset=gbk", "text/xml", "utf-8"),
        ("text/xml;", "text/xml", None),
        ("text/xml; charset", "text/xml", None),
        ("text/xml; charset=", "text/xml", None),
        ('text/xml; charset=""', "text/xml", None),
        ("; charset=utf-8", "", "utf-8"),
        ("", "", None),
    ],
)
def test_media_type_and_charset(text: str, media_type: str, charset: str | None) -> None:
    assert content_type(text) == (media_type, charset)


# ── headers as they came ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [b'"\xe9"', '"报"'.encode(), b"no quotes", b'W/"1"', b""])
def test_a_validator_is_kept_byte_for_byte(value: bytes) -> None:
    kept = verbatim(of_bytes((b"ETag", value), (b"ETag", b"second")), b"etag")
    assert kept is not None
    assert kept.encode("latin-1") == value


def test_what_is_not_there_is_not_kept() -> None:
    assert verbatim(of_bytes((b"X-ETag", b"1")), b"etag") is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(b"Location", "/新".encode())], "/新"),
        ([(b"Location", "/新".encode()), (b"X-Place", b"caf\xe9")], "/新"),
        ([(b"Location", b"/caf\xe9"), (b"X-Place", "新".encode())], "/café"),
        ([(b"Location", b"/1"), (b"Location", b"/2")], "/1"),
        ([(b"Location", b"")], ""),
        ([], None),
    ],
    ids=["UTF-8", "UTF-8 beside latin-1", "latin-1 beside UTF-8", "two", "empty", "none"],
)
def test_where_a_redirect_leads_is_read_by_itself(
    lines: list[tuple[bytes, bytes]], expected: str | None
) -> None:
    assert location(of_bytes(*lines)) == expected


# ── statuses (RFC 9110 §15) ─────────────────────────────────────────────────────────────────────

CHALLENGE = {"CF-Mitigated": "Challenge"}
STATUSES: dict[str, tuple[int, dict[str, str], type[SourceError]]] = {
    "a choice": (300, {}, BadStatus),
    "a redirect to nowhere": (302, {}, BadStatus),
    "not found": (404, {}, BadStatus),
    "gone": (410, {}, Gone),
    "too many": (429, {"Retry-After": "60"}, Throttled),
    "unavailable": (503, {"Retry-After": "60"}, Throttled),
    "broken": (500, {"Retry-After": "60"}, BadStatus),
    "a number nobody gave a meaning": (999, {}, BadStatus),
    "Cloudflare's challenge": (403, CHALLENGE, BotWall),
    "Cloudflare's challenge as 503": (503, CHALLENGE, BotWall),
}


@pytest.mark.parametrize(("status", "headers", "kind"), STATUSES.values(), ids=STATUSES)
def test_a_status_that_is_no_success_is_refused_as_what_it_means(
    status: int, headers: dict[str, str], kind: type[SourceError]
) -> None:
    with pytest.raises(SourceError, match=rf"https://a\.example/: HTTP {status}") as raised:
        refuse("https://a.example/", httpx.Response(status, headers=headers), NOW)
    assert (type(raised.value), raised.value.status) == (kind, status)
    assert seconds_until(raised.value.retry_at) == (60 if kind is Throttled else None)


@pytest.mark.parametrize("status", [200, 203, 206, 226])
def test_a_success_is_not_refused(status: int) -> None:
    refuse("https://a.example/", httpx.Response(status), NOW)
