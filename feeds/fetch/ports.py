"""Which ports of public addresses may be connected to: those where the web is, not other services."""

from __future__ import annotations

from collections.abc import Collection

from feeds.errors import UnsafeURL

_WEB = (80, 443)
_FIRST_FREE = 1024
_LAST = 65535

CLOSED: dict[str, tuple[int, ...]] = {
    # The first five: what the Fetch standard (§2.9, "bad port") blocks from 1024 on.
    "telephony (H.323, SIP)": (1719, 1720, 5060, 5061),
    "a tunnel (PPTP)": (1723,),
    "shared files, backups, scanners (NFS, lockd, Amanda, SANE)": (2049, 4045, 6566, 10080),
    "mail and passwords (ManageSieve, Apple SASL)": (3659, 4190),
    "chat (IRC)": (6665, 6666, 6667, 6668, 6669, 6679, 6697),
    "screens and desktops (X11, VNC, RDP)": (3389, 5900, 5901, 5902, 5903, *range(6000, 6064)),
    "a relational database": (1433, 1434, 1521, 3050, 3306, 5432, 6432, 26257, 33060, 50000),
    "another database": (5984, 7687, 8086, 9042, 9160, 27017, 27018, 27019, 28015),
    "a search engine's own interface": (9200, 9300),
    "a cache (Redis, memcached)": (6379, 6380, 11211, 16379, 26379),
    "a message queue": (1883, 4222, 5671, 5672, 8883, 9092, 61613, 61616),
    "coordination of machines (ZooKeeper, etcd)": (2181, 2379, 2380),
    "control of machines (Docker, Kubernetes, WinRM, RMI)": (
        *(1099, 2375, 2376, 2377, 4243, 5985, 5986, 6443, 10250, 10255),
    ),
    "a printer": (9100,),
}
"""Ports that other services have by convention, by what listens there."""
_LISTENING = {port: service for service, ports in CLOSED.items() for port in ports}


def vet_port(host: str, port: int, opened: Collection[int]) -> None:
    """Raise UnsafeURL unless ``port`` of a public address may be connected to; ``opened`` is the source's."""
    if port in _WEB or (port in opened and 0 < port <= _LAST):
        return
    if not 0 < port <= _LAST:
        raise UnsafeURL(f"{host}: there is no port {port}")
    service = _LISTENING.get(port, "below 1024 only 80 and 443 are the web")
    if port >= _FIRST_FREE and port not in _LISTENING:
        return
    raise UnsafeURL(
        f"{host}: port {port} is closed ({service}): name it in ports = [{port}] of the source if it is meant"
    )
