"""Stubs before a paywall, and articles that only look like one."""

from __future__ import annotations

import json

import pytest

from feeds.parse.article import parse_article
from feeds.parse.paywall import amount_of, says_stub
from feeds.told import ArticleRule
from tests.make import payload
from tests.test_parse_extraction import CHINESE, WORDS, paragraphs

LONG = WORDS * 20
FENCED = {"@type": "NewsArticle", "isAccessibleForFree": False}


def is_whole(body: str, linked: object = None) -> bool:
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked else ""
    html = f"<html><head><title>T</title>{script}</head><body>{body}</body></html>"
    return parse_article(ArticleRule(), payload(html, media_type="text/html")).whole


def fenced(selector: str) -> dict[str, object]:
    return FENCED | {"hasPart": {"isAccessibleForFree": "False", "cssSelector": selector}}


@pytest.mark.parametrize(
    ("body", "linked"),
    [
        pytest.param(f"<article>{paragraphs()}</article>", FENCED, id="paid and short"),
        pytest.param(f"<article>{paragraphs()}</article>", fenced(".paid"), id="the paid part is not there"),
        pytest.param(
            f"<article>{paragraphs()}<div class=paid>…</div></article>", fenced(".paid"), id="or empty"
        ),
        pytest.param(
            f"<article>{paragraphs()}<p>Subscribe to continue reading</p></article>", None, id="words"
        ),
        pytest.param(
            f"<article>{paragraphs(CHINESE)}<p>本文为付费内容，订阅后可阅读全文</p></article>",
            None,
            id="付费",
        ),
        pytest.param(f"<article>{paragraphs(CHINESE)}</article><div>剩余 78% 的内容</div>", None, id="剩余"),
        pytest.param(
            f"<article>{paragraphs()}</article><div class=c-paywall>Become a member</div>", None, id="class"
        ),
        pytest.param(
            f"<article>{paragraphs()}</article><p>Il vous reste 75% de cet article à lire</p>",
            None,
            id="French",
        ),
    ],
)
def test_stubs(body: str, linked: object) -> None:
    assert not is_whole(body, linked)


@pytest.mark.parametrize(
    ("body", "linked"),
    [
        pytest.param(f"<article>{paragraphs()}</article>", None, id="short and free"),
        pytest.param(f"<article>{paragraphs(LONG)}</article>", FENCED, id="paid but all there"),
        pytest.param(
            f"<article class=paid>{paragraphs()}</article>", fenced(".paid"), id="the paid part is there"
        ),
        pytest.param(
            f"<article>{paragraphs(LONG)}<p>Subscribe to continue reading</p></article>",
            None,
            id="words under all",
        ),
        pytest.param(f"<article>{paragraphs()}</article><div id=paywall></div>", None, id="an empty fence"),
        pytest.param(
            f"<article>{paragraphs(LONG)}</article>", fenced("::: no selector"), id="a broken selector"
        ),
        pytest.param(
            f"<article>{paragraphs(LONG)}</article>", fenced("div " * 5000), id="an endless selector"
        ),
    ],
)
def test_whole_articles(body: str, linked: object) -> None:
    assert is_whole(body, linked)


@pytest.mark.parametrize(
    "text",
    [
        "Already a subscriber? Log in",
        "The members of the council pay for it",
        "这是一篇关于付费会员制度的文章，介绍了订阅经济",
        "He continued to read the full story of his life",
    ],
)
def test_an_article_about_paying_is_no_stub(text: str) -> None:
    assert not says_stub(text)


def test_a_chinese_character_says_more_than_a_letter() -> None:
    assert (amount_of("a bridge"), amount_of("桥 。")) == (7, 3)
