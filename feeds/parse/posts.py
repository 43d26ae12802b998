"""A folder of Jekyll posts → entries, in the form of the seed's site."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import msgspec
from markdown_it import MarkdownIt

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed, Payload
from feeds.parse.footer import Footer, split_footer
from feeds.parse.frontmatter import FrontMatter, refuse_unended, split_front_matter, texts

_DATE_PREFIX = re.compile(r"(\d{4}-\d{2}-\d{2})?-(?=.)")
_YEAR = re.compile(r"\d{2}")
_OFFSET_ALONE = re.compile(r"[+-]\d{2}:?\d{2}")
_STARTS_WITH_TAG = re.compile(r"<(?:!--|/?[A-Za-z][A-Za-z0-9-]*[\s/>])")
_SEED_TAG = "新闻"
"""What the one tag of a post ends with on the seed's site: it is the title of the post's category."""
_SEED_CODE = re.compile(r"(?:NW\d+|\d{9,})[.\w]*", re.ASCII)
_NO_POST = (("layout", "category"), ("draft", "true"), ("published", "false"))
_QUOTE = re.compile(r"(?:>[^\n]*(?:\n|\Z))+")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_MEDIUM = re.compile(r"[（(]文章来源：([^（）()<>]{1,100}(?:\([^（）()<>]{1,50}\))?)[）)]")
_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def parse_posts(payload: Payload) -> Feed:
    """The entries of a folder of posts; one that is no text, or has a head without end, is skipped.

    Raises :class:`NotAFeed` when the payload is no list of files.
    """
    try:
        files = msgspec.msgpack.decode(payload.body, type=list[tuple[str, bytes]])
    except msgspec.DecodeError as error:
        raise NotAFeed(f"no folder of posts: {error}") from error
    entries: dict[str | None, Entry] = {}
    unread: list[str] = []
    warnings: list[str] = []
    home: str | None = None
    for name, body in files:
        try:
            text = body.decode("utf-8-sig")
            refuse_unended(text)
        except ValueError as error:
            unread.append(_names(name)[0])
            warnings.append(f"{name} skipped: {error}")
            continue
        if _is_no_post(text):
            continue
        entry, found = parse_post(name, text)
        home = home or found
        if entries.setdefault(entry.guid, entry) is not entry:
            warnings.append(f"{name} skipped: a post of that name is in another folder; rename one of them")
    return Feed(
        url=home,
        language="zh-CN" if home else None,  # only footers in Chinese name a site
        entries=tuple(entries.values()),
        unread=tuple(unread),
        warnings=tuple(warnings),
    )


def parse_post(file_name: str, text: str) -> tuple[Entry, str | None]:
    """The entry of one post, and the address of the site its footer leads back to."""
    front, rest = split_front_matter(text.replace("\r\n", "\n"))
    body, footer = split_footer(rest)
    # The seed's posts begin with their digest as a quotation; elsewhere a quotation is a part of the text.
    is_seed = footer != Footer()
    summary, content = _split_quote(body) if is_seed else (_digest(front), body)
    name = PurePosixPath(file_name).name
    category = texts(front.get("categories") or front.get("category"))
    tags = texts(front.get("tags"))
    title = footer.category or next((tag for tag in tags if tag.endswith(_SEED_TAG)), None)
    guid, slug = _names(file_name)
    entry = Entry(
        guid=guid,
        name=slug,
        url=footer.url,
        title=_title(front, content, name),
        published=_published(front, name),
        authors=texts(front.get("author")),
        tags=tags if title else tuple(word for tag in tags for word in _words(front, tag)),
        summary=summary,
        content=_html(content),
        medium=_medium(content),
        category=category[0] if category else None,
        category_title=title,
    )
    return entry, footer.home


def _digest(front: FrontMatter) -> str | None:
    """What the head says the post is about, by the names that Jekyll's plugins and Hugo have for it."""
    said = (texts(front.get(key)) for key in ("description", "summary", "excerpt"))
    return next((one[0] for one in said if one), None)


def _words(front: FrontMatter, tag: str) -> list[str]:
    """Jekyll's reading of tags: a text holds several, apart by spaces; in a list each is one."""
    return [tag] if isinstance(front.get("tags"), list) else tag.split()


def _is_no_post(text: str) -> bool:
    """Whether a file is a draft, or a page of the seed's site that lists a category, beside the posts."""
    front, _ = split_front_matter(text.replace("\r\n", "\n"))
    return any(texts(front.get(key)) == (value,) for key, value in _NO_POST)


def _names(file_name: str) -> tuple[str, str]:
    """The identity of a post, and the name of its page, from its file's name.

    The codes of the seed's site are unique by themselves; elsewhere a weekly post may have the same
    name every week, and its date tells it apart. Without a date it is its folder that does.
    """
    path = PurePosixPath(file_name)
    name = path.name
    stem = name.removesuffix(".md").removesuffix(".markdown").removesuffix(".html")
    prefix = _DATE_PREFIX.match(stem)
    slug = stem[prefix.end() :] if prefix else stem
    if _SEED_CODE.fullmatch(slug):
        return slug, slug
    return (stem if prefix and prefix[1] else str(path.parent / stem)), slug


def _title(front: FrontMatter | None, content: str, name: str) -> str | None:
    if front:
        return next(iter(texts(front.get("title"))), None)
    heading = _HEADING.search(content)
    return heading[1] if heading else _names(name)[1]


def _published(front: FrontMatter, name: str) -> str | None:
    """The date as written, else the one in the file name, as Jekyll has it."""
    written = next(iter(texts(front.get("date"))), None)
    # A post whose time was empty has "date:  +0800": an offset of nothing.
    if written is not None and not _OFFSET_ALONE.fullmatch(written) and _YEAR.search(written):
        return written
    prefix = _DATE_PREFIX.match(name)
    return prefix[1] if prefix else None


def _split_quote(body: str) -> tuple[str | None, str]:
    """The leading quotation, which the seed's site uses for a digest, and what follows it."""
    quote = _QUOTE.match(body)
    if quote is None:
        return None, body
    lines = (line.removeprefix(">").strip() for line in quote[0].splitlines())
    return "\n".join(lines).strip() or None, body[quote.end() :].strip("\n")


def _html(content: str) -> str | None:
    """The content, which is Markdown unless it starts with a tag."""
    if not content.strip():
        return None
    return content if _STARTS_WITH_TAG.match(content.lstrip()) else _markdown.render(content).strip("\n")


def _medium(content: str) -> str | None:
    named = _MEDIUM.search(content)
    return named[1].strip() or None if named else None
