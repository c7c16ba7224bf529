"""Small networks, pictures, and browser windows on a server that the tests share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize
from torch import nn

import sanet
from sanet.engine.stylizer import Stylizer
from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet
from tests.support.browser import DESKTOP, chromium, open_window, served_app
from tests.support.stand_in_hub import StandInHub, serving

torch.set_num_threads(1)  # the networks are small: more threads only wait for each other
os.environ.setdefault("OMP_NUM_THREADS", "1")  # nor have servers more than a core each: two tests run at once
os.environ["SANET_KERNELS"] = "blas,chunks,winograd,float32"  # not measured: some tests compare processes bit for bit
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # which Ray reads when the first test imports it

SMALL = SANetConfig(convs=(1, 2, 1, 1, 1), widths=(4, 4, 8, 8, 8))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives Chromium; who wants to be quick leaves it out with `-m "not browser"`."""
    for item in items:
        if "browser" in (*item.path.parts, *getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def noise() -> Callable[..., Image.Image]:
    """Pictures of random pixels between two random colours; the same for the same size and seed."""

    def make(width: int, height: int, seed: int = 0) -> Image.Image:
        random = np.random.default_rng(seed)
        dark, bright = np.sort(random.integers(0, 256, (2, 3)), axis=0)
        return Image.fromarray(random.integers(dark, bright + 1, (height, width, 3), dtype=np.uint8))

    return make


@pytest.fixture(scope="session")
def random_net() -> Callable[..., StyleTransferNet]:
    """Networks whose attention is neither flat nor one-hot, and whose pictures have mean 0.5 and deviation 0.25."""

    def make(config: SANetConfig = SMALL, seed: int = 0) -> StyleTransferNet:
        torch.manual_seed(seed)
        net = StyleTransferNet(config).eval().requires_grad_(False)
        for name, layer in net.named_modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)
                assert layer.bias is not None
                nn.init.normal_(layer.bias, std=0.1)
                if name.endswith((".f", ".g")):
                    layer.weight *= layer.in_channels**-0.25
        last, only_style = net.decoder[28], torch.tensor([0.0, 1.0])[:, None, None]
        image, style = torch.rand(2, 1, 3, 64, 64)
        last.weight /= 4 * net(image, [style], only_style).std(dim=(0, 2, 3))[:, None, None, None]
        last.bias += 0.5 - net(image, [style], only_style).mean(dim=(0, 2, 3))
        return net

    return make


@pytest.fixture
def engine(random_net: Callable[..., StyleTransferNet]) -> Stylizer:
    """A fresh engine around a small random network."""
    return Stylizer(random_net(), torch.device("cpu"))


@pytest.fixture(scope="session")
def embedded() -> Stylizer:
    """The engine with the weights that ship with the project."""
    return sanet.load("embedded", device="cpu")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInHub]:
    """A stand-in Hub that the client of this process talks to, and an empty cache."""
    with serving() as stand_in:
        template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, stand_in.url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "ENDPOINT", stand_in.url)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield stand_in


@pytest.fixture
def small_vgg19(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published format is read as VGG-19; here at the size of the other tests."""
    monkeypatch.setitem(PRESETS, "vgg19", SMALL)


@pytest.fixture(scope="session")
def shares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server at `url` keeps shares: those of all tests."""
    return tmp_path_factory.mktemp("shares")


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory, shares: Path) -> Iterator[str]:
    """The app of a process that keeps shares."""
    with served_app(tmp_path_factory.mktemp("gradio"), SANET_SHARE_DIR=str(shares)) as address:
        yield address


@pytest.fixture(scope="session")
def space_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as on the Space owner/studio."""
    folder, host = tmp_path_factory.mktemp("space"), "owner-studio.hf.space"
    with served_app(folder, SYSTEM="spaces", SPACE_ID="owner/studio", SPACE_HOST=host) as address:
        yield address


@pytest.fixture(scope="module")  # not longer: tests that begin a Chromium of their own need an idle Playwright
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens windows of a size, each of a visitor of its own."""
    contexts = []

    def enter(size: ViewportSize = DESKTOP, **options: Any) -> Page:
        contexts.append(open_window(browser, size, **options))
        return contexts[-1].new_page()

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    return visit()
