"""Frames of a camera: what is painted, what is not, and who goes first."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.image.size import fit
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.tabs.live import look_of
from sanet.web.widgets.live_camera import BUSY, LiveCamera, painted_frame, read_frame
from sanet.web.widgets.thumbnails import data_address

STYLE, OTHER = (str(style.path) for style in STYLES[:2])


def decoded(address: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB")


def frame(noise: Any, seed: int = 0) -> str:
    return data_address(noise(160, 120, seed))


def test_a_frame_is_painted_as_the_engine_paints_it(engine: Stylizer, noise: Any) -> None:
    camera = LiveCamera(engine, lambda: True)
    ticket = camera.ticket(Request(None, (STYLE,), Controls(), 128))
    painted = decoded(camera.draw(ticket, "a", frame(noise)))
    style = fit(open_picture(STYLE), 128)
    expected = decoded(data_address(engine.stylize(decoded(frame(noise)), [style], max_side=128)))
    assert painted.size == expected.size == (128, 96)
    assert np.abs(np.asarray(painted, float) - np.asarray(expected, float)).mean() < 1


def test_cameras_share_no_statistics(engine: Stylizer, noise: Any) -> None:
    camera = LiveCamera(engine, lambda: True)
    ticket = camera.ticket(Request(None, (STYLE,), Controls(), 128))
    alone = camera.draw(ticket, "a", frame(noise, 1))
    camera.draw(ticket, "b", frame(noise, 2))
    assert camera.draw(ticket, "c", frame(noise, 1)) == alone
    assert camera.draw(ticket, "b", frame(noise, 1)) != alone


def test_what_stays_in_place_keeps_its_paint(engine: Stylizer, noise: Any) -> None:
    photograph = fit(open_picture(CONTENTS[0].path), 160)
    spread = np.random.default_rng(0).normal(0, 6, (2, photograph.height, photograph.width, 3))
    grainy = [
        data_address(Image.fromarray((np.asarray(photograph) + grain).clip(0, 255).astype(np.uint8)))
        for grain in spread
    ]
    camera = LiveCamera(engine, lambda: True)
    ticket = camera.ticket(Request(None, (STYLE,), Controls(), 160))

    def change(*cameras: str) -> float:
        first, second = (
            np.asarray(decoded(camera.draw(ticket, *asked)), float) for asked in zip(cameras, grainy, strict=True)
        )
        return np.abs(first - second).mean()

    assert change("same", "same") < 0.5 * change("one", "another")


def test_a_camera_may_be_turned(engine: Stylizer, noise: Any) -> None:
    camera = LiveCamera(engine, lambda: True)
    ticket = camera.ticket(Request(None, (STYLE,), Controls(), 128))
    sizes = [decoded(camera.draw(ticket, "a", data_address(noise(*size)))).size for size in ((160, 120), (120, 160))]
    assert sizes == [(128, 96), (96, 128)]


def test_a_style_that_cannot_be_used_has_no_ticket(engine: Stylizer, tmp_path: Path) -> None:
    camera = LiveCamera(engine, lambda: True)
    (tmp_path / "text.png").write_text("no picture")
    for name in ("text.png", "gone.png"):
        assert camera.ticket(Request(None, (STYLE, str(tmp_path / name)), Controls(), 128)) == ""


def test_pictures_go_first(engine: Stylizer, noise: Any) -> None:
    is_idle = False
    camera = LiveCamera(engine, lambda: is_idle)
    ticket = camera.ticket(Request(None, (STYLE,), Controls(), 128))
    assert camera.draw(ticket, "a", frame(noise)) == BUSY
    is_idle = True
    assert camera.draw(ticket, "a", frame(noise)).startswith("data:image/jpeg")


@pytest.mark.parametrize(
    "asked",
    [
        None,
        {},
        {"ticket": "x", "camera": "a"},
        {"ticket": "unknown", "camera": "a", "picture": "data:image/jpeg;base64,AAAA"},
        {"ticket": ["x"], "camera": {}, "picture": 3},
    ],
)
def test_what_is_no_frame_gets_no_picture(engine: Stylizer, asked: Any) -> None:
    assert painted_frame(LiveCamera(engine, lambda: True), asked) == ""


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.com/a.jpg",
        "data:image/png;base64,AAAA",
        "data:image/jpeg;base64,not base64",
        "data:image/jpeg;base64,AAAA",
        "data:image/jpeg;base64," + "A" * 2_000_000,
        data_address(Image.new("RGB", (2000, 20))),
    ],
)
def test_what_is_no_frame_is_not_read(address: str) -> None:
    assert read_frame(address) is None


def test_styles_that_are_missing_have_no_share() -> None:
    point = {"x": 0.25, "y": 0.0}
    look = look_of(STYLE, OTHER, None, None, point, 0.5, 256, True)
    assert look.styles == (STYLE, OTHER)
    assert look.controls == Controls(0.5, (0.75, 0.25), colors="photo")
    assert look_of(None, None, STYLE, None, point, 1.0, 256, False).controls.mix is None  # the point has none of it
    assert LiveCamera(None, lambda: True).ticket(look_of(*[None] * 4, point, 1.0, 256, False)) == ""
