"""What the head of an HTTP answer says: whether it is one, until when it is fresh, when to come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

import httpx

from feeds.errors import BadStatus, BotWall, Gone, SourceError, Throttled

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST = 366 * 86400
_THROTTLED = frozenset({429, 503})
_CHALLENGE = ("cf-mitigated", "challenge")


def refuse(url: str, answer: httpx.Response, now: datetime) -> None:
    """Raise what a status that is no success means."""
    status = answer.status_code
    if 200 <= status < 300:
        return
    message = f"{url}: HTTP {status} {answer.reason_phrase}".rstrip()
    name, value = _CHALLENGE
    if answer.headers.get(name, "").lower() == value:
        raise BotWall(f"{message}: Cloudflare asks whether we are human", status=status)
    if status in _THROTTLED:
        raise Throttled(message, status=status, retry_at=retry_at(answer.headers.get("retry-after"), now))
    kind: type[SourceError] = Gone if status == 410 else BadStatus
    raise kind(message, status=status)


def retry_at(text: str | None, now: datetime) -> datetime | None:
    """Retry-After (RFC 9110 §10.2.3), in seconds or as a date."""
    text = (text or "").strip()
    if text.isdecimal():
        return now + timedelta(seconds=min(int(text[:12]), _LONGEST))
    at = _date(text)
    return min(at, now + timedelta(seconds=_LONGEST)) if at else None


def fresh_until(headers: httpx.Headers, now: datetime) -> datetime | None:
    """Until when the answer is fresh (RFC 9111 §4.2), None if that is no later than now.

    A cache on the way may have held it for a while already (Age).
    """
    directives = _directives(headers.get("cache-control", ""))
    if directives.keys() & {"no-cache", "no-store"}:
        return None
    age, _, _ = headers.get("age", "").partition(",")  # the first of several (RFC 9111 §5.1)
    seconds = _lifetime(directives, headers, now) - _number(age)
    return now + timedelta(seconds=min(seconds, _LONGEST)) if seconds > 0 else None


def content_type(text: str) -> tuple[str, str | None]:
    """Media type in lower case, and the charset if one is named (RFC 9110 §8.3)."""
    if ";" not in text:
        return text.strip().lower(), None
    header = Message()
    header["content-type"] = text
    return text.partition(";")[0].strip().lower(), header.get_content_charset() or None


def verbatim(answer: httpx.Response, name: bytes) -> str | None:
    """A header's bytes, not what httpx takes them for: latin-1 has a character for each."""
    return next((value.decode("latin-1") for key, value in answer.headers.raw if key.lower() == name), None)


def location(answer: httpx.Response) -> str | None:
    """Where a redirect leads, or the first place of several; in UTF-8, whatever the other headers are in."""
    text = verbatim(answer, b"location")
    if text is None:
        return None
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text


def _lifetime(directives: dict[str, str], headers: httpx.Headers, now: datetime) -> float:
    if "max-age" in directives:
        return _number(directives["max-age"])
    expires = _date(headers.get("expires", ""))
    if expires is None:
        return 0
    return (expires - (_date(headers.get("date", "")) or now)).total_seconds()


def _directives(text: str) -> dict[str, str]:
    """By name; of one that is there several times, the first (RFC 9111 §4.2.1)."""
    pairs = (part.partition("=") for part in reversed(text.lower().split(",")))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if name.strip()}


def _number(text: str) -> int:
    text = text.strip()
    return min(int(text[:12]), _LONGEST) if text.isdecimal() else 0


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
