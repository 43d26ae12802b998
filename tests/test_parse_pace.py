"""ttl, update periods, hours and days to be left out."""

from __future__ import annotations

import pytest

from feeds.model import Pace
from feeds.parse.source import parse
from tests.make import payload, source

SYNDICATION = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
MINUTE, HOUR, DAY = 60, 3600, 86400


def pace(channel: str, item: str = "") -> Pace:
    document = f'<rss version="2.0" {SYNDICATION}><channel><title>T</title>{channel}'
    return parse(source(), payload(f"{document}<item><guid>1</guid>{item}</item></channel></rss>")).pace


def period(name: str, frequency: str | None = None) -> str:
    often = "" if frequency is None else f"<sy:updateFrequency>{frequency}</sy:updateFrequency>"
    return f"<sy:updatePeriod>{name}</sy:updatePeriod>{often}"


@pytest.mark.parametrize(
    ("markup", "ttl"),
    [
        pytest.param("", None, id="silence"),
        pytest.param("<ttl>60</ttl>", 60 * MINUTE, id="ttl"),
        pytest.param("<ttl> 5\n</ttl>", 5 * MINUTE, id="ttl with blanks"),
        pytest.param("<ttl>0</ttl>", None, id="none"),
        pytest.param("<ttl>-60</ttl>", None, id="negative"),
        pytest.param("<ttl>soon</ttl>", None, id="words"),
        pytest.param("<ttl>999999999</ttl>", None, id="centuries"),
        pytest.param(f"<ttl>{'9' * 5000}</ttl>", None, id="a number too long for Python"),
        pytest.param(period("hourly"), HOUR, id="hourly"),
        pytest.param(period(" Daily\n", "2"), DAY / 2, id="twice a day"),
        pytest.param(period("weekly", "0"), 7 * DAY, id="frequency zero"),
        pytest.param(period("monthly", "often"), 30 * DAY, id="frequency in words"),
        pytest.param(period("yearly", "1"), 365 * DAY, id="yearly"),
        pytest.param(period("fortnightly"), None, id="no such period"),
        pytest.param("<ttl>30</ttl>" + period("hourly"), HOUR, id="the longer is the period"),
        pytest.param("<ttl>90</ttl>" + period("hourly"), 90 * MINUTE, id="the longer is ttl"),
        pytest.param("<ttl>never</ttl>" + period("hourly"), HOUR, id="nonsense hides nothing"),
    ],
)
def test_how_long_a_feed_is_fresh(markup: str, ttl: float | None) -> None:
    assert pace(markup).ttl == ttl


def hours(*values: object) -> str:
    return "<skipHours>" + "".join(f"<hour>{value}</hour>" for value in values) + "</skipHours>"


def days(*values: object) -> str:
    return "<skipDays>" + "".join(f"\n<day> {value} </day>" for value in values) + "</skipDays>"


@pytest.mark.parametrize(
    ("markup", "skip_hours", "skip_days"),
    [
        pytest.param(hours(1, 23, "02"), (1, 2, 23), (), id="hours"),
        pytest.param(hours(24), (0,), (), id="24 is midnight"),
        pytest.param(hours(-1, 25, "noon", 3), (3,), (), id="hours there are not"),
        pytest.param(hours(*range(24)), (), (), id="all hours"),
        pytest.param(days("Sunday", "MONDAY", "saturday"), (), (0, 5, 6), id="days"),
        pytest.param(days("Funday", 3), (), (), id="days there are not"),
        pytest.param(
            days("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
            (),
            (),
            id="all days",
        ),
        pytest.param(hours(4) + days("Friday"), (4,), (4,), id="both"),
        pytest.param("<skipHours><hour>5</hour>", (), (), id="never closed"),
    ],
)
def test_hours_and_days_to_be_left_out(
    markup: str, skip_hours: tuple[int, ...], skip_days: tuple[int, ...]
) -> None:
    found = pace(markup)
    assert (found.skip_hours, found.skip_days) == (skip_hours, skip_days)


def test_what_an_item_quotes_is_not_the_feeds() -> None:
    assert pace("", item=f"<description><![CDATA[{hours(5)}]]></description>") == Pace()


def test_rdf_and_atom_may_say_their_period() -> None:
    rdf = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    rdf += f" {SYNDICATION}><channel><title>T</title>{period('daily')}</channel></rdf:RDF>"
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" {SYNDICATION}>{period("daily")}</feed>'
    assert [parse(source(), payload(document)).pace.ttl for document in (rdf, atom)] == [DAY, DAY]
