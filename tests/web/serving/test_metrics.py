"""What the server tells of itself: whether it can paint, and counts without anything of a visitor."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr
import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.errors import RefusedError
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.replicas import settings
from sanet.web.serving.metrics import MeteredEngine, Metrics, metrics_from
from sanet.web.serving.readiness import ready_route
from sanet.web.serving.runs import LeftError
from tests.support.fake_engine import FakeEngine
from tests.support.served import Served, served

SAMPLE = re.compile(r"^(\w+(?:\{.*\})?) ([\d.e+-]+)$", re.MULTILINE)


def samples(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in SAMPLE.findall(text)}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def read(metrics: Metrics) -> Callable[..., dict[str, float]]:
    page = TestClient(Starlette(routes=[metrics.route(lambda: 3)]))
    return lambda: samples(page.get("/metrics").text)


@pytest.fixture
def small(noise: Callable[..., Image.Image]) -> Request[Image.Image]:
    return Request(noise(64, 64), (noise(64, 64, 1),), max_side=64)


def test_pictures_stages_and_the_cache_are_counted(
    engine: Stylizer, metrics: Metrics, read: Callable[[], dict[str, float]], small: Request[Image.Image]
) -> None:
    metered = MeteredEngine(engine, metrics)
    metered.paint(small)
    first = read()
    assert first["sanet_pictures_total"] == first["sanet_picture_seconds_count"] == 1
    assert first["sanet_queue_length"] == 3
    stages = [first[f'sanet_stage_seconds_total{{stage="{stage}"}}'] for stage in ("encode", "attend", "decode")]
    assert min(stages) > 0
    assert first['sanet_cache_requests_total{result="hit"}'] == 0
    metered.sequence(small, [Controls(1.0)] * 4)
    second = read()
    assert second["sanet_pictures_total"] == 5
    assert second['sanet_cache_requests_total{result="hit"}'] == 1  # the map of the pair
    assert second['sanet_stage_seconds_total{stage="encode"}'] == stages[0]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RefusedError("Too small: {name}", name="secret.jpg"), "refused"),
        (LeftError(), "stopped"),
        (gr.Error("Stopped"), "stopped"),
        (OSError("/srv/secret"), "failed"),
    ],
)
def test_errors_are_counted_by_three_reasons(
    metrics: Metrics, read: Callable[[], dict[str, float]], small: Request[Image.Image], error: Exception, reason: str
) -> None:
    class Broken(FakeEngine):
        def paint(self, *arguments: object) -> Image.Image:  # type: ignore[override]
            raise error

    with pytest.raises(type(error)):
        MeteredEngine(Broken(), metrics).paint(small)
    assert read()[f'sanet_errors_total{{reason="{reason}"}}'] == 1
    assert read()["sanet_pictures_total"] == 0


def test_metrics_are_off_unless_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert metrics_from({}) is metrics_from({"SANET_METRICS": "0"}) is None
    assert metrics_from({"SANET_METRICS": "1"}) is not None
    with pytest.raises(RefusedError, match="SANET_METRICS must be 1 or 0, got 'yes'"):
        metrics_from({"SANET_METRICS": "yes"})
    monkeypatch.setattr(settings.importlib.util, "find_spec", lambda package: None)
    with pytest.raises(RefusedError, match=r"SANET_METRICS=1 needs more packages: pip install 'sanet-studio\[scale\]'"):
        metrics_from({"SANET_METRICS": "1"})


def test_who_cannot_paint_says_why() -> None:
    class Away(FakeEngine):
        def check_ready(self) -> None:
            raise RefusedError("The machines are away.")

    def answer(engine: FakeEngine) -> tuple[int, str]:
        found = TestClient(Starlette(routes=[ready_route(engine)])).get("/readyz")
        return found.status_code, found.text

    assert answer(FakeEngine()) == (200, "ok")
    assert answer(Away()) == (503, "The machines are away.")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("metrics"), SANET_METRICS="1") as running:
        yield running


@pytest.mark.slow
def test_the_page_tells_who_asks_it_itself(server: Served, tmp_path: Path) -> None:
    assert httpx.get(f"{server.url}/readyz", timeout=60).text == "ok"
    client = Client(server.url, verbose=False, httpx_kwargs={"timeout": 60})
    photograph = tmp_path / "my-holiday.jpg"
    photograph.write_bytes(CONTENTS[0].path.read_bytes())
    given = handle_file(photograph), handle_file(STYLES[0].path)
    client.predict(*given, 1.0, 256, False, api_name="/stylize")
    with pytest.raises(AppError):
        client.predict(*given, 7.0, 256, False, api_name="/stylize")
    text = httpx.get(f"{server.url}/metrics", timeout=60).text
    assert samples(text)["sanet_pictures_total"] == 1
    assert not re.search(r"holiday|127\.0\.0\.1|session|jpg", text)
    behind = {"X-Forwarded-For": "192.0.2.7"}
    assert httpx.get(f"{server.url}/metrics", headers=behind, timeout=60).status_code == 404
