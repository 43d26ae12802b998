"""What HTML of ours may hold, read back by two parsers that are not the sanitizer's: lxml and html.parser."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from lxml import html as lxml_html

from feeds.normalize.allowlist import ATTRIBUTES, TAGS
from feeds.normalize.players import HOSTS
from feeds.normalize.vetting import LONGEST_DATA

ADDRESSES = frozenset({"cite", "href", "poster", "src"})
LINKED = frozenset({"", "http", "https", "mailto", "tel"})
PICTURES = ("data:image/avif;", "data:image/gif;", "data:image/jpeg;", "data:image/jpg;")
MORE_PICTURES = ("data:image/png;", "data:image/webp;")
FRAME = frozenset(
    {"allowfullscreen", "height", "loading", "referrerpolicy", "sandbox", "src", "title", "width"}
)
ALONE = "allow-scripts allow-same-origin allow-popups"

Tag = tuple[str, dict[str, str]]


def harms(html: str) -> list[str]:
    """What either parser finds in ``html`` that articles may not contain."""
    return [harm for tag in (*_by_lxml(html), *_by_the_library(html)) for harm in _harms(*tag)]


def _by_lxml(html: str) -> Iterator[Tag]:
    root = lxml_html.fragment_fromstring(html or "-", create_parent="div")
    for element in root.iterdescendants():
        name = element.tag if isinstance(element.tag, str) else "a comment"
        yield name, {str(key): str(value) for key, value in element.attrib.items()}


def _by_the_library(html: str) -> Iterator[Tag]:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    yield from parser.tags


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("a comment", {}))

    handle_decl = handle_pi = unknown_decl = handle_comment


def _harms(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    if tag == "iframe":
        yield from _of_a_frame(attributes)
        return
    if tag not in TAGS:
        yield f"<{tag}>"
    for name, value in attributes.items():
        if name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()):
            yield f"<{tag} {name}>"
        if name in ADDRESSES and not _may_be_asked(value, picture=(tag, name) == ("img", "src")):
            yield f"<{tag} {name}={value!r}>"
        if name == "srcset" and not all(
            _may_be_asked(one.strip(), picture=False) for one in value.split(", ")
        ):
            yield f"<{tag} srcset={value!r}>"
    if tag == "img" and not {"src", "alt", "loading"} <= attributes.keys():
        yield f"an incomplete picture: {attributes}"


def _of_a_frame(attributes: dict[str, str]) -> Iterator[str]:
    address = urlsplit(attributes.get("src", ""))
    if address.scheme != "https" or address.netloc not in PLAYERS:
        yield f"a frame of {address.geturl()!r}"
    if attributes.get("sandbox") != ALONE or not attributes.keys() <= FRAME:
        yield f"a frame with {attributes}"


PLAYERS = frozenset(HOSTS)


def _may_be_asked(address: str, *, picture: bool) -> bool:
    if picture and address.startswith((*PICTURES, *MORE_PICTURES)):
        return len(address) <= LONGEST_DATA
    # Browsers ignore white space and controls before and inside of a scheme.
    squeezed = "".join(character for character in address if character > " ")
    return urlsplit(squeezed).scheme.lower() in LINKED
