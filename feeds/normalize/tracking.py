"""What addresses carry that leads nowhere: parameters that only count visitors, and pages that only pass on.

Ours to keep: a name belongs into :data:`EVERYWHERE` only if no site could mean anything by it; a short or
common word goes to the sites that are known to use it, in :data:`AT_SITES`. Names are in lower case.
"""

from __future__ import annotations

STARTS = (
    *("utm_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "oly_", "vero_", "sfmc_", "elq"),
    *("wt.", "cm_mmc", "pd_rd_", "pf_rd_", "__cft__", "at_custom", "at_campaign"),
)
"""How names begin that mean nothing anywhere."""

_ADVERTISING = {
    *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "srsltid"),
    *("msclkid", "yclid", "ysclid", "ymclid", "twclid", "ttclid", "li_fat_id", "rdt_cid", "sccid", "epik"),
    *("qclid", "irclickid", "irgwc", "cjevent", "awc", "tblci", "dicbo", "s_kwcid", "ef_id", "wickedid"),
    *("_branch_match_id", "igshid", "mibextid", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref"),
}
_MEASURING = {
    *("_ga", "_gl", "_openstat", "xtor", "wt_mc", "wt_zmc", "s_cid", "cmpid", "ns_mchannel", "ns_source"),
    *("ns_campaign", "ns_linkname", "ns_fee", "at_medium", "at_format", "at_link_id", "at_link_type"),
    *("at_link_origin", "at_ptr_name", "at_bbc_team", "at_creation", "at_variant", "at_emailtype"),
    *("ref_src", "ref_url", "__twitter_impression", "guccounter", "guce_referrer", "guce_referrer_sig"),
}
_MAILING = {
    *("mc_cid", "mc_eid", "mc_tc", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking"),
    *("mkt_tok", "ml_subscriber", "ml_subscriber_hash", "_kx"),
}
EVERYWHERE = frozenset(_ADVERTISING | _MEASURING | _MAILING)
"""Names that mean nothing anywhere."""

SAYS_WHENCE = frozenset({"from", "ref", "ref_", "source", "src", "via", "origin", "partner", "ncid", "emc"})
"""Names that may mean anything, and nothing where their value begins with ``rss``: whence a reader came."""

_CONDE_NAST = frozenset({"mbid"})
_ALIBABA = frozenset({"spm", "scm"})
_BBC = frozenset({"ocid", "intlink_from_url", "intlink_ts"})
_DOW_JONES = frozenset({"mod", "reflink", "siteid"})
_TWITTER = frozenset({"s", "t", "cxt"})

AT_SITES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("alibaba.com", "aliyun.com", "taobao.com", "tmall.com", "1688.com"), _ALIBABA),
    **dict.fromkeys(("csdn.net", "sohu.com", "youku.com", "alipay.com"), _ALIBABA),
    **dict.fromkeys(("bbc.co.uk", "bbc.com"), _BBC),
    **dict.fromkeys(("newyorker.com", "wired.com", "vanityfair.com", "vogue.com"), _CONDE_NAST),
    **dict.fromkeys(("wsj.com", "marketwatch.com", "barrons.com"), _DOW_JONES),
    **dict.fromkeys(("twitter.com", "x.com"), _TWITTER),
    **dict.fromkeys(("time.com", "fortune.com", "people.com"), frozenset({"xid"})),
    **dict.fromkeys(("cbsnews.com", "cnet.com", "zdnet.com"), frozenset({"ftag"})),
    "163.com": frozenset({"spss", "spsnuid", "spsdevid", "spsvid", "spsshare", "spsts", "spstoken"}),
    "baijiahao.baidu.com": frozenset({"wfr", "for"}),
    "bilibili.com": frozenset(
        {"spm_id_from", "from_spmid", "vd_source", "unique_k", "seid", "share_source", "share_medium"}
        | {"share_plat", "share_session_id", "share_tag", "share_from"}
    ),
    "bloomberg.com": frozenset({"srnd", "sref", "leadsource"}),
    "cnbc.com": frozenset({"__source"}),
    "cnn.com": frozenset({"iid", "hpt", "eref"}),
    "dailymail.co.uk": frozenset({"ito"}),
    "douban.com": frozenset({"dt_platform", "dt_dapp", "_i"}),
    "dw.com": frozenset({"maca"}),
    "ebay.com": frozenset({"_trkparms", "_trksid", "mkevt", "mkcid", "mkrid", "campid", "toolid"}),
    "economist.com": frozenset({"fsrc"}),
    "facebook.com": frozenset({"__tn__", "rdid", "refsrc", "hc_ref", "fref", "acontext"}),
    "ft.com": frozenset({"ftcamp", "segmentid", "sharetype"}),
    "instagram.com": frozenset({"igsh"}),
    "linkedin.com": frozenset({"trk", "trackingid", "refid", "lipi", "midtoken", "midsig", "trkemail"}),
    "medium.com": frozenset({"source"}),
    "mp.weixin.qq.com": frozenset(
        {"chksm", "scene", "subscene", "sessionid", "clicktime", "enterid", "ascene", "devicetype"}
        | {"nettype", "exportkey", "pass_ticket", "wx_header", "srcid", "click_id", "poc_token"}
        | {"sharer_shareinfo", "sharer_shareinfo_first"}
    ),
    "news.google.com": frozenset({"oc"}),
    "npr.org": frozenset({"ft", "f"}),
    "nytimes.com": frozenset({"smid", "smtyp", "partner", "emc", "_r", "searchresultposition"}),
    "qq.com": frozenset({"pgv_ref", "ptag", "adtag"}),
    "reddit.com": frozenset({"share_id", "ref_source", "rdt", "correlation_id"}),
    "reuters.com": frozenset({"feedtype", "feedname", "virtualbrandchannel"}),
    "sina.cn": frozenset({"from", "wm", "sudaref"}),
    "sina.com.cn": frozenset({"from", "wm", "sudaref"}),
    "spotify.com": frozenset({"si", "nd", "dlsi"}),
    "theguardian.com": frozenset({"cmp"}),
    "tiktok.com": frozenset({"is_from_webapp", "sender_device", "_r", "_t", "web_id"}),
    "toutiao.com": frozenset({"tt_from", "share_token"}),
    "washingtonpost.com": frozenset({"wprss", "wpisrc", "wpmm", "tid", "itid", "hpid"}),
    "weibo.com": frozenset({"refer_flag", "sudaref"}),
    "youtu.be": frozenset({"si", "feature"}),
    "youtube.com": frozenset({"si", "feature", "pp", "ab_channel"}),
}
"""Names that mean nothing at a site: a domain with all that is below it."""

Passing = tuple[str, tuple[str, ...]]
ANY_PATH = "*"
WHOLE_QUERY: tuple[str, ...] = ()

REDIRECTORS: dict[str, tuple[Passing, ...]] = {
    "anrdoezrs.net": ((ANY_PATH, ("url",)),),
    "away.vk.com": (("/away.php", ("to",)),),
    "awin1.com": (("/cread.php", ("ued", "p")),),
    "blog.51cto.com": (("/transfer", WHOLE_QUERY),),
    "c.pc.qq.com": ((ANY_PATH, ("pfurl", "url")),),
    "click.linksynergy.com": (("/deeplink", ("murl",)), ("/fs-bin/click", ("murl", "rd_parm1"))),
    "cloud.tencent.com": (("/developer/tools/blog-entry", ("target",)),),
    "deviantart.com": (("/users/outgoing", WHOLE_QUERY),),
    "doc.weixin.qq.com": (("/scenario/link.html", ("url",)),),
    "docs.qq.com": (("/scenario/link.html", ("url",)),),
    "douban.com": (("/link2", ("url",)),),
    "dpbolvw.net": ((ANY_PATH, ("url",)),),
    "duckduckgo.com": (("/l", ("uddg",)),),
    "exit.sc": (("", ("url",)),),
    "facebook.com": (("/l.php", ("u",)),),
    "flipboard.com": (("/redirect", ("url",)),),
    "gate.sc": (("", ("url",)),),
    "getpocket.com": (("/redirect", ("url",)),),
    "gitee.com": (("/link", ("target",)),),
    "go.redirectingat.com": (("", ("url",)),),
    "go.skimresources.com": (("", ("url",)),),
    "google.*": (("/url", ("q", "url")),),
    "googleadservices.com": (("/pagead/aclk", ("adurl",)),),
    "href.li": (("", WHOLE_QUERY),),
    "infoq.cn": (("/link", ("target",)),),
    "jdoqocy.com": ((ANY_PATH, ("url",)),),
    "jianshu.com": (("/go-wild", ("url",)),),
    "l.instagram.com": (("", ("u",)),),
    "l.messenger.com": (("/l.php", ("u",)),),
    "l.threads.com": (("", ("u",)),),
    "l.threads.net": (("", ("u",)),),
    "leetcode.cn": (("/link", ("target",)),),
    "link.csdn.net": (("", ("target",)),),
    "link.jianshu.com": (("", ("t",)),),
    "link.juejin.cn": (("", ("target",)),),
    "link.juejin.im": (("", ("target",)),),
    "link.zhihu.com": (("", ("target",)),),
    "linkedin.com": (("/redir/redirect", ("url",)), ("/safety/go", ("url",))),
    "medium.com": (("/r", ("url",)),),
    "nytimes.com": (("/adx/bin/adx_click.html", ("goto",)),),
    "oschina.net": (("/action/gotolink", ("url",)),),
    "out.reddit.com": ((ANY_PATH, ("url",)),),
    "pixiv.net": (("/jump.php", ("url",)), ("/jump.php", WHOLE_QUERY)),
    "retriever-info.com": (("/go", ("u",)),),
    "safelinks.protection.outlook.com": (("", ("url",)),),
    "slack-redir.net": (("/link", ("url",)),),
    "sspai.com": (("/link", ("target",)),),
    "steamcommunity.com": (("/linkfilter", ("url", "u")), ("/linkfilter", WHOLE_QUERY)),
    "t.umblr.com": (("/redirect", ("z",)),),
    "tkqlhce.com": ((ANY_PATH, ("url",)),),
    "vk.com": (("/away.php", ("to",)),),
    "weibo.cn": (("/sinaurl", ("u", "url", "toasturl")),),
    "youtube.com": (("/redirect", ("q",)),),
    "yuque.com": (("/r/goto", ("url",)),),
}
"""By site: at which path which parameters hold the address that it passes on to.

Paths are in lower case, without a slash at their end. A site is a domain with all that is below it;
``google.*`` is one under every ending.
"""
