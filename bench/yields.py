"""What `feedmill check` finds in the corpus' real feeds, as a table by origin.

    python -m bench.yields                  by the repository that a document is from
    python -m bench.yields --by format      or by another column of the corpus' manifest: host, script …

An entry without a date, or with one that cannot be believed, is undated.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.corpus.real_feeds_checked import checked, manifest, path_of

COLUMNS = ("documents", "entries", "title", "url or guid", "content", "date", "undated")


def counted(line: Mapping[str, Any]) -> Counter[str]:
    """What one document yields: how many entries, and how many of them have what."""
    found = Counter({"documents": 1, "entries": len(line["entries"])})
    for entry in line["entries"]:
        found["title"] += bool(entry["title"])
        found["url or guid"] += bool(entry["url"] or entry["guid"])
        found["content"] += bool(entry["content"] or entry["summary"])
        found["date" if entry["published"] else "undated"] += 1
    return found


def yields(by: str) -> dict[str, Counter[str]]:
    """What all documents yield, by a column of the manifest."""
    rows = {str(path_of(row)): row[by] or "–" for row in manifest()}
    with tempfile.TemporaryDirectory() as folder:
        lines = checked([Path(path) for path in rows], Path(folder))
    found: dict[str, Counter[str]] = {}
    for path, line in lines.items():
        found.setdefault(rows[path], Counter()).update(counted(line))
    return found


def table(by: str, found: Mapping[str, Counter[str]]) -> Iterator[str]:
    """The table in Markdown, those with most entries first, the sum of all at its end."""
    yield f"| {by} | {' | '.join(COLUMNS)} |"
    yield f"|---|{'---:|' * len(COLUMNS)}"
    for name, counts in sorted(found.items(), key=lambda pair: (-pair[1]["entries"], pair[0])):
        yield _row(name, counts)
    yield _row("all", sum(found.values(), Counter()))


def _row(name: str, counts: Counter[str]) -> str:
    return f"| {name} | {' | '.join(f'{counts[column]:,}' for column in COLUMNS)} |"


def main() -> None:
    """Print it."""
    columns = [name for name in manifest()[0] if name != "file"]
    reader = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    reader.add_argument("--by", default="repo", choices=columns, metavar="COLUMN")
    by = reader.parse_args().by
    print(*table("origin" if by == "repo" else by, yields(by)), sep="\n")


if __name__ == "__main__":
    main()
