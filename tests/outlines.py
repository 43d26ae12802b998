"""Subscription lists as tests write them."""

from __future__ import annotations

from html import escape


def opml(*outlines: str) -> bytes:
    body = "".join(outlines)
    return (
        f'<?xml version="1.0"?><opml version="2.0"><head><title/></head><body>{body}</body></opml>'.encode()
    )


def feed(title: str, url: str = "https://a.example/rss", **more: str) -> str:
    attributes = {"text": title, "xmlUrl": url} | more
    written_out = (f"{name}='{escape(value)}'" for name, value in attributes.items())
    return f"<outline {' '.join(written_out)}/>"


def folder(title: str, *inner: str) -> str:
    return f'<outline text="{escape(title)}">{"".join(inner)}</outline>'
