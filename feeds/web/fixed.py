"""What no article changes: what pages load, robots.txt, the icon, and what other sites' scripts may ask."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from feeds.render.assets import ASSETS
from feeds.render.document import seal
from feeds.render.fixed import FAVICON, FAVICON_TYPE, ROBOTS
from feeds.web.answering import NO_DATE, Answers
from feeds.web.caching import DAY, FOR_EVER, caching
from feeds.web.missing import Missing
from feeds.web.policy import PREFLIGHT, VARY_PLAIN


@dataclass(frozen=True, slots=True)
class Fixed:
    """The endpoints of what is the same on every day."""

    answers: Answers
    missing: Missing

    def asset(self, request: Request) -> Response:
        """The style sheet or the script; named by its content, it may be kept for ever."""
        asset = ASSETS.get(request.path_params["name"])
        if asset is None:
            return self.missing.answer(request)
        document = seal(asset.content, media_type=asset.media_type, last_modified=NO_DATE)
        is_marked = request.query_params.get("v") == asset.mark
        headers = {"Cache-Control": FOR_EVER if is_marked else caching(None), "Vary": VARY_PLAIN}
        return self.answers.document(request, document, headers, ())


def robots(_request: Request) -> Response:
    """What crawlers are asked to leave alone."""
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": DAY})


def favicon(_request: Request) -> Response:
    """The icon of all pages."""
    return Response(FAVICON, headers={"Cache-Control": DAY}, media_type=FAVICON_TYPE)


def preflight(_request: Request) -> Response:
    """Scripts of other sites may ask for feeds."""
    return Response(status_code=204, headers=PREFLIGHT)
