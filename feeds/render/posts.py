"""Articles as Jekyll posts, in the form of the site that feedmill replaces."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Final
from urllib.parse import quote

import yaml

from feeds.model import Article
from feeds.render.addresses import HOME, category_path, without_scheme
from feeds.render.channel import title_of_category
from feeds.render.item import printable, source_link, whole_minutes
from feeds.told import Category, Site

_UNPRINTABLE: Final = re.compile(
    "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

_SAFE_IN_LINKS: Final = ":/?#[]@!$&'()*+,;=%~"
_LIQUID: Final = re.compile(r"\{(?=[{%])")

# What Ruby's YAML, which Jekyll uses, takes for a number though PyYAML takes it for text.
_NUMBER: Final = re.compile(r"[-+]?(0o[0-7_]+|[\d,_]*\.?[\d,_]*(e[-+]?\d+)?)", re.IGNORECASE)


def post(site: Site, article: Article, category: Category) -> tuple[str, bytes]:
    """The article as a post: its file name and its content."""
    published = _written(article.published)
    front = [
        "layout: post",
        f"title: {quoted(printable(article.title))}",
        f"date: {published}",
        f"categories: {scalar(category.slug)}",
        f"tags: {scalar(title_of_category(category))}",
    ]
    parts = [_inert(printable(article.content)), _source(article), _way_back(site, category)]
    body = "\n\n".join(part for part in parts if part)
    name = article.path.rpartition("/")[2].removesuffix(".html")
    return f"{published[:10]}-{name}.md", f"{_front_matter(front)}\n{body}".encode()


def _inert(html: str) -> str:
    """``html`` without what Jekyll would run as Liquid: a brace is written as a character reference."""
    return _LIQUID.sub("&#123;", html)


def category_page(category: Category) -> tuple[str, bytes]:
    """The page that lists a category's posts: its file name and its content."""
    front = [
        "layout: category",
        f"title: {scalar(title_of_category(category))}",
        f"category: {scalar(category.slug)}",
    ]
    return category_path(category.slug).lstrip("/"), _front_matter(front).encode()


def quoted(text: str) -> str:
    """``text`` as a double-quoted YAML scalar (YAML 1.1 §9.1.1), which JSON's strings nearly are."""
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def scalar(text: str) -> str:
    """``text`` as it is where YAML reads it back as the same text, else in double quotes."""
    return text if _is_plain(text) else quoted(text)


def _is_plain(text: str) -> bool:
    # Ruby reads :x as a symbol.
    if _NUMBER.fullmatch(text) or text.startswith(":"):
        return False
    try:
        return bool(yaml.safe_load(f"key: {text}\n") == {"key": text})
    except (yaml.YAMLError, ValueError):
        # ValueError: PyYAML reads 2022-02-31 as a date, and then there is no such day.
        return False


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _front_matter(lines: list[str]) -> str:
    return "\n".join(["---", *lines, "---"])


def _written(moment: datetime) -> str:
    """``2022-03-17 00:48:28 +0800``; strftime would write early years without their zeros."""
    text = whole_minutes(moment).isoformat(sep=" ", timespec="seconds")
    return f"{text[:19]} {text[19:].replace(':', '')}"


def _source(article: Article) -> str:
    link = source_link(article)
    return f"<{quote(link, safe=_SAFE_IN_LINKS)}>" if link else ""


def _way_back(site: Site, category: Category) -> str:
    title = _inert(title_of_category(category)).replace("<", "&lt;")
    title = re.sub(r"([\\\[\]])", r"\\\1", title)
    back = without_scheme(site, category_path(category.slug))
    return f"[返回{title}]({back})｜[返回首页]({without_scheme(site, HOME)})"
