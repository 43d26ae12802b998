"""The few words of our own on pages, in the languages we speak."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One language's words; ``{}`` is where a title or a number goes."""

    home: str
    back: str
    between: str
    subscribe: str
    article: str
    articles: str
    empty: str
    no_categories: str
    source: str
    medium: str
    authors: str
    tags: str
    published: str
    first_seen: str
    attachment: str
    incomplete: str
    untitled: str
    missing: str
    missing_hint: str
    gone: str
    gone_hint: str
    missing_article: str


ENGLISH = Words(
    home="Back to home",
    back="Back to {}",
    between=" | ",
    subscribe="Subscribe",
    article="{} article",
    articles="{} articles",
    empty="Nothing here yet. The feeds fill as soon as the first article arrives.",
    no_categories="No category yet. They appear here with their first article.",
    source="Read it at its source",
    medium="Medium",
    authors="By",
    tags="Tags",
    published="Published",
    first_seen="First seen",
    attachment="Attachment",
    incomplete="Only a summary of this article could be had; the whole text is at its source.",
    untitled="(untitled)",
    missing="There is no such page",
    missing_hint="It may have been mistyped, or it was kept for its time and then removed.",
    gone="This article is no longer here",
    gone_hint="Its publisher took it back, or it was taken down.",
    missing_article="See what is new in {}",
)

CHINESE = Words(
    home="返回首页",
    back="返回{}",
    between="｜",
    subscribe="订阅",
    article="{} 篇",
    articles="{} 篇",
    empty="暂无文章，首篇到达后即会出现在这里和订阅源中。",
    no_categories="暂无分类，首篇文章到达后即会出现在这里。",
    source="查看原文",
    medium="媒体",
    authors="作者",
    tags="标签",
    published="发布时间",
    first_seen="首次收录",
    attachment="附件",
    incomplete="本文仅取得摘要，全文请查看原文。",
    untitled="（无标题）",
    missing="没有这个页面",
    missing_hint="地址可能有误，或文章已过保存期限。",
    gone="这篇文章已不在此处",
    gone_hint="发布方已撤回，或已被移除。",
    missing_article="查看 {} 的最新文章",
)


def words_for(language: str) -> Words:
    """The words of ``language`` (BCP 47); English where we do not speak it."""
    return CHINESE if language.lower().startswith("zh") else ENGLISH
