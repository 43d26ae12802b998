"""The data folder, its lock, and where its Redis listens."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.errors import ConfigError
from tests.unprivileged import unprivileged
from worker.folder import COMMAND, SYSTEM, Folder, FolderBusy

LONG = "a-rather-long-name-of-a-folder-" * 4

HOLD = """
import sys, time
from pathlib import Path
from worker.folder import Folder
folder = Folder(Path(sys.argv[1]))
assert folder.take(sys.argv[2])
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path / "data")
    yield made
    made.release()


def hold(folder: Folder, role: str) -> subprocess.Popen[str]:
    """Another process that has the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.path), role], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_folder_is_made_and_taken_by_one(folder: Folder) -> None:
    assert folder.take(SYSTEM)
    assert folder.path.is_dir()
    assert Folder(folder.path).take(COMMAND) is False


def test_a_folder_that_cannot_be_written_is_said(folder: Folder) -> None:
    folder.path.mkdir(mode=0o500)
    said = unprivileged(lambda: folder.take(COMMAND))
    assert said == f"ConfigError: --data {folder.path}: Permission denied: name a folder you may write"


def test_who_has_it_is_said(folder: Folder) -> None:
    assert folder.take(SYSTEM)
    assert Folder(folder.path).holder() == (SYSTEM, str(os.getpid()))


def test_given_back_it_may_be_taken_again_by_another_role(folder: Folder) -> None:
    assert folder.take(SYSTEM)
    folder.release()
    other = Folder(folder.path)
    assert other.take(COMMAND)
    assert other.holder() == (COMMAND, str(os.getpid()))
    other.release()


def test_the_lock_ends_with_its_process_however_that_ends(folder: Folder) -> None:
    process = hold(folder, SYSTEM)
    try:
        assert folder.take(COMMAND) is False
    finally:
        end(process)
    assert folder.take(COMMAND)


def test_a_second_system_is_refused_at_once_with_what_to_do(folder: Folder) -> None:
    assert folder.take(SYSTEM)
    with pytest.raises(FolderBusy) as caught:
        Folder(folder.path).take_or_wait(SYSTEM, lambda: pytest.fail("it must not wait"))
    message = str(caught.value)
    assert str(folder.path) in message
    assert str(os.getpid()) in message
    assert "--data" in message


def test_a_system_waits_for_a_command(folder: Folder) -> None:
    command = Folder(folder.path)
    assert command.take(COMMAND)
    waits = []

    def pause() -> bool:
        waits.append(1)
        if len(waits) == 3:
            command.release()
        return True

    folder.take_or_wait(SYSTEM, pause)
    assert len(waits) == 3
    assert folder.holder()[0] == SYSTEM


def test_a_system_does_not_wait_for_ever(folder: Folder) -> None:
    command = Folder(folder.path)
    assert command.take(COMMAND)
    with pytest.raises(FolderBusy):
        folder.take_or_wait(SYSTEM, lambda: False)
    command.release()


def test_the_socket_is_in_the_folder(tmp_path: Path) -> None:
    short = Path("/srv/data")
    assert Folder(short).socket == short / "redis.sock"


def test_the_socket_of_a_long_path_is_elsewhere_short_and_its_own(tmp_path: Path) -> None:
    first, second = Folder(tmp_path / LONG), Folder(tmp_path / LONG / "x")
    assert len(os.fsencode(first.socket)) <= 100
    assert first.socket == Folder(tmp_path / LONG).socket
    assert first.socket != second.socket


def test_length_is_of_bytes_not_of_characters() -> None:
    assert not Folder(Path("/srv") / ("新" * 40)).socket.is_relative_to("/srv")


@pytest.fixture
def distant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder whose socket is elsewhere, in a temporary folder of the test's own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Folder(tmp_path / LONG)


def test_nobody_else_may_look_where_such_a_socket_is(distant: Folder) -> None:
    distant.make()
    assert stat.S_IMODE(distant.socket.parent.stat().st_mode) == 0o700


def test_a_place_for_the_socket_that_others_may_write_is_refused(distant: Folder) -> None:
    distant.socket.parent.mkdir()
    distant.socket.parent.chmod(0o777)
    with pytest.raises(ConfigError, match="open to others: remove it"):
        distant.make()


def test_a_folder_that_cannot_be_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"--data .*file"):
        Folder(tmp_path / "file").make()
