"""Every refusal that has a text is provoked in the real functions, and said in the visitor's language."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch
from PIL import Image

from sanet.checkpoints.catalog import Entry
from sanet.engine.controls import Controls, bilinear_mix
from sanet.engine.cost import Estimate
from sanet.engine.polisher import Polisher
from sanet.engine.request import MOST_STEPS, PAINTED, UPLOADED, Regions, Request, check_match, check_steps
from sanet.engine.stylizer import Stylizer
from sanet.engine.trajectories import tour
from sanet.image.decode import MAX_BYTES, open_picture, to_srgb
from sanet.image.masks import find_subject, shape_masks, soften
from sanet.image.print_size import check_dpi
from sanet.image.region_presets import preset_masks
from sanet.image.size import fitted_size
from sanet.image.stroke_size import check_stroke_size
from sanet.methods.methods import check
from sanet.network.encoder import Encoder
from sanet.web.choice import Choice
from sanet.web.examples import CONTENTS
from sanet.web.i18n import ENGLISH
from sanet.web.mask_files import unpacked
from sanet.web.page import build_app
from sanet.web.regions import opened_regions, regions_now
from sanet.web.result import Made, Painter
from sanet.web.serving.hot_swap import HotSwapEngine
from sanet.web.sharing.folder_store import FolderStore
from sanet.web.sharing.recipe import from_address, from_data, from_note
from sanet.web.widgets.paint_canvas import read_painting
from tests.support.fake_engine import FakeEngine
from tests.support.locales import check_said
from tests.support.png_files import png
from tests.web.replicas.test_replica_refusals import ABOUT_REPLICAS
from tests.web.serving.test_refused_requests import OF_THE_SERVER
from tests.web.test_checkpoint_refusals import ABOUT_CHECKPOINTS
from tests.web.test_clip_refusals import ABOUT_CLIPS
from tests.web.test_vote_refusals import ABOUT_VOTES

MASK = Image.new("L", (4, 4))
ONE_MASK: Regions[str | None] = Regions(UPLOADED, ("a.png",), strengths=(1.0, 1.0))


def file_of(picture: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def bad_archive(folder: Path) -> str:
    path = folder / "masks.zip"
    path.write_bytes(b"PK")
    return str(path)


def broken() -> None:
    raise RuntimeError("/srv/studio/weights are gone")


POLISHED = Made(Choice("one", Request("a.jpg", ("b.jpg",), polish=MOST_STEPS)), "a.jpg", "c.png")
# What each text is the answer to; called with an empty folder.
OF_THE_LIBRARY: dict[str, Callable[[Path], Any]] = {
    "error_polish_steps": lambda folder: check_steps(MOST_STEPS + 1),
    "error_polish_colors": lambda folder: Request("a.jpg", ("b.jpg",), Controls(colors="style"), polish=5),
    "error_match": lambda folder: check_match(2),
    "error_dpi": lambda folder: check_dpi(9999),
    "error_stroke_size": lambda folder: check_stroke_size(9),
    "error_colors": lambda folder: Controls(colors="grey"),
    "error_no_judge": lambda folder: Polisher(None, Encoder((1,) * 5, (2,) * 5), torch.device("cpu"), None)._judging(),
    "error_polish_nothing": lambda folder: Painter(FakeEngine(), "one", str).polish(None, 5, gr.Progress(), None),
    "error_polish_end": lambda folder: Painter(FakeEngine(), "one", str).polish(POLISHED, 5, gr.Progress(), None),
    "error_unpainted": lambda folder: regions_now(PAINTED, None, [], [1, 2]),
    "error_no_subject": lambda folder: find_subject(MASK, (64, 48)),
    "error_painting": lambda folder: read_painting({"runs": "0"}),
    "error_masks": lambda folder: opened_regions(ONE_MASK, [1, 2]),
    "error_archives": lambda folder: unpacked(["a.zip", "b.zip"]),
    "error_archive": lambda folder: unpacked([bad_archive(folder)]),
    "error_share_size": lambda folder: FolderStore(folder, max_bytes=1).put({}, {"result": b"two"}),
    "error_recipe_newer": lambda folder: from_data({"version": 99}),
    "error_recipe_other": lambda folder: from_data({"version": 1}),
    "error_recipe_none": lambda folder: from_note("A holiday"),
    "error_recipe_long": lambda folder: from_address("a" * 9000),
    "error_recipe_damaged": lambda folder: from_address("!"),
    "error_empty": lambda folder: open_picture(b""),
    "error_bytes": lambda folder: open_picture(bytes(MAX_BYTES + 1)),
    "error_pixels_many": lambda folder: open_picture(png(30_000, 30_000, 8, 0, None)),
    "error_pixels": lambda folder: open_picture(png(10_000, 5_000, 8, 0, None)),
    "error_damaged": lambda folder: open_picture(CONTENTS[0].path.read_bytes()[:2000]),
    "error_slow": lambda folder: open_picture(b"GIF89a" + bytes(7) + b"?" * 300_000),
    "error_raw": lambda folder: open_picture(b"FUJIFILMCCD-RAW"),
    "error_svg": lambda folder: open_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "error_no_picture": lambda folder: open_picture(b"no picture"),
    "error_float": lambda folder: open_picture(file_of(Image.new("F", (4, 4)), "TIFF")),
    "error_no_pixels": lambda folder: to_srgb(Image.new("RGB", (0, 4))),
    "error_folder": lambda folder: open_picture(folder),
    "error_narrow": lambda folder: fitted_size((900, 20), 256),
    "error_size": lambda folder: fitted_size((64, 48), 8),
    "error_memory": lambda folder: Estimate((64, 48), None, memory=2_000_000_000, free=1_000_000_000).check(),
    "error_strength": lambda folder: Controls(alpha=float("nan")),
    "error_weight": lambda folder: Controls(mix=(1.0, -1.0)),
    "error_weights": lambda folder: Controls(mix=(0.0, 0.0)),
    "error_point": lambda folder: bilinear_mix(0.5, 1.5),
    "error_method": lambda folder: check("vgg", 512, 1.0),
    "error_way": lambda folder: tour("Diagonal", 2, Controls()),
    "error_preset": lambda folder: preset_masks("Diagonal", (64, 48), 2),
    "error_region_strength": lambda folder: shape_masks([MASK], (64, 48), 0.0, [1.5]),
    "error_soft_edges": lambda folder: soften([MASK], 1.5),
    "error_cleared": lambda folder: open_picture(folder / "gone.png"),
    "error_broken": lambda folder: broken(),
}
PHOTOGRAPH = str(CONTENTS[0].path)
SQUARE = (0.5, 0.5, 1.0, False)
# The element that is clicked, and the values of its inputs.
ON_THE_PAGE: dict[str, tuple[str, tuple[Any, ...]]] = {
    "error_photograph": ("one-run", (None, None, 1.0, 256, False)),
    "error_style": ("one-run", (PHOTOGRAPH, None, 1.0, 256, False)),
    "error_style_of": ("four-run", (PHOTOGRAPH, *[None] * 4, 0.5, 0.5, 1.0, 256, False)),
    "error_tour": ("tour-run", (PHOTOGRAPH, *[None] * 4, *SQUARE, "Around the square", 50, "GIF")),
    "error_download": ("one-download", (None, "PNG", 90, False)),
}
ELSEWHERE = {"error_no_checkpoint", "error_unloaded"}  # below


def clicked(page: gr.Blocks, elem_id: str) -> Callable[..., Any]:
    """What the server does when an element is clicked, or right after that."""
    begun = {
        number
        for number, function in page.fns.items()
        for target, event in function.targets
        if event == "click" and page.blocks[target].elem_id == elem_id
    }
    (handler,) = [
        function.fn
        for number, function in page.fns.items()
        if (number in begun or function.trigger_after in begun) and function.fn and function.outputs
    ]
    return handler


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    return build_app(FakeEngine())


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
@pytest.mark.parametrize("key", OF_THE_LIBRARY)
def test_what_the_library_refuses(key: str, locale: str, tmp_path: Path) -> None:
    check_said(key, locale, lambda: OF_THE_LIBRARY[key](tmp_path))


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
@pytest.mark.parametrize("key", ON_THE_PAGE)
def test_what_the_page_refuses(key: str, locale: str, page: gr.Blocks) -> None:
    elem_id, values = ON_THE_PAGE[key]
    check_said(key, locale, lambda: clicked(page, elem_id)(*values))


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
def test_a_checkpoint_that_is_not_in_the_list(locale: str, engine: Stylizer) -> None:
    entry = Entry("small", "owner/small")
    current = HotSwapEngine(entry, (entry,), load=lambda entry, progress: engine)
    check_said("error_no_checkpoint", locale, lambda: current.switch("other"))


def test_no_text_is_left_out() -> None:
    provoked = {
        *OF_THE_LIBRARY,
        *ON_THE_PAGE,
        *ABOUT_CHECKPOINTS,
        *ABOUT_CLIPS,
        *ABOUT_REPLICAS,
        *ABOUT_VOTES,
        *OF_THE_SERVER,
        *ELSEWHERE,
    }
    assert provoked == {key for key in ENGLISH if key.startswith("error_")}
