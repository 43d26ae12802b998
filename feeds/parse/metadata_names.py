"""Where pages say what their article is: names of meta elements (lower case), and XPath, the best first."""

from __future__ import annotations

TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "weibo:article:title")
AUTHORS = (
    *("article:author", "dc.creator", "dcterms.creator", "dc.author", "author", "parsely-author", "byl"),
    *("sailthru.author", "citation_author", "article:author_name", "weibo:article:author", "mediaid"),
)
PUBLISHED = (
    *("article:published_time", "og:published_time", "article:published", "datepublished", "og:release_date"),
    *("bytedance:published_time", "weibo:article:create_at", "publishdate", "pubdate", "publish_date"),
    *("publish-date", "published_time", "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date"),
    *(
        "dcterms.issued",
        "parsely-pub-date",
        "sailthru.date",
        "citation_publication_date",
        "cxenseparse:recs:publishtime",
    ),
    *("date", "releasedate", "apub:time", "_pubtime"),
)
UPDATED = (
    *(
        "article:modified_time",
        "og:updated_time",
        "datemodified",
        "bytedance:updated_time",
        "dcterms.modified",
    ),
    *("dc.date.modified", "last-modified", "lastmod", "weibo:article:update_at"),
)
IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image")
SUMMARIES = ("og:description", "twitter:description", "description", "dc.description", "dcterms.description")
LANGUAGES = ("og:locale", "content-language", "dc.language", "dcterms.language", "language")

NAMES_ON_PAGE = (
    './/*[@itemprop="author"]//*[@itemprop="name"]',
    './/*[@itemprop="author"]',
    './/*[@rel="author"]',
    './/*[contains(concat(" ", normalize-space(@class), " "), " author-name ")]',
    './/*[contains(@class, "byline")]//a',
    './/*[contains(@class, "byline")]',
    './/*[contains(concat(" ", normalize-space(@class), " "), " author ")]',
)
DATES_ON_PAGE = (
    './/*[@itemprop="datePublished"]/@datetime',
    './/*[@itemprop="datePublished"]/@content',
    ".//time[@pubdate]/@datetime",
    ".//article//time/@datetime",
    ".//main//time/@datetime",
    ".//time/@datetime",
)
LABELS_OF_DATES = (
    './/*[contains(@class, "date") or contains(@class, "time") or contains(@class, "pub")'
    ' or contains(@class, "info") or contains(@class, "source") or contains(@class, "meta")'
    ' or contains(@id, "date") or contains(@id, "time")]'
)
