"""Pages with status 200 and no article: what is gone, and what only scripts fill in."""

from __future__ import annotations

import re

_GONE = re.compile(
    r"\W*(?:(?:error )?40[34]\b.{0,60}|not found|oops.{0,40}|seite nicht gefunden.{0,40}"
    r"|(?:page|file|article|story|content) (?:not found|(?:is )?no longer available).{0,60}"
    r"|(?:您?访问的|该|此|您要(?:访问|查看)的)?(?:页面|文章|内容|新闻|网页)"
    r"(?:已?(?:不存在|被?删除|下线|过期)|找不到|未找到).{0,40}|ページが見つかりません.{0,40})",
    re.IGNORECASE,
)
_SCRIPTED = re.compile(
    r"(?:enable|requires?|turn on|activate|support|without|needs?) (?:\w+ ){0,3}java ?script"
    r"|java ?script (?:\w+ ){0,4}(?:disabled|enabled|required|not supported)"
    r"|(?:启用|开启|打开|不支持)\s?java ?script",
    re.IGNORECASE,
)
_LITTLE = 600


def has_nothing(title: str | None, text: str) -> bool:
    """Whether a page of this title has no article in its little ``text``."""
    if len(text) > _LITTLE:
        return False
    gone = _GONE.fullmatch(title or "") or _GONE.fullmatch(text.partition("\n")[0])
    return bool(gone or _SCRIPTED.search(text))
