"""``feedmill articles``: what is published, where it is from, and taking it down."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from feeds.catalogue.problems import suggestion
from feeds.errors import ConfigError
from feeds.model import Article
from feeds.pipeline.export import publish_changed
from feeds.pipeline.takedown import find, take_down
from feeds.settings import load_settings
from feeds.store.keys import ALL
from feeds.store.store import Store
from worker import answers
from worker.deps import build_mill
from worker.options import AsJson, Data
from worker.screen import Listing, facts
from worker.session import open_existing

app = typer.Typer(no_args_is_help=True, help="Say which articles there are, and take them down.")

Named = Annotated[
    str, typer.Argument(metavar="ID|URL", help="An article's id, its page here, or its publisher's address.")
]
Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Published on this day (UTC), or later.")]


@app.command("list")
def list_articles(
    data: Data = Path("var"),
    category: Annotated[str | None, typer.Option(help="Only those of this category.")] = None,
    source: Annotated[str | None, typer.Option(help="Only those of the source with this id.")] = None,
    text: Annotated[str | None, typer.Option(help="Only those with this in title or summary.")] = None,
    since: Day = None,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Only those whose body could not be had.")
    ] = False,
    gone: Annotated[
        bool, typer.Option("--gone", help="Instead those that were withdrawn or removed.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List published articles, the newest first.

    Example: [bold]feedmill articles list --category economy --since 2026-01-31[/bold]
    """
    keep = _condition(source, text, _day(since), incomplete=incomplete)
    with open_existing(data, load_settings()) as store:
        slug = _slug(store, category)
        _refuse_unknown(store, source)
        known = store.articles.gone() if gone else store.articles.every(slug)
        found = list(islice(filter(keep, known), limit))
    if as_json:
        answers.show_json([_told(article) for article in found])
        return
    rows = ((cells := _cells(article), _lines(*cells)) for article in found)
    table = Listing(("published", "id", "category", "title"), rows)
    answers.show(table if found else "no such articles")


@app.command("show")
def show_article(named: Named, data: Data = Path("var"), as_json: AsJson = False) -> None:
    """Show an article: where it is from, what became of it, and its earlier wordings.

    Exit 1 if there is none. Example: [bold]feedmill articles show https://example.org/news/1[/bold]
    """
    with open_existing(data, load_settings()) as store:
        article = _only(store, named)
        revisions = store.articles.revisions(article.id)
    if as_json:
        earlier = [_told(one) | {"content": one.content} for one in revisions]
        answers.show_json(_told(article) | {"content": article.content, "revisions": earlier})
        return
    told = {key: value for key, value in _told(article).items() if value not in (None, "", [], ())}
    for ours in ("sort_key", "rules"):
        told.pop(ours, None)
    pairs = [(key, _line(value)) for key, value in told.items()]
    wordings = [("worded before", f"{one.updated.isoformat()} {one.title}") for one in revisions]
    answers.show(*facts((*pairs, *wordings)))


@app.command("remove")
def remove_article(
    named: Named,
    data: Data = Path("var"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take an article out of every document and page for good: its words are deleted, its page answers 410.

    It is not taken in again, whatever its publisher says. Exit 1 if there is none.
    Example: [bold]feedmill articles remove 0f8fad5bd9cb469fa16570867728950e --yes[/bold]
    """
    settings = load_settings()
    with open_existing(data, settings) as store:
        article = _only(store, named)
        if not yes and not article.removed:
            if not sys.stdin.isatty():
                raise ConfigError(f"{article.id}: not removed, since nobody can be asked here; add --yes")
            typer.confirm(f"Remove {article.title!r} ({article.id}) for good?", abort=True)
        mill = build_mill(store, settings)
        removed = take_down(mill, article.id)
        publish_changed(mill, time.sleep)
    answers.show(f"{article.id}: {'removed' if removed else 'was removed before'}")


def _cells(article: Article) -> tuple[str, str, str, str]:
    moment = article.published.isoformat(sep=" ", timespec="minutes")
    return moment, article.id, ", ".join(article.slugs), article.title or "(no title)"


def _lines(moment: str, article_id: str, categories: str, title: str) -> tuple[str, str]:
    """An article where there is no room for columns."""
    return f"{moment}  {title}", f"  {article_id} in {categories}"


def _only(store: Store, named: str) -> Article:
    """The one article of that name; exit 1 where there is none, or there are several."""
    found = find(store, named)
    if len(found) == 1:
        return found[0]
    if not found:
        answers.show(f"{named}: no such article; see `feedmill articles list`")
    else:
        answers.show(f"{named}: {len(found)} articles; name one by its id:")
        answers.show(*(f"  {article.id} {article.title}" for article in found))
    raise typer.Exit(1)


def _condition(
    source: str | None, text: str | None, since: datetime | None, *, incomplete: bool
) -> Callable[[Article], bool]:
    words = (text or "").casefold()

    def keep(article: Article) -> bool:
        return (
            (source is None or any(placed.source_id == source for placed in article.placements))
            and (since is None or article.published >= since)
            and (not incomplete or not article.complete)
            and words in f"{article.title}\n{article.summary}".casefold()
        )

    return keep


def _slug(store: Store, category: str | None) -> str:
    if category is None:
        return ALL
    slug = store.categories.slug(category)
    if slug is None:
        known = (slug for slug in store.categories.slugs() if slug != ALL)
        what = suggestion(category, known)
        raise ConfigError(f"--category {category!r}: there is no such category{what}")
    return slug


def _refuse_unknown(store: Store, source: str | None) -> None:
    known = {each.known_as for each in store.sources.all().values()}
    if source is not None and source not in known:
        raise ConfigError(f"--source {source!r}: there is no such source; see `feedmill sources list`")


def _day(text: str | None) -> datetime | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ConfigError(f"--since {text!r} is no day; write it like 2026-01-31") from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def _told(article: Article) -> answers.Json:
    """An article as scripts see it, without its body."""
    told: answers.Json = msgspec.to_builtins(article)
    for left_out in ("content", "placements", "listed", "withdrawn", "removed", "parts"):
        told.pop(left_out, None)
    return told | {
        "categories": list(article.slugs),
        "sources": [placed.source_id for placed in article.placements],
        "state": _state(article),
    }


def _state(article: Article) -> str:
    if article.is_gone:
        return "removed" if article.removed else "withdrawn"
    return "published" if article.listed else "waits for its body"


def _line(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
