"""What several methods made of two pictures: their names, their seconds and their sheet."""

import time

import pytest
from PIL import Image

from sanet.engine.interrupts import paused
from sanet.image.contact_sheet import GAP
from sanet.methods.compare import COLUMNS, Painted, in_seconds, names_in, sheet, sheet_size, timed


@pytest.mark.parametrize(
    ("text", "names"),
    [("wct", ("wct",)), ("adain, SANet,adain", ("adain", "sanet")), (" avatar-net ", ("avatar-net",))],
)
def test_methods_are_named_with_commas_between_them(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def test_seconds_are_those_of_work_alone() -> None:
    def paint() -> Image.Image:
        with paused():
            time.sleep(0.2)
        return Image.new("RGB", (4, 4))

    start = time.perf_counter()
    painted = timed("wct", paint)
    assert 0 <= painted.seconds <= time.perf_counter() - start - 0.2


def test_short_times_have_another_place() -> None:
    assert [in_seconds(seconds) for seconds in (0.017, 0.997, 1.26, 80)] == ["0.02 s", "1.00 s", "1.3 s", "80.0 s"]


def test_the_sheet_has_photograph_style_and_pictures_in_order() -> None:
    content, style = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (20, 40), "lime")
    painted = [Painted(name, Image.new("RGB", (64, 48), "blue"), 1.0) for name in ("sanet", "adain", "wct")]
    made = sheet(content, style, painted)
    assert made.size == sheet_size(content.size, 3)
    right, down = 64 + GAP, (made.height - GAP) // 2
    middles = [made.getpixel((GAP + 32 + i % COLUMNS * right, GAP + 24 + i // COLUMNS * down)) for i in range(6)]
    assert middles == [(255, 0, 0), (0, 255, 0), *[(0, 0, 255)] * 3, (255, 255, 255)]
    assert made.getpixel((GAP + right + 2, GAP + 24)) == (255, 255, 255)  # beside the style, which is narrower
