"""Words and names that publishers put around and between the paragraphs of articles, as data."""

from __future__ import annotations

import re

_ASKING = (
    r"(?:please )?(?:subscribe|sign up|register|log in|sign in) (?:to|for|now|here|with)\b.{0,160}",
    r"(?:get|receive) .{0,80}\b(?:in|to|into) your (?:inbox|e-?mail|mailbox)\b.{0,80}",
    r".{0,80}\b(?:sign up|subscribe|signup|our|free|daily|weekly)\b.{0,40}\bnewsletters?\b.{0,60}",
    (
        r"(?:follow|like|find|join|connect with) (?:\w+|\w+ \w+) on"
        r" (?:twitter|facebook|instagram|linkedin|x|youtube|telegram|whatsapp|google)\b.{0,120}"
    ),
    r"(?:.{1,60} )?(?:may|can) be (?:reached|contacted) (?:at|on|via)\b.{0,160}",
    r"(?:write to|contact|email|reach|e-mail) .{1,60}(?:\bat\b|:).{0,10}\S+@\S+.{0,40}",
    r"(?:have|got) a (?:news )?tip\b.{0,160}",
    r"(?:click|tap) here (?:to|for)\b.{0,120}",
    r"get .{0,40} by clicking here.{0,20}",
    r"if you (?:enjoyed|liked) this (?:article|post|story)\b.{0,400}",
    r"tell us what you think.{0,60}",
    r"support (?:us|our journalism|independent journalism)\b.{0,200}",
    r"become a (?:member|subscriber|patron)\b.{0,200}",
    r"(?:purchases|buy|shop|purchase) .{0,60}\bwe (?:may )?(?:earn|get|receive)\b.{0,160}",
    r".{0,200}\baffiliate (?:commission|links?)\b.{0,160}",
    r".{0,200}\bmay (?:get|earn|receive) a (?:share|commission)\b.{0,160}",
    r"(?:atenção|attention|achtung|note)\b.{0,20}\b(?:comentários|comment(?:aire)?s|kommentare)\b.{0,200}",
    r"(?:扫一扫|扫描二维码|长按(?:识别|二维码)|关注(?:我们|微信|公众号)|点击(?:关注|下载|查看更多)).{0,80}",
)
_POINTING_ELSEWHERE = (
    (
        r"(?:read|see|learn|find out|discover) (?:more|also|next)"
        r"(?:\s*(?:[:：|>»-]|about\b|on\b|at\b|here\b|in\b).{0,200})?"
    ),
    r"(?:also|must|more) read\b.{0,200}",
    r"(?:read|see|watch|listen)\s*:\s.{0,200}",
    (
        r"(?:related|more|recommended|suggested|popular|trending|latest|top|further)"
        r" (?:articles?|stories|story|posts?|news|content|reading|topics?|links?|coverage|videos?)\b.{0,80}"
    ),
    r"related\s*[:：].{0,200}",
    (
        r"(?:don[’']?t miss|you (?:may|might) (?:also )?(?:like|be interested in)"
        r"|more (?:from|on|like this|about)|most (?:read|popular|viewed)|what to read next|up next"
        r"|editors?[’']? picks?|see also|related|also on)"
        r"\b.{0,100}"
    ),
    r"(?:leggi anche|(?:à )?lire aussi|lee también|leia (?:também|mais)|lesen sie auch|lees ook)\b.{0,200}",
    r"(?:mehr zum thema|siehe auch|veja também|czytaj także|читайте также|также читайте|les også)\b.{0,200}",
    r"(?:相关(?:阅读|新闻|文章|链接|推荐|报道)|延伸阅读|推荐阅读).{0,120}",
    r"(?:更多(?:阅读|精彩|新闻|资讯)|阅读更多).{0,120}",
    r"(?:热门(?:文章|新闻|推荐)|猜你喜欢|上一篇|下一篇|返回(?:列表|首页|搜狐)).{0,120}",
    r"(?:関連(?:記事|ニュース)|あわせて読みたい).{0,120}",
)
_ABOUT_THE_PAGE = (
    r"(?:©|\(c\)|copyright\b|ⓒ|版权所有|著作权|저작권자).{0,300}",
    r".{0,60}(?:all rights reserved|無断転載|무단\s?전재|未经(?:许可|授权|书面授权)).{0,120}",
    (
        r"(?:tags?|filed under|topics?|categor(?:y|ies)|keywords|tagged|etiquetas|schlag(?:worte|wörter))"
        r"\s*[:：].{0,300}"
    ),
    r"(?:标签|关键[词字]|责任编辑|责编|责任校对|本文(?:来源|作者|编辑)).{0,80}",
    r"(?:文章来源|原标题|免责声明|阅读原文).{0,80}",
    r"(?:来源|编辑|作者|声明|校对|审核|微信号|公众号|记者|图片|源自)\s*[:：/|丨].{0,80}",
    r"(?:tags?|topics|comments?|\d+ comments?|(?:leave|post) a (?:comment|reply)|reply|view comments)\W*",
    r"(?:shares?|share (?:this|on|via).{0,60}|print|print article|order reprints)\W*",
    r"(?:email|save|like this|follow)\W*",
    r"(?:advertisement|advertising|ad|sponsored|publicidade?|publicité|anzeige|werbung|реклама)\W*",
    r"(?:more|loading|subscribe|close|next|previous|menu|search|thank you|continue reading.{0,60})\W*",
    r"(?:story|article) continues (?:below|after).{0,30}",
    r"(?:广告|分享(?:到.{0,20})?|评论|收藏|打印|举报|点赞|纠错|字号.{0,10}|阅读(?:量|数)?\s*\d*)\W*",
    r"(?:source|via|photos?|image|picture|credit|photo credits?|image (?:source|credit))\s*[:：].{0,120}",
    r"(?-i:SOURCE)\s+\S.{0,50}",
    r"(?:last )?(?:updated|posted|published|modified)(?: on| at|:)?\s.{0,40}\d.{0,30}",
    r"this (?:copy|content) is for your personal\b.{0,300}",
    r"(?:to order presentation-ready copies|distribution and use of this material)\b.{0,300}",
    r"(?:this article|your (?:message|comment|email)) (?:has been|was) (?:sent|submitted|posted)\b.{0,80}",
    r"an error has occurred\b.{0,80}",
)
_ENDS = (
    r"(?:leave|post|write|add) (?:a |your )?(?:comment|reply|response).{0,30}",
    (
        r"(?:\d+ )?(?:comments?|responses?|replies|comentários|comentarios|commentaires|kommentare|commenti)"
        r"(?:\s*\(?\d+\)?)?\W*"
    ),
    r"(?:комментарии|(?:网友)?评论|コメント)(?:\s*\(?\d+\)?)?\W*",
    (
        r"(?:related|recommended|more|popular|latest|trending)"
        r" (?:articles?|stories|posts?|news|content|topics|reading|videos)\W*"
    ),
    r"(?:about the (?:author|writer)|author bio|share this|share this (?:article|post|story))\W*.{0,40}",
    r"(?:you (?:may|might) also (?:like|enjoy)|read next|up next|more from .{1,40})\W*",
    r"most (?:read|popular|viewed)\W*",
    r"(?:相关(?:阅读|新闻|文章|推荐|报道)|推荐阅读|猜你喜欢|热门(?:文章|新闻|推荐)|関連記事|延伸阅读)\W*",
)
_FOREIGN = (
    *("related", "recommend(?:ed|ations?)?", "newsletter", "subscribe", "subscription", "signup", "sign-up"),
    *("social", "share", "sharing", "sharebar", "promo", "promotion", "advert(?:isement)?", "ads?"),
    *("adsbygoogle", "sponsor(?:ed)?", "outbrain", "taboola", "comments?", "disqus", "breadcrumbs?"),
    *("cookie", "popup", "modal", "author-?(?:bio|box|info|card)", "about-author", "bio", "tags?"),
    *("tag-list", "post-?meta", "entry-?meta", "byline", "dateline-meta", "pagination", "pager", "sidebar"),
    *("widget", "read-?more", "more-?stories", "see-?also", "also-?read", "most-?read", "trending"),
    *("paywall", "inline-?newsletter", "cta", "tools?", "toolbar", "toolbox", "scrim", "disclaimer"),
    "copyright",
)

NOTICE = re.compile(
    rf"\W{{0,3}}(?:{'|'.join((*_ASKING, *_POINTING_ELSEWHERE, *_ABOUT_THE_PAGE))})", re.IGNORECASE | re.DOTALL
)
"""Blocks that are no part of an article wherever they stand between its paragraphs."""
END = re.compile("|".join(_ENDS), re.IGNORECASE)
"""Blocks that nothing of the article follows, where they stand near its end."""
FOREIGN = re.compile(rf"(?:^|[-_\s])(?:{'|'.join(_FOREIGN)})(?:$|[-_\s])", re.IGNORECASE)
"""Classes and ids of what stands inside an article and is none of it."""
CAPTION = re.compile(
    r"(?:^|[-_\s])(?:\w*caption\w*|photo|(?:photo-?|image-?)?credits?|cutline|legend)(?:$|[-_\s])",
    re.IGNORECASE,
)
"""Classes of what belongs to an image."""
CREDITED = re.compile(
    r".{0,300}[(\[](?:images?|photos?|credits?|pictures?|file|foto|bild|图|图源|图片来源)\s*(?:by\b|[:：/])"
    r".{0,80}[)\]]\W*",
    re.IGNORECASE,
)
"""What a caption says where no class tells."""
DATED = re.compile(
    r"\W*\d{1,2}[./-]\d{1,2}[./-]\d{4}\b.{0,90}|(?:.{0,40}\D)?(?:19|20)\d\d\b.{0,40}"
    r"|.{0,40}\d{1,2}:\d\d.{0,30}|.{0,40}20\d\d年\d{1,2}月.{0,40}"
)
"""A line with a date and little else."""
EMBEDDED = frozenset(
    {"twitter-tweet", "twitter-video", "instagram-media", "tiktok-embed", "fb-post", "bluesky-embed"}
)
"""Classes of quotations from elsewhere that are the article's own."""
KNOWN = frozenset(
    {
        *("article-body", "article_body", "articlebody", "article__body", "article-body-content"),
        *("article-content", "article_content", "article__content", "article-text", "article__text"),
        *("articletext", "article-detail", "art_content", "artical-main-content", "content-article"),
        *("entry-content", "entry__content", "post-content", "post_content", "post__content", "post-body"),
        *("post__body", "postcontent", "td-post-content", "post_body", "post-richtextcontainer"),
        *("story-body", "story_body", "story__body", "story-content", "story__content", "storycontent"),
        *("story-text", "news-content", "news_content", "newscontent", "news-body", "newsbody", "news-text"),
        *("news-detail", "body-content", "content-body", "contentbody", "contentdetail", "e-content"),
        *("markdown-body", "main-text", "main-article", "blog-content", "blog-post-content", "gh-content"),
        *("content_views", "trs_editor", "rich_media_content", "js_content", "artibody", "article-holder"),
        *("endtext", "cnt-main-article-qq", "ucap-content", "vsb_content", "v_news_content", "zoom"),
        *("zoomcon", "p-detail", "rwb_zw", "left_zw", "text_con", "show_text", "main-aticle"),
        "pages_content",
    }
)
"""Classes and ids (lower case) of elements that hold an article's body and nothing else, on many sites."""
