"""The corpus of attacks as sources: each document as the manifest says it is served, and twenty good ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.flow.real_feeds import RealFeed, dated
from tests.flow.world import FETCH, source
from tests.origin import Origin
from tests.places import SHARED

CORPUS = SHARED / "corpora" / "attacks"
_STRAY = CORPUS / "defusedxml"
"""Documents that the manifest does not list: no feed is among them."""
_ELSEWHERE = (
    "http://canary.invalid",
    "http://169.254.169.254",
    "http://127.0.0.1:6379",
    "http://[::1]:22",
    "http://localhost:8080",
)
"""Who is named in documents that nobody may be asked for."""
POINTED = "pointed-"
STRAY = "stray-"
SECRET = "secret-"
NAMED = "named-"
CANARY = "canary-of-this-machine"


class Attack(NamedTuple):
    """A document that means harm, and what the manifest expects of it; nothing for those that are ours."""

    name: str
    body: bytes
    media_type: str
    encoding: str = ""
    expect: str = ""
    rules: Mapping[str, object] = {}


def attacks(folder: Path, url: str) -> list[Attack]:
    """All of them; ``folder`` gets a file that none may read, ``url`` is where they are served."""
    listed = manifest()
    return [*listed, *_pointed(listed, url), *_named(listed), *_stray(), *_secret(folder, url)]


def manifest() -> list[Attack]:
    """Those that the manifest lists."""
    rows = json.loads((CORPUS / "MANIFEST.json").read_text("utf-8"))
    return [
        Attack(
            name=_name(row["file"]),
            body=(CORPUS / row["file"]).read_bytes(),
            media_type=row["content_type"],
            encoding=row["content_encoding"],
            expect=row["expect"],
        )
        for row in rows
    ]


def catalogue_of(origin: Origin, attacks: list[Attack], good: list[RealFeed]) -> str:
    """Serve them all; the catalogue that polls them, good ones among attacks."""
    tables = [FETCH]
    for attack in attacks:
        headers = {"Content-Encoding": attack.encoding} if attack.encoding else {}
        origin.set(f"/{attack.name}", attack.body, media_type=attack.media_type, headers=headers)
        tables.append(source(attack.name, f"{origin.url}/{attack.name}", **attack.rules))
    for place, feed in enumerate(good):
        origin.set(f"/{feed.name}", feed.path.read_bytes(), media_type=feed.media_type)
        tables.insert(1 + 2 * place, source(feed.name, f"{origin.url}/{feed.name}"))
    return "\n".join(tables)


def good_feeds() -> list[RealFeed]:
    """Twenty whose documents do not depend on when they were fetched."""
    return dated(20)


def _pointed(listed: list[Attack], url: str) -> list[Attack]:
    """Those that name other addresses, naming this publisher's, which would be asked if anybody were."""
    found = []
    for attack in listed:
        body = attack.body
        for place, there in enumerate(_ELSEWHERE):
            body = body.replace(there.encode(), f"{url}/elsewhere/{place}".encode())
        if body != attack.body:
            found.append(attack._replace(name=f"{POINTED}{attack.name}", body=body, expect=""))
    return found


def _named(listed: list[Attack]) -> list[Attack]:
    """The one with paths for names once more, its categories named by it."""
    [found] = [attack for attack in listed if attack.name == "guid-path-traversal-rss"]
    return [found._replace(name=f"{NAMED}{found.name}", expect="", rules={"category": {"from": "tags"}})]


def _stray() -> list[Attack]:
    paths = sorted(path for path in _STRAY.rglob("*") if path.suffix.startswith(".x"))
    return [Attack(f"{STRAY}{_name(path.name)}", path.read_bytes(), "application/xml") for path in paths]


def _secret(folder: Path, url: str) -> list[Attack]:
    """Feeds that would have a file of ours, or an address only we can reach, in their articles."""
    secret = folder / "secret.txt"
    secret.write_text(CANARY, "utf-8")
    file, item = (
        secret.as_uri(),
        "<item><guid>1</guid><title>T &x;</title><description>&x;</description></item>",
    )
    rss = f"<rss version='2.0'><channel><title>&x;</title>{item}</channel></rss>"
    texts = {
        "file": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{file}">]>{rss}',
        "passwd": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>{rss}',
        "address": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{url}/elsewhere/entity">]>{rss}',
        "parameter": f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{file}">%p;]>{rss}',
        "public": f'<!DOCTYPE rss [<!ENTITY x PUBLIC "-//x//y" "{file}">]>{rss}',
        "dtd": f'<!DOCTYPE rss SYSTEM "{file}">{rss}',
        "xinclude": rss.replace("&x;", "").replace(
            "</item>",
            f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{file}"/></item>',
        ),
    }
    found = [Attack(f"{SECRET}{name}", text.encode(), "application/rss+xml") for name, text in texts.items()]
    wide = texts["file"].encode("utf-16")
    return [*found, Attack(f"{SECRET}file-utf16", wide, "application/rss+xml")]


def _name(file: str) -> str:
    return file.replace(".", "-")
