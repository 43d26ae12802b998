"""A folder of posts as one payload."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from feeds.errors import TooLarge, Unreachable
from feeds.fetch import folder
from feeds.fetch.folder import posts_at, posts_in, read_folder, read_posts
from feeds.model import POSTS_MEDIA_TYPE, NotModified, Payload, Received, Validators
from feeds.packing import opened
from tests.unprivileged import unprivileged

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def write(path: Path, **texts: str) -> None:
    for name, text in texts.items():
        path.joinpath(f"{name}.md").write_text(text, "utf-8")


def pull(path: Path, validators: Validators | None = None) -> Payload | NotModified:
    outcome = read_folder(path.as_uri(), validators or Validators(), now=NOW)
    return opened(outcome) if isinstance(outcome, Received) else outcome


def test_all_posts_are_one_payload_in_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path, b="two", a="one")
    payload = pull(tmp_path)
    assert isinstance(payload, Payload)
    assert msgspec.msgpack.decode(payload.body) == [["a.md", b"one"], ["b.md", b"two"]]
    assert (payload.media_type, payload.fetched_at) == (POSTS_MEDIA_TYPE, NOW)


def test_folders_within_and_every_suffix_of_a_post_count_and_nothing_else(tmp_path: Path) -> None:
    inside = tmp_path / "2022"
    inside.mkdir()
    for name in ("a.md", "b.markdown", "c.html", "d.txt", "e.md.bak"):
        (inside / name).write_text("x", "utf-8")
    (tmp_path / "folder.md").mkdir()
    assert [file.name for file in posts_in(tmp_path)] == ["2022/a.md", "2022/b.markdown", "2022/c.html"]


def test_hugos_bundles_are_called_as_their_folders(tmp_path: Path) -> None:
    for name in ("apples/index.md", "pears/index.md", "_index.md", "plums.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", "utf-8")
    payload = pull(tmp_path)
    assert isinstance(payload, Payload)
    names = [name for name, _ in msgspec.msgpack.decode(payload.body)]
    assert names == ["apples.md", "pears.md", "plums.md"]


def test_a_folder_within_that_cannot_be_read_is_no_folder_without_posts(tmp_path: Path) -> None:
    """Else its posts would be withdrawn."""
    write(tmp_path, a="one")
    (tmp_path / "2022").mkdir(mode=0)
    said = unprivileged(lambda: posts_in(tmp_path))
    assert said == f"Unreachable: {tmp_path}/2022: Permission denied"


def test_a_post_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, a="one")
    (tmp_path / "a.md").chmod(0)
    assert unprivileged(lambda: pull(tmp_path)) == f"Unreachable: {tmp_path}/a.md: Permission denied"


def test_a_folder_whose_name_needs_encoding_is_found(tmp_path: Path) -> None:
    path = tmp_path / "新 闻#1"
    path.mkdir()
    write(path, a="one")
    assert isinstance(pull(path), Payload)


def test_the_same_bytes_are_nothing_new(tmp_path: Path) -> None:
    write(tmp_path, a="one")
    first = pull(tmp_path)
    assert isinstance(first, Payload)
    assert pull(tmp_path, first.validators) == NotModified(validators=first.validators)


def test_a_changed_a_new_and_a_renamed_post_are_news(tmp_path: Path) -> None:
    write(tmp_path, a="one")
    before = pull(tmp_path)
    assert isinstance(before, Payload)
    changes = (
        lambda: write(tmp_path, a="One"),
        lambda: write(tmp_path, b="two"),
        lambda: (tmp_path / "b.md").rename(tmp_path / "c.md"),
    )
    for change in changes:
        change()
        after = pull(tmp_path, before.validators)
        assert isinstance(after, Payload)
        before = after


def test_an_empty_folder_is_an_empty_list(tmp_path: Path) -> None:
    payload = pull(tmp_path)
    assert isinstance(payload, Payload)
    assert msgspec.msgpack.decode(payload.body) == []


def test_no_folder_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="there is no such folder"):
        pull(tmp_path / "missing")


def test_a_file_where_a_folder_should_be_is_unreachable(tmp_path: Path) -> None:
    write(tmp_path, a="one")
    with pytest.raises(Unreachable, match="there is no such folder"):
        pull(tmp_path / "a.md")


def test_a_file_that_goes_away_meanwhile_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"gone\.md"):
        read_posts(posts_at(tmp_path / "gone.md"), "file:///posts", Validators(), now=NOW)


def test_too_many_bytes_of_posts_are_too_large_unread(tmp_path: Path) -> None:
    with (tmp_path / "sparse.md").open("wb") as file:
        file.truncate(folder._LIMIT + 1)
    with pytest.raises(TooLarge, match="bytes of posts"):
        pull(tmp_path)
