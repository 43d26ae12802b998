"""The few words of our own on pages, in the languages we speak."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple


class Words(NamedTuple):
    """One language's words; ``{}`` is where a title or a number goes."""

    skip: str
    home: str
    back: str
    between: str
    new: str
    updated: str
    checked: str
    silent: str
    times_in: str
    subscribe: str
    subscribe_how: str
    subscribe_help: str
    article: str
    articles: str
    empty: str
    others: str
    no_categories: str
    older: str
    newer: str
    pages: str
    older_than: str
    no_older: str
    search: str
    search_titles: str
    found: str
    found_one: str
    found_more: str
    found_none: str
    search_hint: str
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
    missing_feed: str
    near: str
    all_feeds: str


ENGLISH = Words(
    skip="Skip to the content",
    home="Back to home",
    back="Back to {}",
    between=" | ",
    new="What is new",
    updated="Updated {}",
    checked="checked {}",
    silent="No source has answered since {}.",
    times_in="Times are in {}.",
    subscribe="Subscribe",
    subscribe_how="How to subscribe",
    subscribe_help=(
        "A feed reader shows you every new article as soon as it is here. "
        "Copy one of these addresses into yours; all of them say the same."
    ),
    article="{} article",
    articles="{} articles",
    others="More categories",
    empty="Nothing here yet. The feeds fill as soon as the first article arrives.",
    no_categories="No category yet. They appear here with their first article.",
    older="Older articles",
    newer="Newer articles",
    pages="Pages",
    older_than="Older articles",
    no_older="There are no older articles any more.",
    search="Search",
    search_titles="Search titles",
    found="{} articles found",
    found_one="One article found",
    found_more="The newest {} of more articles",
    found_none="No title among the newest articles holds that.",
    search_hint="Words of a title, in any order. The newest {} articles are searched.",
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
    missing_feed="There is no feed {}",
    near="Did you mean one of these?",
    all_feeds="All feeds:",
)

CHINESE = Words(
    skip="跳到正文",
    home="返回首页",
    back="返回{}",
    between="｜",
    new="最新内容",
    updated="{}更新",
    checked="{}检查",
    silent="自 {} 起，所有来源均未再响应。",
    times_in="时间为 {}。",
    subscribe="订阅",
    subscribe_how="如何订阅",
    subscribe_help="把下面任一地址复制到阅读器中，新文章一到即可看到；各地址内容相同。",
    article="{} 篇",
    articles="{} 篇",
    others="更多分类",
    empty="暂无文章，首篇到达后即会出现在这里和订阅源中。",
    no_categories="暂无分类，首篇文章到达后即会出现在这里。",
    older="更早的文章",
    newer="更新的文章",
    pages="翻页",
    older_than="更早的文章",
    no_older="没有更早的文章了。",
    search="搜索",
    search_titles="搜索标题",
    found="找到 {} 篇",
    found_one="找到 1 篇",
    found_more="仅显示最新的 {} 篇",
    found_none="最近的文章中没有这样的标题。",
    search_hint="输入标题中的词，顺序不限；搜索范围为最新的 {} 篇。",
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
    missing_feed="没有订阅源 {}",
    near="您要找的是不是：",
    all_feeds="全部订阅源：",
)

SPOKEN: Final = MappingProxyType({"en": ENGLISH, "zh": CHINESE})
"""The languages that pages come in, by primary tag."""


def spoken_for(language: str) -> str:
    """Which of our languages is used where ``language`` (BCP 47) is: English where we do not speak it."""
    primary = language.lower().partition("-")[0]
    return primary if primary in SPOKEN else "en"


def words_for(language: str) -> Words:
    """The words of ``language``, or of the one that is used instead."""
    return SPOKEN[spoken_for(language)]
