"""Pages that stand where a feed should be: bot walls, login pages, maintenance pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.parse.page import Page, page_of

_FEW_WORDS = 600
_SOME_WORDS = 3000


@dataclass(frozen=True, slots=True)
class Wall:
    """What tells a wall: ``marks`` are in the markup of its pages alone, and so is a whole ``title``.

    ``hints`` are on ordinary pages of the same protection too: they count where the title tells of
    a wall, or the page says next to nothing.
    """

    name: str
    marks: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    title: str | None = None


_TELLING = re.compile(
    r"captcha|\bbots?\b|robot|\bhuman\b|verif|security check|checking your browser|access denied|blocked"
    r"|are you|denied|forbidden|challenge|one moment|just a moment|checkpoint|firewall|attention required"
    r"|验证|驗證|防火墙|拦截|安全检查|访问受限|访问被|禁止访问|确认您是|ロボット|認証|проверка|робот",
    re.IGNORECASE,
)
"""Titles no page has that lets anybody in, if something else about it is odd as well."""

WALLS = (
    Wall(
        "Cloudflare challenge",
        marks=("_cf_chl_opt", "__cf_chl_", "cf-browser-verification", "cf_chl_prog", "cf-challenge-running"),
        hints=("/cdn-cgi/challenge-platform/", "challenges.cloudflare.com", "ray id"),
        title=r"just a moment\.*|attention required! \| cloudflare|please wait\.* \| cloudflare",
    ),
    Wall("Cloudflare block", marks=('id="cf-error-details"',), hints=("used cloudflare to restrict access",)),
    Wall(
        "DataDome",
        marks=("captcha-delivery.com/", "var dd={'rt':", 'var dd={"rt":'),
        hints=("js.datadome.co", "datadome"),
    ),
    Wall(
        "Imperva",
        marks=("_incapsula_resource?swudnsai",),
        hints=("_incapsula_resource", "incapsula incident id"),
        title=r"pardon our interruption\.*",
    ),
    Wall(
        "Akamai",
        marks=("errors.edgesuite.net", "/_sec/cp_challenge/", "sec-if-cpt-container", "?bm-verify="),
        hints=("reference&#32;&#35;", "reference #"),
    ),
    Wall(
        "PerimeterX/HUMAN",
        marks=('id="px-captcha"', "captcha.px-cdn.net", "captcha.perimeterx.net", "_pxblockedurl"),
        hints=("_pxappid", "perimeterx"),
        title=r"access to this page has been denied\.?",
    ),
    Wall(
        "AWS WAF",
        marks=("window.gokuprops", "awswafintegration.checkforcerefresh", "awswafintegration.forcerefresh"),
        hints=("awswaf.com",),
    ),
    Wall(
        "Anubis",
        marks=('id="anubis_challenge"', 'id="anubis_version"'),
        hints=("/.within.website/x/",),
        title=r"making sure you(?:'|’)re not a bot!",
    ),
    Wall(
        "DDoS-Guard",
        marks=("/.well-known/ddos-guard/js-challenge", "data-ddg-origin"),
        hints=("ddos-guard",),
        title=r"ddos-guard",
    ),
    Wall(
        "Sucuri",
        marks=("sucuri_cloudproxy_js", "cdn.sucuri.net/sucuri-firewall-block"),
        title=r"sucuri website firewall.*",
    ),
    Wall(
        "Vercel checkpoint",
        marks=("/.well-known/vercel/security/",),
        title=r"vercel security checkpoint",
    ),
    Wall("Kasada", marks=("window.kpsdk={}", "/149e9513-01fa-4fb0-aad4-566afd725d1b/"), hints=("kpsdk",)),
    Wall("Fastly", marks=("/_fs-ch-",), title=r"client challenge"),
    Wall("F5", hints=("your support id is", "/tspd/", "bobcmn"), title=r"request rejected"),
    Wall("Wordfence", hints=("wordfence",), title=r"your access to this site has been limited.*"),
    Wall("Imunify360", marks=("wsidchk",), hints=("imunify360",)),
    Wall("SiteGround", marks=("/.well-known/sgcaptcha/",), title=r"robot challenge screen"),
    Wall("LiteSpeed", marks=("/.lsrecap/recaptcha",)),
    Wall("Qrator", marks=("/__qrator/qauth",)),
    Wall("Yandex SmartCaptcha", marks=("/checkcaptcha?key=",), hints=("smartcaptcha", "/showcaptcha")),
    Wall(
        "阿里云盾",
        marks=("acw_sc__v2", "/_____tmd_____/punish", "aliyunwaf_"),
        hints=("acw_sc__v3", "aliyuncaptcha", "errors.aliyun.com"),
    ),
    Wall(
        "知道创宇",
        marks=("__jsl_clearance", "document.cookie=('_')+('_')+('j')+('s')+('l')"),
        hints=("__jsluid", "创宇盾", "jiasule", "加速乐"),
    ),
    Wall("百度安全验证", hints=("wappass.baidu.com",), title=r"百度安全验证"),
    Wall("百度云加速", hints=("yunjiasu",)),
    Wall("腾讯 EdgeOne", marks=("eo_bot_ssid", "__tst_status"), hints=("turing.captcha", "waf.tencent")),
    Wall("安全狗", marks=("safedog.cn/", "safedogsite/"), hints=("safedog", "安全狗")),
    Wall("宝塔防火墙", marks=("btwaf",), hints=("宝塔",), title=r"宝塔.{0,8}防火墙"),
    Wall("雷池 SafeLine", marks=("/.safeline/", "safeline_bot_challenge"), hints=("safeline", "雷池")),
    Wall("瑞数", hints=("$_ts=window['$_ts']", "$_ts.cd", "$_ts={}")),
    Wall(
        "a captcha",
        hints=(
            *("g-recaptcha", "recaptcha/api.js", "recaptcha/enterprise.js", "h-captcha", "hcaptcha.com"),
            *("cf-turnstile", "geetest", "tencentcaptcha", "arkoselabs.com", "funcaptcha", "friendlycaptcha"),
            *("/captcha", 'id="captcha', "captcha.js", "captcha.min.js", "nocaptcha"),
        ),
        title=r"(?:human|bot|robot|captcha) (?:verification|check)|captcha"
        r"|verify (?:that )?you(?:'|’| a)re human|are you (?:a |not a )?(?:human|robot)\??",
    ),
    Wall(
        "安全验证",
        title=r"(?:网站|网络|访问)?安全(?:验证|检查|检测|校验)(?:中心|页面|中)?|(?:访问|人机|滑动|身份|用户|滑块)(?:验证|校验)(?:页面)?"
        r"|验证中心|(?:请输入)?验证码|访问(?:受限|异常|过于频繁)|网站防火墙|您的访问(?:出错|被阻断|被拦截)了?",
    ),
)
"""Which words of a page's markup (in lower case) give which wall away, the surest walls first."""

_PASSWORD = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN = re.compile(
    r"\b(?:log|sign)[ -]?(?:in|on)\b|\blogin\b|anmeld|einloggen|connexion|identifi|iniciar sesi|accedi"
    r"|登录|登錄|登陆|登入|ログイン|로그인|вход",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(
    r"(?:under|down for|undergoing|scheduled) maintenance|maintenance (?:mode|page|in progress)"
    r"|(?:site|system|server|website) maintenance|\A\W*maintenance\W*\Z|be (?:right )?back (?:soon|shortly)"
    r"|wartungs(?:arbeiten|modus|seite)|en maintenance|en mantenimiento|in manutenzione"
    r"|технические работы|(?:维护|維護)(?:中|升级|公告|页面|通知)"
    r"|(?:系统|网站|服务器?|正在|停机|升级)\W*(?:维护|維護)|\A\W*(?:维护|維護)\W*\Z|系统升级|メンテナンス",
    re.IGNORECASE,
)


def wall_of(body: bytes) -> str | None:
    """The bot wall a page is, by name; ``None`` for all other pages and for what is no page."""
    page = page_of(body)
    return None if page is None else wall_on(page)


def wall_on(page: Page) -> str | None:
    """The name of the wall. None has many words, and what an article says of one is no mark of it."""
    if len(page.words) > _SOME_WORDS:
        return None
    source, words, odd = page.source.lower(), page.words.lower(), _is_odd(page)
    for wall in WALLS:
        sure = any(mark in source and mark not in words for mark in wall.marks) or _is_title(wall, page)
        if sure or (odd and any(hint in source for hint in wall.hints)):
            return wall.name
    return None


def is_login(page: Page) -> bool:
    """Whether a page asks for a password and has little else to say."""
    if not _PASSWORD.search(page.source):
        return False
    return len(page.words) < (_SOME_WORDS if _LOGIN.search(page.title) else _FEW_WORDS)


def is_maintenance(page: Page) -> bool:
    """Whether a page says in its title or first heading, and in few words, that it is away for now."""
    said = _MAINTENANCE.search(page.title) or _MAINTENANCE.search(page.heading)
    return said is not None and len(page.words) < _SOME_WORDS


def _is_title(wall: Wall, page: Page) -> bool:
    if wall.title is None or not page.title:
        return False
    return re.fullmatch(wall.title, page.title, re.IGNORECASE) is not None


def _is_odd(page: Page) -> bool:
    """Whether hints count: login pages have captchas too."""
    if _PASSWORD.search(page.source):
        return False
    return bool(_TELLING.search(page.title)) or (not page.title and len(page.words) < _FEW_WORDS)
