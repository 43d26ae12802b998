"""The files that start feedmill elsewhere say the same as one another."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
QUEUES = ["deliver", "dispatch", "fetch", "parse", "publish"]


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


def compose() -> dict[str, Any]:
    read = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize("name", procfile())
def test_compose_runs_what_the_procfile_says(name: str) -> None:
    service = compose()["services"][name]
    assert service["command"] == procfile()[name].replace("${PORT:-8000}", "8000")
    assert service["image"] == "feedmill"
    assert service["environment"]["FEEDMILL_REDIS_URL"] == "redis://redis:6379/0"


def test_compose_has_nothing_else_but_redis_and_apply() -> None:
    services = compose()["services"]
    assert services.keys() - procfile().keys() == {"redis", "apply"}
    assert "--maxmemory-policy noeviction" in services["redis"]["command"]
    assert "--appendonly yes" in services["redis"]["command"]
    assert services["apply"]["command"].startswith("feedmill sources apply ")
    assert services["apply"]["restart"] == "no"


def test_each_queue_is_consumed_by_one_process() -> None:
    consumed = [
        queue
        for command in procfile().values()
        for found in re.findall(r" -Q (\S+)", command)
        for queue in found.split(",")
    ]
    assert sorted(consumed) == QUEUES


def test_every_dependency_is_pinned_to_one_version() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").split()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line) for line in lines)
    pinned = {_spelled(line.partition("==")[0]) for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {_spelled(re.split(r"[\[<>=;! ]", name)[0]) for name in wanted}
    assert names - pinned == set()


def _spelled(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
