"""Names and sites that a page answers to, where its operator lists them."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from sanet.web.serving.addresses import KnownAddresses
from sanet.web.serving.limits import Limits


def answered(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


@pytest.fixture
def http() -> TestClient:
    page = Starlette(routes=[Route("/{path:path}", answered, methods=["GET", "POST"])])
    limits = Limits(hosts="studio.example, 10.0.0.7", origins="https://blog.example")
    return TestClient(KnownAddresses(page, limits))


@pytest.mark.parametrize("name", ["studio.example", "studio.example:8000", "10.0.0.7"])
def test_a_listed_name_is_answered_to(http: TestClient, name: str) -> None:
    assert http.get("/", headers={"host": name}).status_code == 200
    assert http.get("/", headers={"host": "127.0.0.1", "x-forwarded-host": name}).status_code == 200


@pytest.mark.parametrize("name", ["evil.example", "studio.example.evil.example"])
def test_any_other_name_is_refused(http: TestClient, name: str) -> None:
    refused = http.get("/", headers={"host": name})
    assert refused.status_code == 403
    assert name in refused.text


@pytest.mark.parametrize("address", ["/healthz", "/gradio_api/startup-events"])
def test_the_machine_itself_may_ask_whether_the_page_lives(http: TestClient, address: str) -> None:
    assert http.get(address, headers={"host": "127.0.0.1:7860"}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("https://studio.example", 200),
        ("https://blog.example", 200),
        ("https://evil.example", 403),
        ("null", 403),
    ],
)
def test_scripts_of_other_sites_are_refused(http: TestClient, origin: str | None, status: int) -> None:
    headers = {"host": "studio.example"} | ({"origin": origin} if origin else {})
    assert http.post("/gradio_api/upload", headers=headers).status_code == status
