"""The test publisher itself: what the flow tests rely on."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest

from tests.finews_server import FinewsServer
from tests.origin import Origin, Response


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def test_a_page_is_served_and_may_change_while_it_runs(client: httpx.Client) -> None:
    with Origin() as origin:
        origin.set("/a.rss", "one")
        first = client.get(f"{origin.url}/a.rss")
        origin.set("/a.rss", b"two", media_type="text/xml")
        second = client.get(f"{origin.url}/a.rss")
    assert (first.text, first.headers["content-type"]) == ("one", "application/rss+xml")
    assert (second.text, second.headers["content-type"]) == ("two", "text/xml")
    assert first.headers["etag"] != second.headers["etag"]
    assert first.headers["last-modified"] != second.headers["last-modified"]


@pytest.mark.parametrize(
    ("sent", "validator"),
    [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")],
    ids=["etag", "last-modified"],
)
def test_validators_are_answered_with_304(client: httpx.Client, sent: str, validator: str) -> None:
    with Origin() as origin:
        origin.set("/a", "body")
        validators = {sent: client.get(f"{origin.url}/a").headers[validator]}
        unchanged = client.get(f"{origin.url}/a", headers=validators)
        origin.set("/a", "another body")
        changed = client.get(f"{origin.url}/a", headers=validators)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (changed.status_code, changed.text) == (200, "another body")
    assert [request.status for request in origin.requests] == [200, 304, 200]


def test_a_changed_etag_wins_over_an_old_date(client: httpx.Client) -> None:
    with Origin() as origin:
        origin.set("/a", "body")
        date = client.get(f"{origin.url}/a").headers["last-modified"]
        headers = {"If-None-Match": '"other"', "If-Modified-Since": date}
        assert client.get(f"{origin.url}/a", headers=headers).status_code == 200


def test_without_etag_nothing_is_conditional(client: httpx.Client) -> None:
    with Origin() as origin:
        origin.set("/a", "body", etag=False)
        answer = client.get(f"{origin.url}/a", headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert "last-modified" not in answer.headers


def test_given_headers_and_status_win(client: httpx.Client) -> None:
    with Origin() as origin:
        origin.set("/a", "", status=302, headers={"Location": "/b"})
        origin.set("/b", "body", headers={"etag": '"mine"', "Cache-Control": "max-age=60"})
        moved = client.get(f"{origin.url}/a")
        there = client.get(f"{origin.url}/b")
    assert (moved.status_code, moved.headers["location"]) == (302, "/b")
    assert there.headers.get_list("etag") == ['"mine"']
    assert there.headers["cache-control"] == "max-age=60"


def test_head_has_no_body_and_unknown_paths_are_404(client: httpx.Client) -> None:
    with Origin() as origin:
        origin.set("/a", "body")
        head = client.head(f"{origin.url}/a")
        assert client.get(f"{origin.url}/a?b").status_code == 404
    assert (head.content, head.headers["content-length"]) == (b"", "4")
    assert [request.method for request in origin.requests] == ["HEAD", "GET"]


def test_programmed_answers_see_path_and_headers(client: httpx.Client) -> None:
    def shout(path: str, headers: object) -> Response:
        assert isinstance(headers, dict)
        return Response(f"{path} {headers['x-name']}".encode())

    with Origin() as origin:
        origin.handler("/api", lambda path, headers: Response(b"general"))
        origin.handler("/api/loud", shout)
        loud = client.get(f"{origin.url}/api/loud?x=1", headers={"X-Name": "Ann"})
        assert client.get(f"{origin.url}/api/other").text == "general"
        failing = client.get(f"{origin.url}/api/loud")
    assert loud.text == "/api/loud?x=1 Ann"
    assert failing.status_code == 500
    assert "KeyError" in failing.text


def test_requests_are_recorded_with_their_agent(client: httpx.Client) -> None:
    with Origin() as origin:
        client.get(f"{origin.url}/a?b=1", headers={"User-Agent": "reader/1"})
        client.get(f"{origin.url}/c")
        (request,) = origin.requests_to("/a?b=1")
    assert (request.user_agent, request.status, request.headers["host"]) == (
        "reader/1",
        404,
        origin.url.removeprefix("http://"),
    )
    assert [each.at for each in origin.requests] == sorted(each.at for each in origin.requests)


def test_a_connection_is_kept_alive_and_ends_with_the_origin(client: httpx.Client) -> None:
    with Origin() as origin:
        origin.set("/a", "body")
        network = [client.get(f"{origin.url}/a").extensions["network_stream"] for _ in range(2)]
        ports = {stream.get_extra_info("client_addr") for stream in network}
    assert len(ports) == 1
    with pytest.raises(httpx.TransportError):
        client.get(f"{origin.url}/a")


def test_the_same_port_can_be_taken_again(client: httpx.Client) -> None:
    with Origin() as first:
        client.get(f"{first.url}/")
    with Origin(first.port) as second:
        assert second.url == first.url
        assert client.get(f"{second.url}/").status_code == 404


def test_peak_counts_requests_in_flight_together(client: httpx.Client) -> None:
    together = threading.Barrier(3)

    def meet(path: str, headers: object) -> Response:
        together.wait(10)
        return Response(b"met", delay=0.2)

    with Origin() as origin:
        origin.handler("/", meet)
        threads = [
            threading.Thread(target=client.get, args=(f"{origin.url}/{number}",)) for number in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert origin.peak >= 2


def test_a_length_that_lies_ends_the_connection(client: httpx.Client) -> None:
    with Origin() as origin:
        origin.set("/cut", "half", headers={"Content-Length": "8"})
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(f"{origin.url}/cut")


FLASH = {"id": "1", "infoCode": "NW1", "title": "一", "url_w": "http://x/1"}
IMPORTANT = {"infocode": "NW2", "title": "二", "from": "重庆商报"}
MARKET = {"infoCode": "NW1", "title": "一", "medianame": "重庆商报"}


def test_finews_serves_five_lists_and_details_in_their_own_shapes(client: httpx.Client) -> None:
    bodies = {"NW1": "<p>一</p>", "NW2": "<p>二</p>"}
    with FinewsServer(flash=[FLASH], important=[IMPORTANT], market={38: [MARKET]}, bodies=bodies) as finews:
        market = "/information/newmarket/web/webapi?count=100&marketType="
        answers = {
            path: client.get(finews.url + path).json()
            for path in (
                "/web/webapi?type=102&count=100&newsid=1",
                "/web/webapi?type=45&count=0&newsid=1",
                f"{market}37",
                f"{market}38",
                "/NewsData/GetNewsText.do?id=NW1",
                "/NewsData/GetNewsText.do?id=NW2",
            )
        }
        assert client.get(f"{finews.url}/NewsData/GetNewsText.do?id=NW3").status_code == 404
        assert client.get(f"{finews.url}/web/webapi?type=7").status_code == 404
    assert list(answers.values()) == [
        {"records": [FLASH]},
        {"nodeList": []},
        {"record": []},
        {"record": [MARKET]},
        {"content": "<p>一</p>"},
        {"text": "<p>二</p>"},
    ]
    assert finews.detail_requests == {"NW1": 1, "NW2": 1, "NW3": 1}
