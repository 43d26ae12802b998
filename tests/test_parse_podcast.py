"""Episodes of podcasts, as feeds spell them: rightly, in words of other years, and as nobody should."""

from __future__ import annotations

import pytest

from feeds.model import Companion, Episode
from feeds.parse.feed import parse_feed
from feeds.parse.podcast import is_explicit, ordinal_of
from tests import make
from tests.test_parse_media import HOST, rss

PLAYED = '<title>t</title><enclosure url="/a.mp3" type="audio/mpeg"/>'


def episode_of(item: str, channel: str = "", around: str = PLAYED) -> Episode | None:
    (entry,) = rss(around + item, channel).entries
    return entry.episode


def test_an_episode_says_what_it_is() -> None:
    assert episode_of(
        "<itunes:season>2</itunes:season><itunes:episode> 04 </itunes:episode>"
        "<itunes:episodeType>Bonus</itunes:episodeType><itunes:explicit>true</itunes:explicit>"
    ) == Episode(season=2, number=4, kind="bonus", explicit=True)


def test_podcasting_2_says_it_in_its_own_words() -> None:
    episode = episode_of(
        '<podcast:season name="Two">2</podcast:season><podcast:episode display="IV">4</podcast:episode>'
        '<podcast:transcript url="/t.vtt" type="text/vtt" language="en"/>'
        '<podcast:transcript url="https://b.example/t.srt" type="application/srt; charset=utf-8"/>'
        '<podcast:chapters url="/c.json" type="application/json+chapters"/>'
    )
    assert episode == Episode(
        season=2,
        number=4,
        transcripts=(
            Companion(url=f"{HOST}/t.vtt", media_type="text/vtt", language="en"),
            Companion(url="https://b.example/t.srt", media_type="application/srt"),
        ),
        chapters=Companion(url=f"{HOST}/c.json", media_type="application/json+chapters"),
    )


def test_the_namespace_counts_and_not_its_prefix() -> None:
    item = f'<item>{PLAYED}<p:season name="x">3</p:season><i:episode>5</i:episode></item>'
    names = (
        'xmlns:p="https://podcastindex.org/namespace/1.0" '
        'xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    (entry,) = parse_feed(make.payload(f'<rss version="2.0" {names}><channel>{item}</channel></rss>')).entries
    assert entry.episode == Episode(season=3, number=5)


def test_apples_word_comes_before_the_other() -> None:
    both = "<itunes:season>1</itunes:season><podcast:season>2</podcast:season>"
    assert episode_of(f"{both}<podcast:episode>7</podcast:episode>") == Episode(season=1, number=7)


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("<title>t</title>", id="no file"),
        pytest.param('<title>t</title><enclosure url="/a.jpg" type="image/jpeg"/>', id="a picture"),
        pytest.param('<title>t</title><enclosure url="mailto:a" type="audio/mpeg"/>', id="no address"),
    ],
)
def test_what_has_no_recording_is_no_episode(around: str) -> None:
    assert episode_of("<itunes:episode>4</itunes:episode>", around=around) is None


def test_an_entry_that_says_nothing_is_no_episode() -> None:
    assert episode_of("") is None
    assert episode_of("<itunes:duration>1:02</itunes:duration><itunes:author>Ann</itunes:author>") is None


@pytest.mark.parametrize(
    ("said", "explicit"),
    [
        *(("yes", True), ("Yes", True), ("YES", True), ("true", True), ("explicit", True), (" true ", True)),
        *(("no", False), ("No", False), ("false", False), ("clean", False), ("Clean", False)),
        *(("maybe", None), ("", None), ("1", None), ("oui", None), ("no &lt;b&gt;", None)),
    ],
)
def test_explicit_is_said_in_the_words_of_different_years(said: str, explicit: bool | None) -> None:
    expected = None if explicit is None else Episode(explicit=explicit)
    assert episode_of(f"<itunes:explicit>{said}</itunes:explicit>") == expected
    assert is_explicit(said.strip()) is explicit


def test_an_episode_is_as_explicit_as_its_podcast_unless_it_says_otherwise() -> None:
    whole = "<itunes:explicit>yes</itunes:explicit>"
    assert episode_of("", whole) == Episode(explicit=True)
    assert episode_of("<itunes:explicit>no</itunes:explicit>", whole) == Episode(explicit=False)
    assert episode_of("<itunes:explicit>maybe</itunes:explicit>", whole) == Episode(explicit=True)
    assert episode_of("", whole, around="<title>No recording</title>") is None


@pytest.mark.parametrize(
    ("said", "number"),
    [
        *(("1", 1), ("007", 7), ("2024", 2024), ("999999999", 999_999_999)),
        *(("0", None), ("-1", None), ("1e9", None), ("1000000000", None), ("9" * 5000, None), ("3.5", None)),
        *(("four", None), ("٣", None), ("²", None), ("", None), ("1 2", None), ("+1", None), ("1_0", None)),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_number_counts_from_one(said: str, number: int | None) -> None:
    assert ordinal_of(said) == number
    expected = None if number is None else Episode(season=number, number=number)
    assert (
        episode_of(f"<itunes:season>{said}</itunes:season><itunes:episode>{said}</itunes:episode>")
        == expected
    )


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("<itunes:episodeType>fullish</itunes:episodeType>", id="another kind"),
        pytest.param('<itunes:episode x="y">4</itunes:episode>', id="an attribute"),
        pytest.param("<itunes:season><b>2</b></itunes:season>", id="markup"),
        pytest.param('<podcast:transcript url="javascript:alert(1)"/>', id="a script"),
        pytest.param('<podcast:transcript type="text/vtt"/>', id="a transcript nowhere"),
        pytest.param("<podcast:transcript>words</podcast:transcript>", id="a transcript in words"),
        pytest.param('<podcast:chapters url="data:application/json,{}"/>', id="chapters in place"),
        pytest.param("<podcast:chapters>words</podcast:chapters>", id="chapters in words"),
        pytest.param("<podcast_transcripts>words</podcast_transcripts>", id="named like our list"),
    ],
)
def test_what_means_nothing_says_nothing(said: str) -> None:
    assert episode_of(said) is None


def test_what_a_file_says_of_itself_may_be_nothing() -> None:
    said = '<podcast:transcript url="/t" type="vtt" language="a b"/>'
    assert episode_of(said) == Episode(transcripts=(Companion(url=f"{HOST}/t"),))


def test_so_many_transcripts_are_read() -> None:
    episode = episode_of("".join(f'<podcast:transcript url="/{n}.vtt"/>' for n in range(500)))
    assert episode is not None
    assert len(episode.transcripts) == 20


def test_each_episode_has_its_own_transcripts() -> None:
    items = "".join(
        f'<item>{PLAYED}<podcast:transcript url="/{n}.vtt"/></item>' if n else f"<item>{PLAYED}</item>"
        for n in range(3)
    )
    names = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    feed = parse_feed(make.payload(f'<rss version="2.0" {names}><channel>{items}</channel></rss>'))
    told = [entry.episode and [each.url for each in entry.episode.transcripts] for entry in feed.entries]
    assert told == [None, [f"{HOST}/1.vtt"], [f"{HOST}/2.vtt"]]


def test_a_broken_document_is_heard_too() -> None:
    document = (
        f'<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><item>{PLAYED}'
        "<itunes:season>2</itunes:season><itunes:explicit>no</itunes:explicit><b>&nbsp;<i></item></channel>"
    )
    (entry,) = parse_feed(make.payload(document)).entries
    assert entry.episode == Episode(season=2, explicit=False)
