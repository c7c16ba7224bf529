"""What the canvas sends, and masks as files."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sanet.image.decode import MAX_BYTES
from sanet.image.masks import draw_regions
from sanet.web.regions import PAINTED, NothingPaintedError, areas, keep_painting, kept_painting, pack, unpacked
from sanet.web.widgets.paint_canvas import CANVAS_SIDE, COLORS, brush_of, photograph, read_painting, write_painting


@pytest.fixture
def regions() -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 5, (30, 40), dtype=np.uint8))


def test_a_painting_goes_to_the_browser_and_back(regions: Image.Image) -> None:
    value = write_painting(regions)
    painted = read_painting(value)
    assert painted is not None
    assert painted.tobytes() == regions.tobytes()
    assert write_painting(Image.new("L", (3, 2)))["runs"] == "0 6"
    assert write_painting(Image.new("L", (1280, 640)))["width"] == CANVAS_SIDE


@pytest.mark.parametrize(
    "value",
    [
        "0 12",
        {"width": 3, "height": 4},
        {"width": 3, "height": 4, "runs": ""},
        {"width": 3, "height": 4, "runs": "0 11"},
        {"width": 3, "height": 4, "runs": "0 12 1"},
        {"width": 3, "height": 4, "runs": "5 12"},
        {"width": 3, "height": 4, "runs": "-1 12"},
        {"width": 3, "height": 4, "runs": "0 20 1 -8"},
        {"width": 3, "height": 4, "runs": "0 99999999999999999999999"},
        {"width": 3, "height": 4, "runs": "<script>"},
        {"width": 30000, "height": 40000, "runs": "0 1200000000"},
        {"width": None, "height": 4, "runs": "0 12"},
    ],
)
def test_what_is_no_painting_is_refused_in_one_sentence(value: object) -> None:
    with pytest.raises(ValueError, match=r"^The painting cannot be read.*\.$"):
        read_painting(value)


@pytest.mark.parametrize(
    "painting", [None, {"width": 3, "height": 2, "runs": "0 6"}, {"width": 1, "height": 1, "runs": "4 1"}]
)
def test_a_canvas_without_paint_for_any_style_is_told_apart(painting: object) -> None:
    with pytest.raises(NothingPaintedError):
        areas(PAINTED, painting, [], [1, 2], (64, 48))


def test_a_painting_is_kept_as_a_picture(regions: Image.Image) -> None:
    kept = keep_painting(write_painting(regions))
    assert Image.open(kept).mode == "RGBA"
    assert kept_painting(kept).tobytes() == regions.tobytes()


def test_a_painting_of_the_first_page_still_opens(tmp_path: Path, regions: Image.Image) -> None:
    """It was drawn in the four colours with soft edges, on a larger canvas."""
    blocks = regions.resize((320, 240), Image.Resampling.NEAREST)
    drawn = draw_regions(blocks, COLORS).resize((640, 480), Image.Resampling.BICUBIC)
    drawn.save(tmp_path / "painting.png")
    again = kept_painting(str(tmp_path / "painting.png")).resize((320, 240), Image.Resampling.NEAREST)
    assert (np.asarray(again) == np.asarray(blocks)).mean() > 0.9


def test_an_archive_of_masks_comes_back_in_the_order_of_the_styles(tmp_path: Path) -> None:
    masks = [Image.new("L", (20, 16), shade) for shade in (255, 0, 90)]
    path = tmp_path / "masks.zip"
    path.write_bytes(pack(masks, ["Starry night", "../../etc/Ünï", ""]))
    assert zipfile.ZipFile(path).namelist() == ["1-starry-night.png", "2-etc-ünï.png", "3-style.png"]
    files = unpacked([str(path)])
    assert [Image.open(file).tobytes() for file in files] == [mask.tobytes() for mask in masks]
    assert unpacked(files) == files


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name in names:
            written.writestr(name, bytes(1000))
    return buffer.getvalue()


# Named, as the bytes of an archive hold the time of its making, and two workers must collect the same names.
@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", archive(), archive(*"abcdefghi"), archive("a.png")[:-40]],
    ids=["nothing", "no archive", "empty", "more than eight", "cut off"],
)
def test_a_bad_archive_is_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "masks.zip"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"^The archive of masks cannot be read.*\.$"):
        unpacked([str(path)])


def test_an_archive_that_unpacks_to_very_much_is_refused_unread(tmp_path: Path) -> None:
    path, other = tmp_path / "masks.zip", tmp_path / "more.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name in "ab":
            written.writestr(name, bytes(MAX_BYTES // 2 + 1))
    assert path.stat().st_size < 100_000
    with pytest.raises(ValueError, match=r"^The archive of masks cannot be read.*\.$"):
        unpacked([str(path)])
    other.write_bytes(archive("a.png"))
    with pytest.raises(ValueError, match="one archive of masks, not 2"):
        unpacked([str(other), str(other)])


def test_names_in_an_archive_never_leave_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "masks.zip"
    path.write_bytes(archive("../../../escaped.png", "/tmp/escaped.png"))
    files = unpacked([str(path)])
    assert {Path(file).parent for file in files} == {Path(files[0]).parent}
    assert [Path(file).name for file in files] == ["mask-1.png", "mask-2.png"]


def test_phone_photographs_are_scaled_before_they_reach_the_canvas(tmp_path: Path) -> None:
    Image.new("RGB", (4000, 3000), "green").save(tmp_path / "phone.jpg")
    shown = photograph(str(tmp_path / "phone.jpg"))
    assert (shown["width"], shown["height"]) == (640, 480)
    assert len(shown["picture"]) < 100_000
    (tmp_path / "broken.jpg").write_bytes(b"broken")
    assert photograph(None)["picture"] == photograph(str(tmp_path / "broken.jpg"))["picture"] == ""


def test_brushes_are_named_after_their_styles(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "My painting.png")
    brush = brush_of(str(tmp_path / "My painting.png"))
    assert brush["name"] == "My painting"
    assert brush["picture"].startswith("data:image/jpeg")
    assert brush_of(None) == {"name": "", "picture": ""}
