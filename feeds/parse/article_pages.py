"""The next page of an article that is spread over several, by how its addresses are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from feeds.urls import resolve

_NUMBERED = (
    re.compile(
        r"^(?P<stem>.*?)(?P<sign>[?&](?:page|p|pg|pagenum|pageno|pn|paged|pageno)=)(?P<number>\d{1,3})(?P<end>(?:&.*)?)$",
        re.IGNORECASE,
    ),
    re.compile(r"^(?P<stem>.*?)(?P<sign>[_-])(?P<number>\d{1,3})(?P<end>\.\w{3,5}(?:\?.*)?)$"),
    re.compile(r"^(?P<stem>.*?)(?P<sign>/(?:page[/-]?)?)(?P<number>\d{1,3})(?P<end>/?)$"),
)
_WORDS = re.compile(
    r"\W*(?:next(?: page)?|continue(?: reading)?|suivante?|siguiente|weiter|далее"
    r"|下一[页頁]|下页|后一页|次へ|次のページ)\W*",
    re.IGNORECASE,
)
_LONGEST_WORDS = 30


def next_page(tree: HtmlElement, url: str) -> str | None:
    """The address of the page after ``url`` of the same article.

    rel=next alone proves nothing: on WordPress it is the next article. Its address has to be that of this
    page with the number after this page's.
    """
    return next((address for address in _candidates(tree, url) if is_next(url, address)), None)


def is_next(url: str, address: str) -> bool:
    """Whether ``address`` is ``url`` with the next number: ``a.html`` → ``a_2.html``, ``a/2`` → ``a/3``."""
    url, address = url.partition("#")[0], address.partition("#")[0]
    for numbered in _NUMBERED:
        there = numbered.match(address)
        if there is None:
            continue
        here = numbered.match(url)
        if here is not None and _around(here) == _around(there):
            if int(there["number"]) == int(here["number"]) + 1:
                return True
        elif int(there["number"]) == 2 and url.rstrip("/&?") == (there["stem"] + there["end"]).rstrip("/&?"):
            return True
        elif int(there["number"]) == 1 and there["sign"] in "_-" and url == there["stem"] + there["end"]:
            return True  # the second page is called _1, as government sites of China have it
    return False


def _around(match: re.Match[str]) -> tuple[str, str, str]:
    return match["stem"], match["sign"], match["end"]


def _candidates(tree: HtmlElement, url: str) -> Iterator[str]:
    for element in tree.iter("link", "a"):
        rel = (element.get("rel") or "").lower().split()
        words = element.text_content().strip() if element.tag == "a" else ""
        if "next" in rel or (0 < len(words) <= _LONGEST_WORDS and _WORDS.fullmatch(words)):
            address = resolve(url, element.get("href"))
            if address is not None:
                yield address
