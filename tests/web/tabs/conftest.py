"""What handlers of the tabs are called with, without a server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.support.fake_engine import FakeEngine


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., str]:
    """Files of one colour."""

    def make(name: str, color: str = "red", width: int = 64, height: int = 48) -> str:
        Image.new("RGB", (width, height), color).save(tmp_path / f"{name}.png")
        return str(tmp_path / f"{name}.png")

    return make
