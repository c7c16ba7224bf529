"""Painting with two replicas of Ray Serve: the same pictures, sentences and stops, and nothing lost with a replica."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from PIL import Image

import sanet
from sanet.checkpoints.load import save_network
from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.errors import RefusedError
from sanet.network.model import StyleTransferNet
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.replicas.cluster import AWAY
from tests.support import ray_process
from tests.support.ray_process import RayProcess
from tests.support.served import Served, served
from tests.support.waiting import eventually
from tests.web.test_page import (  # noqa: F401  run here against the replicas
    test_a_broken_upload_is_refused_in_words,
    test_bad_input_gets_one_sentence,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def request_of(noise: Callable[..., Image.Image]) -> Callable[[int], Request[Image.Image]]:
    """Small requests, another for each seed."""
    return lambda seed: Request(noise(96, 64, seed), (noise(64, 64, seed + 1),), Controls(0.7), 96)


def test_the_picture_is_the_same_and_its_steps_arrive(
    replicas: RayProcess, embedded: Stylizer, request_of: Callable[[int], Request[Image.Image]]
) -> None:
    request = request_of(10)
    picture, steps, tally = replicas.call(ray_process.paint, request)
    assert picture.tobytes() == embedded.paint(request).tobytes()
    said = [stage for _, stage in steps]
    assert {"Matching style 1", "Painting"} <= set(said)
    assert said[-1] == "Done"
    assert {"encode", "attend", "decode"} <= set(tally.seconds)


def test_pictures_that_are_known_go_to_who_knows_them(
    replicas: RayProcess, request_of: Callable[[int], Request[Image.Image]]
) -> None:
    for seed in range(20, 23):
        request = request_of(seed)
        replicas.call(ray_process.paint, request)
        for alpha in (0.2, 0.5, 0.9):
            again = replace(request, controls=Controls(alpha))
            assert "encode" not in replicas.call(ray_process.paint, again)[2].seconds


def test_a_refusal_keeps_its_parts(replicas: RayProcess, noise: Callable[..., Image.Image]) -> None:
    with pytest.raises(RefusedError, match="8 x 96") as refused:
        replicas.call(ray_process.paint, Request(noise(8, 96), (noise(64, 64),), max_side=96))
    assert refused.value.message.values["width"] == 8


def test_what_is_stopped_ends_in_the_replica(
    replicas: RayProcess, request_of: Callable[[int], Request[Image.Image]]
) -> None:
    assert replicas.call(ray_process.stop_midway, request_of(30), [Controls(0.5)] * 1000)


def test_a_replica_that_is_killed_loses_no_request(
    replicas: RayProcess, embedded: Stylizer, request_of: Callable[[int], Request[Image.Image]]
) -> None:
    request, steps = request_of(40), [Controls(step / 40) for step in range(40)]
    pictures, killed = replicas.call(ray_process.kill_midway, request, steps)
    assert [p.tobytes() for p in pictures] == [p.tobytes() for p in embedded.sequence(request, steps)]
    replicas.call(ray_process.all_ready)
    assert killed not in [state.process for state in replicas.call(ray_process.states)]


def test_checkpoints_are_exchanged_in_all_replicas(
    replicas: RayProcess,
    random_net: Callable[..., StyleTransferNet],
    request_of: Callable[[int], Request[Image.Image]],
    tmp_path: Path,
) -> None:
    save_network(random_net(), tmp_path / "other")
    local, request = sanet.load(str(tmp_path / "other"), device="cpu"), request_of(50)
    replicas.call(ray_process.load, str(tmp_path / "other"))
    other = replicas.call(ray_process.paint, request, str(tmp_path / "other"))[0]
    assert other.tobytes() == local.paint(request).tobytes()
    assert other.tobytes() != replicas.call(ray_process.paint, request)[0].tobytes()
    with pytest.raises(RefusedError, match="nowhere"):
        replicas.call(ray_process.load, str(tmp_path / "nowhere"))


@pytest.fixture(scope="module")
def page(replicas: RayProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page that paints with the same replicas."""
    replicas.call(ray_process.all_ready)
    environment = replicas.call(ray_process.for_another_process)
    with served(tmp_path_factory.mktemp("page"), **environment) as server:
        eventually(lambda: httpx.get(f"{server.url}/readyz", timeout=60).status_code == 200, seconds=120)
        yield server


@pytest.fixture
def client(page: Served) -> Client:
    return Client(page.url, verbose=False, httpx_kwargs={"timeout": 60})


CONTENT, STYLE = handle_file(CONTENTS[0].path), [handle_file(style.path) for style in STYLES[:4]]


def test_the_page_paints(client: Client) -> None:
    file, _, note = client.predict(CONTENT, STYLE[0], 0.8, 256, True, api_name="/stylize")
    assert Image.open(file).size == (256, 171)
    assert note.startswith("256 × 171 px in ")
    mixed = client.predict(CONTENT, *STYLE, 0.3, 0.6, 1.0, 256, False, api_name="/interpolate")[0]
    assert Image.open(mixed).size == (256, 171)


def test_a_lost_head_is_one_sentence_until_there_is_another(
    replicas: RayProcess, embedded: Stylizer, request_of: Callable[[int], Request[Image.Image]]
) -> None:
    said, picture = replicas.call(ray_process.lose_the_head, request_of(60))
    assert said == AWAY
    assert picture.tobytes() == embedded.paint(request_of(60)).tobytes()
