"""``podcast`` of a category: what its feed owes before it may hold Apple's words for podcasts."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from feeds.catalogue.table import Table
from feeds.catalogue.values import check_http

CATEGORIES = (
    *("Arts", "Business", "Comedy", "Education", "Fiction", "Government", "Health & Fitness", "History"),
    *("Kids & Family", "Leisure", "Music", "News", "Religion & Spirituality", "Science"),
    *("Society & Culture", "Sports", "TV & Film", "Technology", "True Crime"),
)
"""Apple's own, those of the first rank."""

_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*")
_COVER = re.compile(
    r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*(?::\d+)?/[\w!$%&()*+,./:;=@~-]*\.(?:jpe?g|png)",
    re.ASCII,
)


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError('is not an e-mail address; write it like "podcasts@example.com"')
    return value


def _category(value: str) -> str:
    if value not in CATEGORIES:
        raise ValueError(f"is not one of Apple's categories; they are {', '.join(CATEGORIES)}")
    return value


def _cover(value: str) -> str:
    check_http(value)
    if not _COVER.fullmatch(value):
        raise ValueError('is not a cover; write an address of plain ASCII that ends with ".jpg" or ".png"')
    return value


class PodcastTable(Table):
    """``podcast = { … }``."""

    email: Annotated[str, AfterValidator(_email)]
    category: Annotated[str, AfterValidator(_category)]
    explicit: bool
    image: Annotated[str, AfterValidator(_cover)] | None = None
