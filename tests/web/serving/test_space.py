"""app.py in a process of its own, as a Hugging Face Space runs it and as the Hub fails it."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageChops
from playwright.sync_api import expect

from sanet.checkpoints.load import PRESETS, load_network
from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.paths import ROOT
from sanet.web.serving import zero_gpu
from tests.support.browser import chromium, open_tab, served_app
from tests.support.checkpoint_files import our_files, published_files
from tests.support.fake_engine import FakeEngine
from tests.support.stand_in_hub import StandInHub, serving, times
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow
FAKE_SPACES = ROOT / "tests/support/fake_spaces"
SPACE = {
    "SPACE_ID": "owner/studio",
    "SPACE_HOST": "owner-studio.hf.space",
    "GRADIO_CACHE_EXAMPLES": "true",
    "SANET_CHECKPOINT": "",  # a variable that was made and left empty
    "OMP_NUM_THREADS": "1",
}


@pytest.fixture
def pictures(tmp_path, noise):
    """Files of a content and a style, 64 x 64."""
    for i in range(2):
        noise(64, 64, i).save(tmp_path / f"{i}.png")
    return tmp_path / "0.png", tmp_path / "1.png"


def painted(url: str, pictures: tuple[Path, Path]) -> Image.Image:
    content, style = map(handle_file, pictures)
    file, *_ = Client(url, verbose=False).predict(content, style, 1.0, 256, False, api_name="/stylize")
    return Image.open(file).convert("RGB")


def by(net, pictures: tuple[Path, Path]) -> Image.Image:
    """The picture that the library makes."""
    content, style = map(Image.open, pictures)
    return Stylizer(net, torch.device("cpu")).stylize(content, [style], max_side=256)


def alike(a: Image.Image, b: Image.Image) -> bool:
    """Up to the last bit, which depends on the number of threads."""
    return max(high for _, high in ImageChops.difference(a, b).getextrema()) <= 1


@pytest.mark.parametrize("ssr", ["false", "true"])
def test_runs_as_a_space_and_asks_no_other_machine(tmp_path, pictures, ssr):
    outside = socket.create_server(("127.0.0.1", 0))
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://{}:{}".format(*outside.getsockname()))
    environment = SPACE | proxies | {"no_proxy": "127.0.0.1,localhost", "GRADIO_SSR_MODE": ssr}
    with outside, served_app(tmp_path / "gradio", **environment) as url:
        assert alike(painted(url, pictures), by(load_network("embedded"), pictures))
        with chromium() as browser:
            page = browser.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            open_tab(page, url, "One style")
            expect(page.locator("#banner")).to_be_hidden()
            expect(page.locator("#checkpoint")).to_have_count(0)  # there is only one
            assert errors == []
        outside.setblocking(False)
        with pytest.raises(BlockingIOError):
            outside.accept()
    assert not list(tmp_path.rglob("cached_examples")), "examples were painted before anybody asked"


def test_on_zero_gpu_each_picture_is_a_process_of_its_own(tmp_path, pictures):
    log = tmp_path / "log"
    environment = SPACE | {"PYTHONPATH": str(FAKE_SPACES), "FAKE_SPACES_LOG": str(log)}
    with served_app(tmp_path / "gradio", **environment) as url:
        first, second = painted(url, pictures), painted(url, pictures)
        narrow = tmp_path / "narrow.png"
        Image.new("RGB", (900, 20)).save(narrow)
        with pytest.raises(AppError, match="at least 16 pixels"):
            painted(url, (narrow, pictures[1]))
    assert alike(first, by(load_network("embedded"), pictures))
    assert first.tobytes() == second.tobytes()
    calls = [line.split() for line in log.read_text().splitlines()]
    assert len({process for process, _ in calls}) == len(calls) == 2  # what is refused asks for no GPU
    assert {seconds for _, seconds in calls} == {"5"}


def test_the_declared_seconds_grow_with_the_pixels_and_stay_short(noise):
    picture = noise(1000, 1000)
    requests = [Request(picture, (picture,), max_side=side) for side in (256, 512, 1024)]
    seconds = [zero_gpu.seconds_needed(request) for request in requests]
    assert seconds == sorted(seconds)
    assert seconds[0] < seconds[-1]
    assert zero_gpu.seconds_needed(Request(picture, (picture,) * 4, max_side=1000)) > seconds[-1]
    assert zero_gpu.seconds_needed(Request(noise(4000, 100), (picture,) * 40, max_side=1000)) <= 15


def test_an_animation_is_one_call_on_zero_gpu(noise, monkeypatch: pytest.MonkeyPatch, random_net):
    declared = []

    class Spaces:
        @staticmethod
        def GPU(duration):  # noqa: N802
            return lambda paint: lambda *choices: declared.append(duration(*choices)) or paint(*choices)

    monkeypatch.setattr(zero_gpu, "spaces", Spaces)
    engine = zero_gpu.on_zero_gpu(Stylizer(random_net(), torch.device("cpu")))
    steps = [Controls(i / 20) for i in range(20)]
    frames = engine.sequence(Request(noise(64, 64), (noise(64, 64, 1),), max_side=64), steps)
    assert len(frames) == 20
    assert declared == [5]
    assert not engine.has_previews
    picture = noise(1000, 1000)
    request = Request(picture, (picture,), max_side=384)
    few, many = (zero_gpu.seconds_for_sequence(request, [Controls()] * count) for count in (4, 60))
    assert 5 <= few < many <= 15


def test_without_spaces_the_engine_is_used_as_it_is():
    engine = FakeEngine()
    assert zero_gpu.spaces is None
    assert zero_gpu.on_zero_gpu(engine) is engine


def test_hub_down_at_start_a_banner_and_a_picture(tmp_path, pictures):
    with serving() as gone:
        pass
    environment = {"SANET_CHECKPOINT": "owner/name", "HF_ENDPOINT": gone.url, "HF_HOME": str(tmp_path / "home")}
    with served_app(tmp_path / "gradio", **environment) as url:
        assert alike(painted(url, pictures), by(load_network("embedded"), pictures))
        with chromium() as browser:
            page = browser.new_page()
            page.goto(url)
            expect(page.locator("#banner")).to_contain_text(
                re.compile(r"owner/name@main could not be fetched.*does not answer.*Until owner/name.*compact is used")
            )
            assert "Traceback" not in page.content()


def test_a_broken_catalog_ends_the_app_in_one_line(tmp_path):
    (tmp_path / "catalog.json").write_text("{")
    environment = os.environ | {"SANET_CATALOG": str(tmp_path / "catalog.json"), "GRADIO_SERVER_PORT": "0"}
    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "catalog.json is not a catalog" in done.stderr


def test_a_choice_in_the_browser_comes_from_the_hub(hub: StandInHub, tmp_path, pictures, random_net):
    commit = hub.repo("owner/name").commit(our_files(random_net()))
    entries = [
        {"id": "compact", "source": "embedded", "description": "Ships with the project."},
        {"id": "other", "source": "owner/name", "revision": commit, "licence": "mit", "description": "Small."},
    ]
    (tmp_path / "catalog.json").write_text(json.dumps(entries))
    seen = threading.Event()
    hub.fault("GET /lfs/", times(1, lambda handler: not seen.wait(60)))
    environment = {
        "SANET_CATALOG": str(tmp_path / "catalog.json"),
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(tmp_path / "home"),
    }
    with served_app(tmp_path / "gradio", **environment) as url, chromium() as browser:
        page = browser.new_page()
        open_tab(page, url, "One style")
        page.get_by_role("button", name="Checkpoint").click()
        page.get_by_label("The model that paints, for everybody on this server").click()
        page.get_by_role("option", name="other").click()
        expect(page.locator("#banner")).to_contain_text("other is being fetched; meanwhile compact is used.")
        seen.set()
        note = page.locator("#checkpoint-note")
        expect(note).to_contain_text(f"Small. Source: owner/name@{commit}. Licence: mit.", timeout=30_000)
        expect(page.locator("#banner")).to_be_hidden()
        assert alike(painted(url, pictures), by(random_net(), pictures))


def test_a_full_size_vgg19_in_the_published_format_paints_on_the_page(hub: StandInHub, tmp_path, pictures, random_net):
    net = random_net(PRESETS["vgg19"])
    hub.repo("owner/vgg19").commit(published_files(net))
    expected = by(net, pictures)
    environment = {"SANET_CHECKPOINT": "owner/vgg19", "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home")}
    with served_app(tmp_path / "gradio", **environment) as url:
        eventually(lambda: alike(painted(url, pictures), expected), seconds=120)
