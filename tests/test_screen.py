"""Stdout: what a narrow terminal, a wide one and a pipe are given, and what happens where it ends."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from worker.screen import ROOMY, Listing, facts, grid, line

LONG = "https://a.example/" + "a-word-of-it-" * 12
CHINESE = "重庆市民参观新桥" * 8
ROW = (["one", LONG, CHINESE], ["one", f"  {LONG}", f"  {CHINESE}"])
FEED = f"""<rss version='2.0'><channel><title>{CHINESE}</title>
<item><title>{CHINESE}</title><link>{LONG}</link></item></channel></rss>"""


def drawn(part: object, width: int) -> list[str]:
    """The lines of ``part`` on a console so wide."""
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, soft_wrap=True)
    console.print(part)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def listing() -> Listing:
    return Listing(("id", "url", "title"), [ROW, ROW])


def test_where_there_is_no_room_rows_are_lines_that_nothing_cuts() -> None:
    assert drawn(listing(), 80) == ["one", f"  {LONG}", f"  {CHINESE}"] * 2


def test_where_there_is_room_rows_have_columns_and_nothing_is_left_out() -> None:
    lines = drawn(listing(), ROOMY)
    assert max(map(cell_len, lines)) <= ROOMY
    assert "…" not in "".join(lines)
    for text in (LONG, CHINESE):
        assert set(text) <= set("".join(lines))
    assert len("".join(lines[2:]).replace(" ", "")) == 2 * len("one" + LONG + CHINESE)


def test_a_table_of_a_pipe_has_each_row_on_one_line() -> None:
    assert len(drawn(listing(), 100_000)) == 4
    assert LONG in drawn(grid(("a", "b"), [("1", LONG)]), 100_000)[2]


def test_facts_stand_below_one_another() -> None:
    assert facts([("url", "x"), ("why then", "y")]) == ["url       x", "why then  y"]
    assert facts([]) == []


@pytest.mark.parametrize("text", ["[bold]x[/bold]", ":heart:", "重庆"])
def test_publishers_words_are_shown_as_they_are(text: str) -> None:
    assert drawn(line(text), 80) == [text]


def test_no_terminal_obeys_a_publisher() -> None:
    assert line("a\x1b]0;owned\x07\x9b31m\tb").plain == "a\ufffd]0;owned\ufffd\ufffd31m\tb"


# ── the command ─────────────────────────────────────────────────────────────────────────────────


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from worker.cli import main; main()", *words]


def on_a_terminal(columns: int, *words: str) -> str:
    """What the command writes on a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    process = subprocess.Popen(command(*words), stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    said = b""
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # Linux says so of a terminal that nobody holds any more
            break
        if not read:
            break
        said += read
    os.close(ours)
    process.wait()
    return said.decode()


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.xml"
    path.write_text(FEED, "utf-8")
    return path


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_check_cuts_nothing_on_any_terminal(feed: Path, columns: int) -> None:
    said = on_a_terminal(columns, "check", str(feed))
    assert f"  {LONG}\r\n" in said
    assert said.count(CHINESE) == 2
    assert "…" not in said


def test_a_pipe_gets_no_colours(feed: Path) -> None:
    said = subprocess.run(command("check", str(feed)), capture_output=True, check=True)
    assert b"\x1b" not in said.stdout + said.stderr
    assert f"  {LONG}\n".encode() in said.stdout


def test_letters_that_a_pipe_cannot_take_are_no_traceback(feed: Path) -> None:
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for words in (["check", str(feed)], ["check", str(feed), "--json"]):
        said = subprocess.run(command(*words), env=environ, capture_output=True, check=False)
        assert (said.returncode, said.stderr) == (0, b"")
        assert rb"\u91cd\u5e86" in said.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_one_line(feed: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(
            command("check", str(feed)), stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert "No space left on device" in said.stderr


def test_a_reader_who_went_away_is_no_error(feed: Path) -> None:
    readable, writable = os.pipe()
    os.close(readable)
    said = subprocess.run(
        command("check", str(feed), "--json"), stdout=writable, stderr=subprocess.PIPE, check=False
    )
    os.close(writable)
    assert (said.returncode, said.stderr) == (1, b"")
