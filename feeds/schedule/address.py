"""Where a source is asked for: at its own address, or at one it was moved to or discovered at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from feeds.crawl import Address, Health, Reason
from feeds.model import Exchange, Failure, Validators
from feeds.told import Source

AGREEMENT = timedelta(days=3)
"""How long permanent redirects must lead to one address before that is adopted."""
FULL_EVERY = timedelta(days=8)
"""A server may say 304 for ever by mistake: after so long the whole is asked for. Nor need an adopted
address be right for ever: as often the source's own is asked whether it still leads there."""
_TRIES = 3
_REMEMBERED = 10
_TELLING = frozenset({"Gone", "NotAFeed", "BotWall", "UnsafeURL", "Disallowed"})
_NOT_ITS_FAULT = frozenset({"OwnNetwork", "SecretMissing"})
_SECRET = "${secret."


def address_of(source: Source, health: Health, now: datetime) -> str:
    """Where to ask for the source now."""
    known = health.address
    return known.url if known is not None and known.adopted and not is_own_due(health, now) else source.url


def conditions_of(health: Health, now: datetime) -> Validators:
    """The validators to send: all but the digest are left out when the whole is due, or another address."""
    if is_full_due(health, now) or is_own_due(health, now):
        return Validators(digest=health.validators.digest)
    return health.validators


def is_full_due(health: Health, now: datetime) -> bool:
    """Whether nothing but 304 came for eight days."""
    return health.full_at is not None and now - health.full_at >= FULL_EVERY


def is_own_due(health: Health, now: datetime) -> bool:
    """Whether an adopted address has stood in for the source's own for eight days."""
    known = health.address
    return known is not None and known.adopted and now - known.checked_at >= FULL_EVERY


def may_move(source: Source) -> bool:
    """Whether another address could be asked in place of the source's: what is secret stays where it is."""
    return source.method == "GET" and _SECRET not in source.url


def asked_own(source: Source, exchange: Exchange) -> bool:
    """Whether the source's own address was asked, and no adopted one."""
    return bool(exchange.hops) and exchange.hops[0].url == source.url


def after_answer(source: Source, health: Health, exchange: Exchange, now: datetime) -> Address | None:
    """What is known of the source's address after an answer that could be used.

    Only an answer at the source's own address says anything; an adopted one is kept until then.
    """
    known = health.address
    if not may_move(source) or not asked_own(source, exchange):
        return known
    target = exchange.moved_to
    if target is None or target == source.url:
        return None
    if known is None or known.url != target:
        return Address(url=target, reason=Reason.MOVED, since=now, checked_at=now)
    return replace(known, adopted=known.adopted or now - known.since >= AGREEMENT, checked_at=now)


def after_discovery(health: Health, found: Sequence[str], now: datetime) -> Address:
    """The feed that a page at the source's own address names: the one it named before, else the first.

    What was none (``Health.refused``) comes after all others.
    """
    known = health.address
    if known is not None and known.reason is Reason.DISCOVERED and known.url in found:
        return replace(known, adopted=True, checked_at=now)
    url = next((url for url in found if url not in health.refused), found[0])
    return Address(url=url, reason=Reason.DISCOVERED, since=now, adopted=True, checked_at=now)


def after_trouble(health: Health, failure: Failure) -> Address | None:
    """An adopted address that fails is given up: at once when it says what it is, else at the third time."""
    known = health.address
    if known is None or not known.adopted or failure.error in _NOT_ITS_FAULT:
        return known
    telling = failure.error in _TELLING or failure.status == 404
    return None if telling or health.failures + 1 >= _TRIES else known


def is_own_trouble(source: Source, health: Health, failure: Failure) -> bool:
    """Whether the own address failed, which was only asked whether it still leads to the adopted one."""
    known = health.address
    if known is None or not known.adopted or failure.error in _NOT_ITS_FAULT:
        return False
    return asked_own(source, failure.exchange)


def refused_after(health: Health, address: Address | None) -> tuple[str, ...]:
    """The feeds that were none, when ``address`` is what is left of the adopted one."""
    known = health.address
    if known is None or address is not None or known.reason is not Reason.DISCOVERED:
        return health.refused
    return (*health.refused[-_REMEMBERED:], known.url)
