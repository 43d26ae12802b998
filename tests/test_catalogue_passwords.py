"""What a catalogue's secrets and passwords are warned of, and that no message ever shows one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from pydantic import ValidationError

from feeds.catalogue.load import load_catalogue, parse_catalogue
from feeds.catalogue.tables import SourceTable
from feeds.errors import ConfigError
from feeds.told import Catalogue

FEED = '[[source]]\nid = "python"\nkind = "feed"\nurl = "https://a.example/feed"\n'


def parse(text: str, secrets: Collection[str] = ()) -> Catalogue:
    return parse_catalogue(text, name="feedmill.toml", folder="/srv/site", variables={}, secrets=secrets)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return str(caught.value).splitlines()


# ── what is warned of ───────────────────────────────────────────────────────────────────────────


def test_a_secret_that_is_not_set_is_a_warning_with_source_and_variable() -> None:
    made = parse(FEED + 'auth = "me:${secret.PW}"\n')
    (warning,) = made.warnings
    assert warning == (
        'feedmill.toml:5: source "python": auth needs FEEDMILL_SECRET_PW, which is not set here; '
        "set it where the fetch worker runs"
    )
    assert parse(FEED + 'auth = "me:${secret.PW}"\n', secrets={"PW"}).warnings == ()


def test_a_missing_secret_is_said_once_for_each_source_and_at_the_line_where_it_is_used() -> None:
    text = (
        '[vars]\nkey = "${secret.KEY}"\n[fetch]\nproxy = "http://me:${secret.PROXY}@p.example:1"\n'
        + FEED.replace("feed", "feed?${key}", 3).replace('"feed?${key}"', '"feed"')
        + '[source.headers]\nX-A = "${key}"\nX-B = "${secret.OTHER}"\n'
    )
    assert [warning.partition(", ")[0] for warning in parse(text).warnings] == [
        "feedmill.toml:4: fetch: proxy needs FEEDMILL_SECRET_PROXY",
        'feedmill.toml:8: source "python": url needs FEEDMILL_SECRET_KEY',
        'feedmill.toml:11: source "python": headers.X-B needs FEEDMILL_SECRET_OTHER',
    ]


@pytest.mark.parametrize(
    ("environ", "warned"),
    [
        ({"FEEDMILL_SECRET_PW": "hunter22"}, False),
        ({}, True),
        ({"FEEDMILL_SECRET_PW": " \n"}, True),
        ({"FEEDMILL_SECRET_pw": "x", "PW": "x", "FEEDMILL_VAR_PW": "x"}, True),
    ],
    ids=["set", "unset", "blank", "others"],
)
def test_the_environment_says_which_secrets_are_set(
    tmp_path: Path, environ: dict[str, str], warned: bool
) -> None:
    path = tmp_path / "feedmill.toml"
    path.write_text(FEED + 'auth = "me:${secret.PW}"\n', "utf-8")
    made = load_catalogue(path, environ)
    assert bool(made.warnings) == warned
    assert made.sources[0].auth == "me:${secret.PW}"
    assert "hunter22" not in repr(made)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('auth = "me:hunter22"', "auth"),
        ('headers = { authorization = "Bearer hunter22" }', "headers.authorization"),
        ('headers = { X-API-Key = "hunter22" }', "headers.X-API-Key"),
        ('proxy = "http://me:hunter22@p.example:1"', "proxy"),
    ],
)
def test_a_password_that_is_written_out_is_a_warning(line: str, key: str) -> None:
    (warning,) = parse(FEED + line).warnings
    assert warning == (
        f'feedmill.toml:5: source "python": {key} has its password written out; '
        "better name it as ${secret.NAME}"
    )


def test_a_password_in_a_variable_is_written_out_too() -> None:
    (warning,) = parse('[vars]\npw = "hunter22"\n' + FEED + 'auth = "me:${pw}"').warnings
    assert "auth has its password written out" in warning
    assert "hunter22" not in warning


def test_what_is_no_password_is_no_warning() -> None:
    text = FEED + 'headers = { X-Mine = "a" }\ncookies = { c = "d" }\nproxy = "http://me@p.example:1"\n'
    assert parse(text).warnings == ()


# ── what is never shown ─────────────────────────────────────────────────────────────────────────

BROKEN = [
    'auth = "hunter22"',
    'auth = "me:hunter22\\n"',
    'auth = ["me:hunter22"]',
    "auth = 22442244",
    'auth = "me:hunter22${x}"',
    'auth = "me:${hunter22!}"',
    'auth = "me:${secret.hunter22}"',
    'auht = "me:hunter22"',
    'headers = "Authorization: hunter22"',
    'headers = { "Authorization: hunter22" = "" }',
    'headers = { "Authorization: hunter22" = 1 }',
    'headers = { Authorization = "hunter22\\n" }',
    'headers = { Authorization = ["hunter22"] }',
    'headers = { Cookie = "hunter22" }',
    "headers = { Authorization = 22442244 }",
    'headers = { Authorization = "hunter22" }\nauth = "me:hunter22"',
    'headers = { A = "hunter22", a = "hunter22" }',
    'cookies = { a = "hunter22;" }',
    'cookies = { "a=hunter22;" = "" }',
    'cookies = "a=hunter22"',
    'body = "hunter22"',
    "body = 22442244",
    'proxy = "http://me:hunter22@p.example"',
    'proxy = "me:hunter22@p.example:1"',
    'url = "https://me:hunter22@a.example"',
    'url = "https://me:hunter22@a example"',
    'url = "https:me:hunter22@a.example"',
    'url = "ftp://me:hunter22@a.example"',
    'url = "https://me:hunter22@[a"',
    'kind = "posts"\nurl = "https://me:hunter22@a.example"',
    'kind = "posts"\nauth = "me:hunter22"',
]


@pytest.mark.parametrize("lines", BROKEN)
def test_no_problem_shows_a_password(lines: str) -> None:
    base = {"id": '"python"', "kind": '"feed"', "url": '"https://a.example/feed"'}
    said = {line.partition(" ")[0] for line in lines.splitlines()}
    kept = [f"{key} = {value}" for key, value in base.items() if key not in said]
    text = "\n".join(["[[source]]", *kept, lines])
    found = "\n".join(problems(text))
    assert "hunter22" not in found
    assert "22442244" not in found


def test_a_variable_that_is_no_text_is_not_shown() -> None:
    assert problems("[vars]\npin = 22442244") == [
        "feedmill.toml:2: vars: 'pin' must be text in quotes, like \"…\""
    ]


@pytest.mark.parametrize("auth", ["me:hunter22", "hunter22"], ids=["sound", "wrong"])
def test_a_table_and_its_error_do_not_show_a_password(auth: str) -> None:
    said = {
        "id": "a",
        "kind": "feed",
        "url": "https://a.example",
        "auth": auth,
        "headers": {"A": "hunter22"},
        "cookies": {"a": "hunter22"},
        "body": "hunter22",
        "proxy": "http://me:hunter22@p.example:1",
    }
    try:
        shown = repr(SourceTable.model_validate(said))
    except ValidationError as error:
        shown = f"{error} {error!r}"
    assert "hunter22" not in shown
