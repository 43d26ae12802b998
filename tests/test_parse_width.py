"""Elements with absurdly many attributes."""

from __future__ import annotations

import pytest

from feeds.errors import NotAFeed
from feeds.parse.source import parse
from feeds.parse.width import MOST_ATTRIBUTES
from tests.make import payload, source

ITEM = "<channel><item><title>x</title></item></channel></rss>"


def test_many_attributes_are_refused() -> None:
    attributes = " ".join(f'a{number}="1"' for number in range(20_000))
    with pytest.raises(NotAFeed, match="20000 attributes"):
        parse(source(), payload(f"<rss {attributes}>{ITEM}"))


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param(" ".join(f'a{n}="{n:020}"' for n in range(MOST_ATTRIBUTES)), id="as many as may be"),
        pytest.param(f'a="{"x=" * 10_000}"', id="a long value"),
    ],
)
def test_long_tags_within_reason_are_read(attributes: str) -> None:
    assert len(parse(source(), payload(f"<rss {attributes}>{ITEM}")).entries) == 1
