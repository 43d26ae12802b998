"""Secrets in the process that sends requests: revealed when asked for, concealed in all that is said."""

from __future__ import annotations

import html
import json
import threading
from base64 import b64encode
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.catalogue import secrets as catalogue
from feeds.errors import SecretMissing
from feeds.fetch import secrets as fetch
from feeds.fetch.secrets import STAND_INS, Secrets

PASSWORD = 'p@ss w/örd+%"1'


def made(**values: str) -> Secrets:
    return Secrets({f"FEEDMILL_SECRET_{name}": value for name, value in values.items()})


def knowing(*texts: str, **values: str) -> Secrets:
    """Secrets of which ``texts`` were revealed."""
    secrets = made(**values)
    for text in texts:
        secrets.reveal(text)
    return secrets


def test_the_catalogue_knows_the_same_form() -> None:
    assert fetch.SECRET.pattern == catalogue.SECRET.pattern
    assert fetch.VARIABLE == catalogue.VARIABLE


# ── reveal ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "revealed"),
    [
        ("nothing", "nothing"),
        ("${secret.A}", "alpha"),
        ("x${secret.A}y${secret.B_2}z${secret.A}", "xalphaybetazalpha"),
        ("${secret.a} ${a} ${secret.A", "${secret.a} ${a} ${secret.A"),
    ],
)
def test_secrets_are_revealed(text: str, revealed: str) -> None:
    assert made(A="alpha", B_2="beta").reveal(text) == revealed


def test_a_value_that_looks_like_a_secret_is_not_revealed_again() -> None:
    assert made(A="${secret.B}", B="beta").reveal("${secret.A}") == "${secret.B}"


def test_blanks_around_a_value_are_no_part_of_it() -> None:
    assert made(A=" alpha\r\n").reveal("<${secret.A}>") == "<alpha>"


@pytest.mark.parametrize("environ", [{}, {"FEEDMILL_SECRET_A": " "}, {"A": "x", "FEEDMILL_VAR_A": "x"}])
def test_a_missing_secret_names_the_variable_and_where_to_set_it(environ: dict[str, str]) -> None:
    with pytest.raises(SecretMissing) as caught:
        Secrets(environ).reveal("me:hunter22 ${secret.A}")
    assert str(caught.value) == "FEEDMILL_SECRET_A is not set; it must be set where the fetch worker runs"


@pytest.mark.parametrize("value", ["hunter\n22", "hunter\x0022", "hunter\udc8022"])
def test_a_value_that_cannot_be_sent_is_said_without_it(value: str) -> None:
    with pytest.raises(SecretMissing, match="FEEDMILL_SECRET_A cannot be sent; set it to plain") as caught:
        made(A=value).reveal("${secret.A}")
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "is_secret"),
    [("${secret.A}", True), ("a${secret.NO}", True), ("${secret.a}", False), ("${x}", False), ("", False)],
)
def test_what_names_a_secret(text: str, is_secret: bool) -> None:
    assert made(A="alpha").is_secret(text) == is_secret


# ── conceal ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "form",
    [
        PASSWORD,
        quote(PASSWORD),
        quote(PASSWORD, safe=""),
        quote_plus(PASSWORD),
        quote_plus(PASSWORD).lower(),
        repr(PASSWORD)[1:-1],
        repr(PASSWORD.encode())[2:-1],
        json.dumps(PASSWORD)[1:-1],
        str(httpx.URL(f"https://a.example/?k={quote(PASSWORD)}")).partition("=")[2],
        str(httpx.URL("https://a.example/", params={"k": PASSWORD})).partition("=")[2],
        "p@ss%20w/%C3%B6rd+%25%221",
        PASSWORD.encode().decode("latin-1"),
        html.escape(PASSWORD),
        json.dumps(PASSWORD)[1:-1].replace("/", r"\/"),
    ],
)
def test_every_form_of_a_value_is_concealed(form: str) -> None:
    secrets = knowing("${secret.PW}", PW=PASSWORD)
    assert secrets.conceal(f"GET https://a.example/?k={form}&x: 403") == (
        "GET https://a.example/?k=${secret.PW}&x: 403"
    )


@pytest.mark.parametrize(
    "template",
    ["me:${secret.PW}", "http://me:${secret.PW}@p.example:3128", "http://me:${secret.PW}@p.example:3128/"],
)
def test_basic_authentication_is_concealed(template: str) -> None:
    header = b64encode(b"me:hunter22").decode()
    assert knowing(template, PW="hunter22").conceal(f"Basic {header}") == "Basic ${secret.PW}"


def test_basic_authentication_of_two_secrets_names_both() -> None:
    secrets = knowing("${secret.USER}:${secret.PW}", USER="me", PW="x")
    assert secrets.conceal(b64encode(b"me:x").decode()) == "${secret.USER}${secret.PW}"


def test_the_longest_value_goes_first() -> None:
    secrets = knowing("${secret.A} ${secret.B}", A="hunter", B="hunter22")
    assert secrets.conceal("hunter22 hunter") == "${secret.B} ${secret.A}"


def test_short_values_are_not_searched_for() -> None:
    assert knowing("${secret.A}", A="abc").conceal("abcabc") == "abcabc"
    assert knowing("${secret.A}", A="abcd").conceal("abcd") == "${secret.A}"


def test_short_values_that_were_revealed_are_known_by_name() -> None:
    texts = ("${secret.A}", "${secret.B}", "${secret.C}")
    assert knowing(*texts, A="abc", B="abcd", C="a%2Fb", D="d").too_short == {"A", "C"}


def test_what_was_set_encoded_for_an_address_is_concealed_decoded() -> None:
    secrets = knowing("http://a.example/?k=${secret.A}", A="p%40ss%26word")
    assert secrets.conceal("p@ss&amp;word p%40ss%26word") == "${secret.A} ${secret.A}"


def test_a_stand_in_is_concealed_as_the_secret_would_be() -> None:
    secrets = Secrets(STAND_INS)
    assert secrets.reveal("me:${secret.A_B}") == "me:stand-in-for-a-b"
    assert secrets.conceal(b64encode(b"me:stand-in-for-a-b").decode()) == "${secret.A_B}"
    assert ("HOME" in STAND_INS, len(STAND_INS), list(STAND_INS)) == (False, 0, [])


def test_what_was_not_revealed_is_not_searched_for() -> None:
    assert made(A="feed").conceal("https://a.example/feed") == "https://a.example/feed"


def test_concealing_twice_is_concealing_once() -> None:
    secrets = knowing("${secret.A} ${secret.B}", A="secret", B="hunter22")
    once = secrets.conceal("the secret is hunter22")
    assert once == "the ${secret.A} is ${secret.B}"
    assert secrets.conceal(once) == once


def test_two_names_of_one_value_keep_the_first() -> None:
    secrets = knowing("${secret.A}", "${secret.B}", A="hunter22", B="hunter22")
    assert secrets.conceal("hunter22") == "${secret.A}"


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=4, max_size=30), st.text(max_size=20))
def test_no_value_survives(value: str, around: str) -> None:
    secrets = knowing("${secret.A}", A=value)
    known = value.strip()
    if known in "${secret.A}" or len(known) < 4:
        return
    for form in (known, quote(known), quote_plus(known)):
        left = secrets.conceal(f"{around} {form} {around}").replace("${secret.A}", " ")
        assert form not in left


def test_no_repr_and_no_error_shows_a_value() -> None:
    secrets = knowing("me:${secret.A}", A="hunter22")
    with pytest.raises(SecretMissing) as caught:
        secrets.reveal("hunter22 ${secret.A} ${secret.B}")
    shown = f"{secrets!r} {secrets} {caught.value!r} {caught.value}"
    assert "hunter22" not in shown


def test_threads_may_reveal_at_once() -> None:
    names = [f"N{number}" for number in range(40)]
    secrets = made(**{name: f"value-of-{name}-" for name in names})
    barrier = threading.Barrier(len(names))

    def reveal(name: str) -> None:
        barrier.wait()
        secrets.reveal(f"${{secret.{name}}}")
        secrets.conceal("anything")

    threads = [threading.Thread(target=reveal, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [secrets.conceal(f"value-of-{name}-") for name in names] == [
        f"${{secret.{name}}}" for name in names
    ]
