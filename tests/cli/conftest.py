"""A folder that commands paint in."""

from pathlib import Path

import pytest

from sanet.checkpoints.load import save_network


@pytest.fixture
def folder(tmp_path: Path, noise, random_net) -> Path:
    """content.png, style.png, style2.png and a small checkpoint `net`."""
    noise(48, 33).save(tmp_path / "content.png")
    noise(32, 32, 1).save(tmp_path / "style.png")
    noise(40, 32, 2).save(tmp_path / "style2.png")
    save_network(random_net(), tmp_path / "net")
    return tmp_path
