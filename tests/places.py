"""Where tests find things: the keys of their store, and the material shared beside the project."""

from __future__ import annotations

from pathlib import Path

PREFIX = "test:"
"""What every key of the test's store begins with."""

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""The seed and the corpora, where they are there."""
