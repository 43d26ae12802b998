"""Pictures and frames that count readers and show nothing: known by where they come from."""

from __future__ import annotations

import re

_HOSTS = (
    *("51.la", "addtoany.com", "cnzz.com", "doubleclick.net", "feedsportal.com", "google-analytics.com"),
    *("googleadservices.com", "googlesyndication.com", "googletagmanager.com", "hm.baidu.com"),
    *("hotjar.com", "matomo.cloud", "mixpanel.com", "pheedo.com", "pixel.wp.com", "quantserve.com"),
    *("scorecardresearch.com", "sitemeter.com", "statcounter.com", "stats.wordpress.com"),
    *("bat.bing.com", "px.ads.linkedin.com", "analytics.twitter.com", "counter.theconversation.com"),
)
"""Hosts that serve nothing else, with all hosts below them."""

_PLACES = (
    r"feeds\.feedburner\.com/~(?:r|ff|4)/",
    r"(?:www\.)?facebook\.com/tr\b",
    r"(?:www\.)?google\.com/ads/",
    r"medium\.com/_/stat\b",
    r"t\.co/i/adsct\b",
    r"[^/]+\.list-manage\.com/track/",
    r"[^/]+/wf/open\?",
    r"[^/]+/(?:[^?#]*/)?(?:__utm|beacon|count|pixel|tracking|tracker|1x1|clear)\.(?:gif|png)(?:[?#]|\Z)",
    r"[^/]+/(?:[^?#]*/)?(?:beacon|matomo\.php|pixel|piwik\.php|g/collect)(?:[/?]|\Z)",
)
"""Hosts and paths, where a host serves other things too or any host may be meant."""

_BEACON = re.compile(
    r"(?:https?:)?//(?:(?:[^/?#@]+\.)?(?:" + "|".join(map(re.escape, _HOSTS)) + r")(?::\d+)?(?:[/?#]|\Z)"
    r"|(?:" + "|".join(_PLACES) + "))",
    re.IGNORECASE,
)


def is_beacon(address: str) -> bool:
    """Whether whoever asks for ``address`` is counted and gets nothing to see."""
    return bool(_BEACON.match(address))
