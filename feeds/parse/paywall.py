"""Pages that show the beginning of an article to those who have not paid."""

from __future__ import annotations

import re
from itertools import islice
from typing import cast

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import XPathError
from lxml.html import HtmlElement

from feeds.parse.extraction_blocks import squeeze
from feeds.parse.metadata import Metadata

_PHRASES = (
    (
        r"(?:subscribe|sign up|register|log in|sign in|pay|join)(?: now| today)? (?:to|and)"
        r" (?:continue|keep|finish|read(?:ing)?(?: on)?\b|unlock"
        r"|get (?:full|unlimited)|access (?:this|the full))"
    ),
    (
        r"to (?:continue|keep) reading,? (?:this (?:article|story),? )?(?:please )?"
        r"(?:subscribe|sign|log|register|become|you need)"
    ),
    (
        r"(?:read|unlock|access|get) the (?:full|whole|entire|rest of (?:this|the)) (?:article|story|post)\b"
        r".{0,40}(?:subscri|member|trial|premium|free account)"
    ),
    (
        r"(?:this|the full|rest of the) (?:article|story|content|post|page) is (?:only |exclusively )?"
        r"(?:available )?(?:for|to|reserved for|exclusive to) (?:\w+ ){0,3}(?:subscribers|members|premium)"
    ),
    r"(?:subscriber|member)s?[- ]only (?:content|article|story|post)",
    r"this post is for (?:paid|paying) subscribers",
    (
        r"you(?:['’]?ve| have) (?:reached|read|hit|used) (?:your|all|the) .{0,40}"
        r"(?:free articles?|article limit|limit)"
    ),
    r"article (?:est )?réservé (?:à nos|aux) abonnés|la suite est réservée",
    r"il vous reste \d+ ?% de cet article",
    r"weiterlesen mit|jetzt (?:weiterlesen|abonnieren)|(?:diesen|den ganzen) artikel weiterlesen",
    r"(?:contenido|artículo|noticia) (?:exclusivo|s[oó]lo|exclusiva) para suscriptores",
    r"para continuar leyendo",
    r"(?:conteúdo|texto) exclusivo para assinantes|(?:articolo|contenuto) riservato agli abbonati",
    r"(?:материал|статья|текст) доступ\w+ (?:только )?(?:по подписке|подписчикам)",
    (
        r"(?:本文|此文|该文|全文|文章|此内容|以下内容)(?:章|内容)?(?:为|是|属于|需要?|仅(?:限|对|供)?)\s*"
        r"(?:付费|会员|订阅|VIP|收费)"
    ),
    (
        r"(?:付费|订阅|购买|登录|开通会员|成为会员|开通VIP)\s?(?:后|即可|之后|以|可)\s?(?:可|继续)?\s?"
        r"(?:阅读|查看|解锁|浏览)"
    ),
    r"剩余\s?\d+\s?%|试读(?:已)?结束|(?:解锁|购买)(?:全文|本文|文章)|会员专享|付费文章",
    r"この記事は(?:有料)?会員限定|続きを(?:読む|お読みいただく)には|残り\s?\d+\s?文字|有料(?:会員|記事)",
    r"유료\s?(?:회원|기사)",
)
_WORDS = re.compile("|".join(_PHRASES), re.IGNORECASE)
"""What is said where an article ends because it is to be paid for."""

_FENCES = re.compile(
    r"paywall|regwall|subscription-required|subscriber-only|premium-content|article-locked|pay-read"
    r"|tp-container|piano-|fufei",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"subscri|abonn|suscri|assin|member|premium|unlock|log in|sign in|trial|подпис"
    r"|付费|会员|订阅|购买|解锁|登录|有料",
    re.IGNORECASE,
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MOST_LOOKED_AT = 50

_LONG = 5000
_SOME = 2500
_LITTLE = 1000
_HARDLY_ANY = 200


def stub_below(tree: HtmlElement, told: Metadata) -> int:
    """The amount of text below which an article is a stub, by what its page says of paying."""
    if told.paid:
        hidden = _hidden_part(tree, told.behind)
        if hidden is not None:
            return _LONG if hidden < _HARDLY_ANY else 0
        return _LITTLE
    body = tree.find("body")
    if body is not None and says_stub(_visible(body)):
        return _SOME
    return _LITTLE if body is not None and _is_fenced(body) else 0


def says_stub(text: str) -> bool:
    """Whether ``text`` says that the rest is for those who pay."""
    return _WORDS.search(text) is not None


def amount_of(text: str) -> int:
    """How much a text says: its letters, of which a Chinese, Japanese or Korean one counts for three."""
    squeezed = squeeze(text)
    return len(squeezed) + 2 * len(_WIDE.findall(squeezed))


def _is_fenced(body: HtmlElement) -> bool:
    """Whether an element is called a paywall, and says so."""
    named = (
        element for element in body.iter() if _FENCES.search(f"{element.get('class')} {element.get('id')}")
    )
    return any(_ASKING.search(element.text_content()[:_LONG]) for element in islice(named, _MOST_LOOKED_AT))


def _hidden_part(tree: HtmlElement, selectors: tuple[str, ...]) -> int | None:
    """How much the page shows of what schema.org's hasPart says is paid for; ``None`` if it does not say."""
    amounts = []
    for selector in selectors:
        try:
            found = cast("list[HtmlElement]", CSSSelector(selector, translator="html")(tree))
        except (SelectorError, XPathError, ValueError, RecursionError):
            continue
        amounts.append(sum(amount_of(element.text_content()) for element in found[:_MOST_LOOKED_AT]))
    return max(amounts, default=None)


def _visible(body: HtmlElement) -> str:
    """The text of a page without that of its scripts, in one line."""
    pieces = body.xpath(".//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
    return " ".join(" ".join(pieces).split())
