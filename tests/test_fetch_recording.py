"""Exchanges kept in a folder, and answered from it: byte for byte, without the network and its secrets."""

from __future__ import annotations

import gzip
import json
import os
import socket
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from feeds.errors import BadEncoding, BadStatus, RecordingError, SourceError, TooLarge, Unreachable
from feeds.fetch.client import Client, Limits
from feeds.fetch.kept import INDEX
from feeds.fetch.recording import Recorder
from feeds.fetch.replaying import Replay
from feeds.fetch.secrets import STAND_INS
from feeds.model import Payload, Received, Validators
from feeds.packing import opened
from feeds.told import Source
from tests import make
from tests.offline import offline
from tests.origin import Origin, Response
from tests.raw_server import HEAD, always, raw_server

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOOPBACK = ("127.0.0.0/8",)
PASSWORD = "p@ss w/örd&1"
ENVIRON = {
    "FEEDMILL_SECRET_KEY": quote(PASSWORD),
    "FEEDMILL_SECRET_PASSWORD": "hunter22",
    "FEEDMILL_SECRET_SESSION": "s3ss10n-of-ours",
    "FEEDMILL_SECRET_TOKEN": "t0k3n-in-a-header",
}


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as serving:
        yield serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recorded"


def source_of(url: str, **policy: Any) -> Source:
    return make.source(url=url, **({"allow": LOOPBACK} | policy))


def outcome(client: Client, source: Source) -> Payload | tuple[type, str]:
    """What one fetch comes to, or how it failed."""
    try:
        got = client.get(source.url, Validators(), source=source, now=NOW)
    except SourceError as error:
        return type(error), str(error)
    assert isinstance(got, Received)
    return opened(got)


def recorded(
    folder: Path, *sources: Source, environ: Mapping[str, str] = ENVIRON, limits: Limits | None = None
) -> list[Payload | tuple[type, str]]:
    """What these come to over the network, recorded in ``folder``."""
    with Recorder(folder, now=lambda: NOW) as recorder:
        client = Client(monotonic=time.monotonic, environ=environ, tape=recorder, limits=limits)
        found = [outcome(client, source) for source in sources]
        client.close()
    return found


def replayed(
    folder: Path, *sources: Source, limits: Limits | None = None
) -> list[Payload | tuple[type, str]]:
    """What these come to by the recording, without network and secrets."""
    with offline():
        client = Client(monotonic=lambda: 0.0, environ=STAND_INS, tape=Replay(folder), limits=limits)
        found = [outcome(client, source) for source in sources]
        client.close()
    return found


def timeless(found: Payload | tuple[type, str]) -> Any:
    """Without what took how long."""
    if not isinstance(found, Payload):
        return found
    rest = {name: getattr(found, name) for name in ("body", "media_type", "charset", "url", "validators")}
    hops, wire, decoded = found.exchange.hops, found.exchange.wire, found.exchange.decoded
    return {**rest, "hops": hops, "wire": wire, "decoded": decoded, "fresh": found.exchange.fresh_until}


def same(one: list[Payload | tuple[type, str]], other: list[Payload | tuple[type, str]]) -> bool:
    return [timeless(found) for found in one] == [timeless(found) for found in other]


def exchanges(folder: Path) -> list[dict[str, Any]]:
    paths = sorted(path for path in folder.glob("*.json") if path.name != INDEX)
    return [json.loads(path.read_text("utf-8")) for path in paths]


# ── the same again ──────────────────────────────────────────────────────────────────────────────


def test_a_compressed_answer_behind_redirects_comes_again_byte_for_byte(folder: Path) -> None:
    body = os.urandom(200_000) + b"<rss/>"
    with Origin() as origin:
        origin.set("/old", "", status=301, headers={"Location": "/new?a=1"})
        headers = {"Content-Encoding": "gzip", "Cache-Control": "max-age=60", "X-Raw": "caf\xe9"}
        origin.set("/new?a=1", gzip.compress(body), media_type="text/xml; charset=GBK", headers=headers)
        source = source_of(f"{origin.url}/old")
        first = recorded(folder, source)
    again = replayed(folder, source)
    assert same(first, again)
    [payload] = again
    assert isinstance(payload, Payload)
    assert payload.body == body
    assert [hop.status for hop in payload.exchange.hops] == [301, 200]
    assert payload.exchange.fresh_until == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (Response(b"", 500), BadStatus),
        (Response(gzip.compress(bytes(9999))[:-20], headers={"Content-Encoding": "gzip"}), BadEncoding),
        (Response(b"x", headers={"Content-Length": "99"}), Unreachable),
        (Response(b"x" * 300_000), TooLarge),
        (Response(b"", 302, headers={"Location": "http://10.0.0.1/"}), SourceError),
    ],
    ids=["status", "half", "hung up", "large", "private"],
)
def test_a_failure_comes_again_in_its_words(folder: Path, page: Response, error: type[Exception]) -> None:
    limits = Limits(wire=100_000)
    with Origin() as origin:
        origin.handler("/", lambda path, headers: page)
        source = source_of(f"{origin.url}/feed", allow=("127.0.0.1/32",))
        [first] = recorded(folder, source, limits=limits)
    assert isinstance(first, tuple)
    assert issubclass(first[0], error)
    assert replayed(folder, source, limits=limits) == [first]


def test_nobody_there_is_recorded_too(folder: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        source = source_of(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        [first] = recorded(folder, source)
    assert isinstance(first, tuple)
    assert first[0] is Unreachable
    assert replayed(folder, source) == [first]


def test_the_same_request_is_answered_in_the_order_of_recording(folder: Path) -> None:
    with Origin() as origin:
        count = iter(range(9))
        origin.handler("/", lambda path, headers: Response(b"answer %d" % next(count), etag=False))
        source = source_of(f"{origin.url}/feed")
        recorded(folder, source, source)
    bodies = [found.body for found in replayed(folder, source, source) if isinstance(found, Payload)]
    assert bodies == [b"answer 0", b"answer 1"]
    with pytest.raises(RecordingError, match=r"GET .*/feed was not asked for more often than 2× when"):
        replayed(folder, source, source, source)


def test_posts_are_told_apart_by_their_bodies(folder: Path) -> None:
    with raw_server(always(HEAD, b"Content-Length: 2\r\n\r\n[]")) as place:
        policy = {"method": "POST", "headers": {"Content-Type": "application/json"}}
        url = f"{place}/search"
        sources = [
            source_of(url, body=f'{{"q": "{word}", "k": "${{secret.KEY}}"}}', **policy) for word in "ab"
        ]
        first = recorded(folder, *sources)
    assert same(list(reversed(first)), replayed(folder, *reversed(sources)))
    other = source_of(url, body='{"q": "c"}', **policy)
    with pytest.raises(RecordingError, match=r"POST .*/search was not asked for"):
        replayed(folder, other)


def test_an_unchanged_page_keeps_its_file(folder: Path, origin: Origin) -> None:
    origin.set("/b", "<rss/>")
    recorded(folder, source_of(f"{origin.url}/b"))
    before = {path.name for path in folder.iterdir()}
    origin.set("/a", "<rss/>")
    recorded(folder, source_of(f"{origin.url}/a"), source_of(f"{origin.url}/b"))
    assert before < {path.name for path in folder.iterdir()}


# ── what is in the folder ───────────────────────────────────────────────────────────────────────


def test_an_exchange_is_a_small_file_for_people_and_diffs(folder: Path, origin: Origin) -> None:
    origin.set("/feed", "<rss/>", headers={"ETag": '"1"', "Set-Cookie": "session=theirs"})
    recorded(folder, source_of(f"{origin.url}/feed"))
    [kept] = exchanges(folder)
    assert (kept["method"], kept["url"], kept["status"]) == ("GET", f"{origin.url}/feed", 200)
    assert kept["at"] == "2026-01-02T03:04:05Z"
    assert 'ETag: "1"' in kept["headers"]
    assert "theirs" not in str(kept)
    assert [path.read_bytes() for path in folder.glob("*.body")] == [b"<rss/>"]
    assert json.loads((folder / INDEX).read_text("utf-8")) == {
        "form": 1,
        "recorded_at": "2026-01-02T03:04:05Z",
    }
    assert (folder / ".gitattributes").read_text("utf-8") == "*.body -text\n"


def gossip(origin: Origin) -> Source:
    """A source with every kind of secret, whose publisher repeats them all, compressed, redirecting."""
    key, spoken = quote(PASSWORD), PASSWORD.replace("&", "&amp;")
    told = f"<rss>{key} {spoken} hunter22 {b64encode(b'me:hunter22').decode()} s3ss10n-of-ours</rss>"
    cookies = {"Set-Cookie": "session=s3ss10n-of-ours", "X-Echo": "t0k3n-in-a-header"}
    place = {"Location": f"/new?key={key}", **cookies}
    origin.set(f"/feed?key={key}", "", status=302, headers=place)
    packed = gzip.compress(told.encode())
    origin.set(f"/new?key={key}", packed, headers={"Content-Encoding": "gzip", **cookies})
    return source_of(
        f"{origin.url}/feed?key=${{secret.KEY}}",
        auth="me:${secret.PASSWORD}",
        cookies={"session": "${secret.SESSION}", "plain": "written-out"},
        headers={"X-Token": "Bearer ${secret.TOKEN}"},
    )


def test_no_secret_is_ever_in_the_folder(folder: Path) -> None:
    with Origin() as origin:
        source = gossip(origin)
        [first] = recorded(folder, source)
    assert isinstance(first, Payload)
    assert b"hunter22" in first.body
    written = "".join(path.name + path.read_bytes().decode("latin-1") for path in folder.iterdir())
    forms = [*ENVIRON.values(), PASSWORD, PASSWORD.encode().decode("latin-1"), "rd&amp;1", "written-out"]
    forms += [b64encode(b"me:hunter22").decode(), "authorization", "cookie"]
    assert [form for form in forms if form.lower() in written.lower()] == []
    assert "${secret.KEY}" in written


def test_what_a_publisher_repeated_is_replayed_by_its_name(folder: Path) -> None:
    with Origin() as origin:
        source = gossip(origin)
        recorded(folder, source)
    [again] = replayed(folder, source)
    assert isinstance(again, Payload)
    key, password, session = "${secret.KEY}", "${secret.PASSWORD}", "${secret.SESSION}"
    assert again.body.decode() == f"<rss>{key} {key} {password} {password} {session}</rss>"
    assert again.url == f"{origin.url}/new?key=${{secret.KEY}}"
    assert sorted(bool(kept.get("redacted")) for kept in exchanges(folder)) == [False, True]


def test_a_proxy_with_a_secret_is_recorded_and_replayed_without_it(folder: Path) -> None:
    with raw_server(always(HEAD, b"Content-Length: 6\r\n\r\n<rss/>")) as place:
        proxy = place.replace("://", "://me:${secret.PASSWORD}@")
        source = source_of("http://publisher.invalid/feed", proxy=proxy)
        first = recorded(folder, source)
    assert isinstance(first[0], Payload)
    assert same(first, replayed(folder, source))


def test_a_secret_too_short_to_be_found_is_not_recorded(folder: Path, origin: Origin) -> None:
    source = source_of(f"{origin.url}/feed?key=${{secret.A}}")
    with pytest.raises(RecordingError, match="FEEDMILL_SECRET_A: a secret of less than 4 characters"):
        recorded(folder, source, environ={"FEEDMILL_SECRET_A": "abc"})
    assert not folder.exists()
    assert origin.requests == []


# ── folders ─────────────────────────────────────────────────────────────────────────────────────


def test_recording_again_replaces_the_whole(folder: Path, origin: Origin) -> None:
    origin.set("/a", "<rss/>")
    origin.set("/b", "<rss/>")
    recorded(folder, source_of(f"{origin.url}/a"))
    (folder / "README.md").write_text("Ours.", "utf-8")
    recorded(folder, source_of(f"{origin.url}/b"))
    assert [kept["url"] for kept in exchanges(folder)] == [f"{origin.url}/b"]
    assert (folder / "README.md").exists()
    assert not (folder / ".unfinished").exists()


def test_a_recording_that_is_broken_off_leaves_the_one_before(folder: Path, origin: Origin) -> None:
    origin.set("/a", "<rss/>")
    first = recorded(folder, source_of(f"{origin.url}/a"))
    origin.set("/a", "<other/>")
    with pytest.raises(KeyboardInterrupt), Recorder(folder, now=lambda: NOW) as recorder:
        client = Client(monotonic=time.monotonic, tape=recorder)
        outcome(client, source_of(f"{origin.url}/a"))
        raise KeyboardInterrupt
    client.close()
    assert same(first, replayed(folder, source_of(f"{origin.url}/a")))


def test_what_a_killed_recording_left_is_cleared_away(folder: Path, origin: Origin) -> None:
    origin.set("/a", "<rss/>")
    recorded(folder, source_of(f"{origin.url}/a"))
    (folder / INDEX).unlink()
    (folder / ".unfinished").mkdir()
    with pytest.raises(RecordingError, match="is no recording"):
        Replay(folder)
    first = recorded(folder, source_of(f"{origin.url}/a"))
    assert same(first, replayed(folder, source_of(f"{origin.url}/a")))


def test_a_folder_of_other_things_is_left_alone(folder: Path, origin: Origin) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("Mine.", "utf-8")
    with pytest.raises(RecordingError, match=r"recorded holds thesis\.txt and is no recording: name a new"):
        recorded(folder, source_of(f"{origin.url}/a"))
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_asked(
    tmp_path: Path, origin: Origin
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(RecordingError, match="file/recorded: Not a directory: name a folder you may write"):
        recorded(tmp_path / "file" / "recorded", source_of(f"{origin.url}/a"))
    assert origin.requests == []


def one_recorded(folder: Path, origin: Origin) -> tuple[Source, Path]:
    """A source that was recorded, and its exchange's file."""
    origin.set("/feed", "<rss/>")
    source = source_of(f"{origin.url}/feed")
    recorded(folder, source)
    [path] = (path for path in folder.glob("*.json") if path.name != INDEX)
    return source, path


def test_what_was_not_recorded_names_address_folder_and_fix(folder: Path, origin: Origin) -> None:
    one_recorded(folder, origin)
    with pytest.raises(RecordingError) as caught:
        replayed(folder, source_of(f"{origin.url}/other?key=${{secret.KEY}}"))
    said = f"GET {origin.url}/other?key=${{secret.KEY}} was not asked for when {folder} was recorded: "
    assert str(caught.value) == f"{said}record it again with --record"


def test_a_body_that_was_changed_is_said(folder: Path, origin: Origin) -> None:
    source, path = one_recorded(folder, origin)
    path.with_suffix(".body").write_bytes(b"<rss/>\n")
    with pytest.raises(
        RecordingError, match=r"-1\.body is not what was recorded from http.*: record it again"
    ):
        replayed(folder, source)


def test_a_body_that_is_missing_is_said(folder: Path, origin: Origin) -> None:
    source, path = one_recorded(folder, origin)
    path.with_suffix(".body").unlink()
    with pytest.raises(RecordingError, match=r"-1\.body: No such file or directory: record it again"):
        replayed(folder, source)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "http://a.example/"}, "is the answer to another request than GET"),
        ({"status": "fine"}, r"is not as it was recorded: Expected `int \| null`, got `str`"),
        ({"statuss": 200}, "is not as it was recorded: Object contains unknown field"),
        ({"status": None}, "has no answer in its recording"),
        ({"headers": ["X: 新"]}, "'X: 新' is no header"),
        ({"broken": {"error": "FeedmillError", "message": ""}}, "'FeedmillError' is no failure"),
    ],
    ids=["another", "type", "field", "nothing", "header", "failure"],
)
def test_an_exchange_that_was_changed_is_said(
    folder: Path, origin: Origin, change: dict[str, Any], said: str
) -> None:
    source, path = one_recorded(folder, origin)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(RecordingError, match=said):
        replayed(folder, source)


def test_what_is_no_recording_is_said(tmp_path: Path, folder: Path, origin: Origin) -> None:
    with pytest.raises(
        RecordingError, match=r"is no recording \(there is no recording\.json in it\): record"
    ):
        Replay(tmp_path)
    one_recorded(folder, origin)
    (folder / INDEX).write_text('{"form": 2, "recorded_at": "2026-01-02T03:04:05Z"}', "utf-8")
    with pytest.raises(RecordingError, match="is in form 2, this feedmill reads 1: record it again"):
        Replay(folder)
    (folder / INDEX).write_text("{", "utf-8")
    with pytest.raises(
        RecordingError, match=r"recording\.json is not as it was recorded: .*: record it again"
    ):
        Replay(folder)
