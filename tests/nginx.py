"""A real nginx on loopback, over a folder of ours, with the server that docs/operations.md names."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system import free_port, wait_until

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_MANUAL = Path(__file__).parent.parent / "docs" / "operations.md"
_STOP_SECONDS = 10.0


@contextmanager
def nginx_over(public: Path, work: Path) -> Iterator[str]:
    """Its address, while it serves ``public`` with one worker; its own files are in ``work``."""
    assert NGINX is not None
    port = free_port()
    config = work / "nginx.conf"
    config.write_text(_config(public, work, port), "utf-8")
    server = subprocess.Popen([NGINX, "-p", str(work), "-c", str(config), "-e", str(work / "error.log")])
    try:
        wait_until(lambda: _answers(port), 20, "nginx", every=0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(_STOP_SECONDS)


def documented_server() -> str:
    """The server of the manual."""
    [block] = re.findall(r"```nginx\n(.*?)```", _MANUAL.read_text("utf-8"), re.DOTALL)
    return str(block)


def _config(public: Path, work: Path, port: int) -> str:
    server = documented_server().replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    server = server.replace("/srv/feeds/public", str(public))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"{kind}_temp_path {work}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"daemon off; worker_processes 1; pid {work}/nginx.pid; {user}\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log off; keepalive_requests 1000000; {places}\n{server} }}\n"
    )


def _answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
