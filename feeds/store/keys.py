"""Every Redis key feedmill uses, spelled once.

format                    version of this layout, checked at start
tokens                    counter: each claim and each start takes the next number
due:<stage>               zset   member → when work is wanted (UTC ms); the lease's end while claimed
claims:<stage>            hash   member → token of the current claim
attempts:<stage>          hash   member → starts since the last finish
origins:<stage>           hash   member → "domain per_domain spacing_ms host robots", for fetch and page
reserved:<stage>          hash   member → the time its domain has kept for it (UTC ms)
more                      hash   "more:<source>:<number>" → Continuation of a list, a member of due:page
failures:page             hash   article id → failed tries for its own page
errors:page               hash   source → what its last failed article page said
again, asked              sets   sources refreshed while claimed; sources `once` waits for
slots:<domain>            zset   "stage:member" → lease's end: requests in flight
free:<lane> tail:<lane>   when the next request may be claimed; end of the reserved times (UTC ms)
began:<lane>              when the last request may begin that was started; a lane is a domain (its
                          spacing) or "host:<host>" (its Crawl-delay)
hold:host:<host> hold:domain:<domain>  until when it asked to be left alone (UTC ms)
robots:<scheme://host:port>      Robots, for a day at most; delay:<host> its Crawl-delay (ms)
outcomes:<source>         list   the last 20 Outcomes of a source, newest first (JSON)
site sources health       string; hash id → Source; hash id → Health (JSON)
renamed                   hash   name that articles know a source by → its id, where these differ
payload:<member>          Payload waiting for parse; aside:<member> one that ended its parser
entries:<source>          hash   article id → digest of the entry last seen; notes of pipeline/identity.py
signatures:<source>       hash   hash of address and title → article id
glimpses:<source>         string Remembered: the entries of its last document (JSON, zstd)
article:<id>              hash   v version, b Article, e Entry as published (JSON, zstd)
removed                   hash   hash of an address → id of the article there that was taken down
gone                      zset   ids of withdrawn and removed articles → when (UTC ms)
revisions:<id>            list   the last 5 wordings before, newest first (JSON, zstd)
paths                     hash   path → article id
slugs                     hash   casefolded spelling or alias → slug
category:<slug>           hash   changed, published, published_at, render, warnings, silent_since, spec;
                          dirty: changed > published
index:<slug>              zset   article id → sort key (UTC ms)
documents:<slug>          hash   format → Document (msgpack)
edited                    zset   article id → number of its last write, from tokens; the newest 100,000
published                 channel: slugs whose documents changed, as they do
"""

from __future__ import annotations

FORMAT = "2"
ALL = "all"
"""The slug of everything: a category like the others, published less often."""


class Keys:
    """Key names under one prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.format = prefix + "format"
        self.tokens = prefix + "tokens"
        self.again = prefix + "again"
        self.asked = prefix + "asked"
        self.site = prefix + "site"
        self.sources = prefix + "sources"
        self.health = prefix + "health"
        self.renamed = prefix + "renamed"
        self.paths = prefix + "paths"
        self.slugs = prefix + "slugs"
        self.gone = prefix + "gone"
        self.removed = prefix + "removed"
        self.more = prefix + "more"
        self.edited = prefix + "edited"
        self.published = prefix + "published"
        self.page_failures = prefix + "failures:page"
        self.page_errors = prefix + "errors:page"

    def due(self, stage: str) -> str:
        return f"{self.prefix}due:{stage}"

    def claims(self, stage: str) -> str:
        return f"{self.prefix}claims:{stage}"

    def attempts(self, stage: str) -> str:
        return f"{self.prefix}attempts:{stage}"

    def origins(self, stage: str) -> str:
        return f"{self.prefix}origins:{stage}"

    def reserved(self, stage: str) -> str:
        return f"{self.prefix}reserved:{stage}"

    def payload(self, member: str) -> str:
        return f"{self.prefix}payload:{member}"

    def aside(self, member: str) -> str:
        return f"{self.prefix}aside:{member}"

    def entries(self, source_id: str) -> str:
        return f"{self.prefix}entries:{source_id}"

    def signatures(self, source_id: str) -> str:
        return f"{self.prefix}signatures:{source_id}"

    def glimpses(self, source_id: str) -> str:
        return f"{self.prefix}glimpses:{source_id}"

    def article(self, article_id: str) -> str:
        return f"{self.prefix}article:{article_id}"

    def revisions(self, article_id: str) -> str:
        return f"{self.prefix}revisions:{article_id}"

    def category(self, slug: str) -> str:
        return f"{self.prefix}category:{slug}"

    def index(self, slug: str) -> str:
        return f"{self.prefix}index:{slug}"

    def documents(self, slug: str) -> str:
        return f"{self.prefix}documents:{slug}"

    def outcomes(self, source_id: str) -> str:
        return f"{self.prefix}outcomes:{source_id}"

    def robots(self, site: str) -> str:
        return f"{self.prefix}robots:{site}"

    def delay(self, host: str) -> str:
        return f"{self.prefix}delay:{host}"

    def holds(self, host: str, domain: str) -> tuple[str, str]:
        return f"{self.prefix}hold:host:{host}", f"{self.prefix}hold:domain:{domain}"

    def slots_pattern(self) -> str:
        return f"{self.prefix}slots:*"

    def for_lua(self) -> dict[str, str]:
        """Names and prefixes that the scripts complete with a stage, member, domain or slug."""
        return {
            "tokens": self.tokens,
            "again": self.again,
            "asked": self.asked,
            "paths": self.paths,
            "edited": self.edited,
            "published": self.published,
            "due": self.due(""),
            "claims": self.claims(""),
            "attempts": self.attempts(""),
            "origins": self.origins(""),
            "reserved": self.reserved(""),
            "category": self.category(""),
            "slots": self.prefix + "slots:",
            "free": self.prefix + "free:",
            "tail": self.prefix + "tail:",
            "began": self.prefix + "began:",
            "hold": self.prefix + "hold:",
            "delay": self.prefix + "delay:",
        }
