"""The pages that are rendered when they are asked for: older articles, one article, a search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from feeds.render.addresses import older_path
from feeds.render.category import older_page
from feeds.render.channel import newest
from feeds.render.pages import article_page, search_page
from feeds.render.search import find
from feeds.web.answering import NO_DATE, Answers, interface
from feeds.web.missing import Missing
from feeds.web.reader import Reader

_CURSOR: Final = re.compile(r"before-(-?\d{1,15})-([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Pages:
    """The endpoints of such pages."""

    reader: Reader
    answers: Answers
    missing: Missing

    def older(self, request: Request) -> Response:
        """Older articles of a category, from the place on that the address names."""
        name, cursor = request.path_params["name"], _CURSOR.fullmatch(request.path_params["cursor"])
        slug = self.reader.slug(name) if cursor else None
        category = self.reader.category(slug) if slug else None
        if category is None or cursor is None:
            return self.missing.answer(request)
        after = (int(cursor[1]), cursor[2])
        if category.slug != name:
            return self.answers.moved(older_path(category.slug, *after))
        stretch = self.reader.stretch(category.slug, after, category.limit)
        page = older_page(self.reader.site(), category, stretch, interface=interface(request))
        last_modified = newest(stretch.articles, category.created_at)
        return self.answers.page(request, page, last_modified, (category.slug,))

    def article(self, request: Request) -> Response:
        """One article; what was withdrawn or taken down is gone."""
        path = request.scope["path"]
        article = self.reader.article(path)
        if article is None:
            return self.missing.answer(request)
        if article.is_gone:
            return self.missing.gone(request)
        if article.path != path:
            return self.answers.moved(article.path)
        titles = self.reader.titles(article.slugs)
        page = article_page(self.reader.site(), titles, article, interface=interface(request))
        return self.answers.page(request, page, article.updated, article.slugs)

    def search(self, request: Request) -> Response:
        """The newest articles whose titles hold what is asked for."""
        found = find(self.reader.headlines(), request.query_params.get("q", ""))
        page = search_page(self.reader.site(), found, interface=interface(request))
        return self.answers.page(request, page, NO_DATE, ())
