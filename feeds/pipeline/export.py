"""export, its first half: what has changed is published; pipeline/public.py then writes the files."""

from __future__ import annotations

from collections.abc import Callable

from feeds.model import Stage
from feeds.pipeline.dispatch import claim
from feeds.pipeline.mill import Mill
from feeds.pipeline.publish import mark_stale, publish

_PAUSE = 0.05


def publish_changed(mill: Mill, pause: Callable[[float], None]) -> int:
    """Publish every category that changed, without waiting for their turns; how many there were.

    What another worker has claimed is waited for; what changes while this runs is not.
    """
    mark_stale(mill)
    documents = mill.store.documents
    wanted = {slug: documents.dirt(slug).changed for slug in documents.dirty()}
    published = 0
    while wanted := {slug: c for slug, c in wanted.items() if documents.dirt(slug).published < c}:
        documents.hasten(mill.store.now(), wanted)
        claims = claim(mill, Stage.PUBLISH, 100)
        for one in claims:
            publish(mill, one.hint)
        published += len(claims)
        if not claims:
            pause(_PAUSE)
    return published
