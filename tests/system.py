"""A whole feedmill for tests that need one: ``feedmill up`` as a process of its own, on its own port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import httpx

from tests.processes import Process, descendants, end_all

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
COMMAND = str(Path(sys.executable).with_name("feedmill"))
_START_SECONDS = 60.0
_STOP_SECONDS = 15.0


class Answer(NamedTuple):
    """What a GET got; status 0 when nobody answered. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class System:
    """``feedmill up`` on ``data``, from enter to exit; whatever is left of it then is ended.

    ``environment`` comes on top of ours; without a ``catalogue`` it starts with what the folder has.
    """

    def __init__(
        self,
        data: Path,
        catalogue: str | None = None,
        *,
        port: int = 0,
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = dict(environment or {})
        self._arguments = list(arguments)
        if catalogue is not None:
            config = data.with_name(f"{data.name}.toml")
            config.write_text(catalogue, "utf-8")
            self._arguments += ["--config", str(config)]
        self._log = data.with_name(f"{data.name}.log")
        self._process: subprocess.Popen[bytes] | None = None
        self._orphans: list[Process] = []
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=5.0)

    @property
    def pid(self) -> int:
        """Process id of the ``up`` that runs, or ran last."""
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self, *, wait: bool = True) -> None:
        """Start it (again, on the same folder and port); return when its web answers."""
        words = ["up", "--data", str(self.data), "--port", str(self.port), *self._arguments]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [COMMAND, *words],
                cwd=self.data.parent,
                env=environment_with(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if wait:
            wait_until(self._answers_or_ended, _START_SECONDS, "the web to answer")
            assert self._process.poll() is None, self.log()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET ``path`` of its web, redirects not followed."""
        try:
            response = self._client.get(path, headers=dict(headers or {}))
        except httpx.TransportError:
            return Answer(0, {}, b"")
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, names, response.content)

    def processes(self) -> list[Process]:
        """Every process below ``up``, at this moment."""
        return descendants(self.pid)

    def stop(self) -> int:
        """End it as an operator does, with SIGTERM; its exit code. Fails if it takes 15 s."""
        assert self._process is not None, "not started"
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(_STOP_SECONDS)

    def kill(self) -> list[Process]:
        """End ``up`` itself with SIGKILL; the processes it had, which should die of that."""
        assert self._process is not None, "not started"
        self._orphans = self.processes()
        self._process.kill()
        self._process.wait(_STOP_SECONDS)
        return self._orphans

    def log(self) -> str:
        """All it has logged so far."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _answers_or_ended(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None or self.get("/healthz").status == 200

    def _end(self) -> None:
        """Leave no process behind, however the test went."""
        self._client.close()
        if self._process is None:
            return
        children = [*self._orphans, *self.processes()]
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        end_all(children)


def environment_with(overrides: Mapping[str, str]) -> dict[str, str]:
    """Our environment without any FEEDMILL_ variable, and ``overrides``."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FEEDMILL_")}
    return ours | dict(overrides)


def run_feedmill(
    *words: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 120.0,
) -> subprocess.CompletedProcess[str]:
    """Run the ``feedmill`` command to its end, in the folder ``cwd``; ``env`` comes on top of ours."""
    return subprocess.run(
        [COMMAND, *map(str, words)],
        cwd=cwd,
        env=environment_with(env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def sources_of(data: Path) -> dict[str, dict[str, Any]]:
    """What ``feedmill sources list --json`` says of a folder, by source id."""
    listed = run_feedmill("sources", "list", "--json", "--data", data, cwd=data.parent)
    assert listed.returncode == 0, listed.stderr
    return {row["id"]: row for row in json.loads(listed.stdout)}


def wait_until(predicate: Callable[[], T], seconds: float, what: str = "it", *, every: float = 0.1) -> T:
    """What ``predicate`` returns, as soon as that is true; AssertionError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        result = predicate()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {seconds:g} s for {what}, in vain")
        time.sleep(every)


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
