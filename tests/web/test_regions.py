"""What the canvas sends, and masks as files."""

import base64
import io
import zipfile
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from sanet.engine.request import PAINTED, UPLOADED, Regions
from sanet.image.decode import MAX_BYTES, open_picture, size_of
from sanet.web.examples import STYLES
from sanet.web.mask_files import pack, received, unpacked
from sanet.web.regions import (
    NothingPaintedError,
    keep_painting,
    kept_painting,
    kept_parts,
    opened_regions,
    regions_now,
)
from sanet.web.widgets.paint_canvas import (
    CANVAS_SIDE,
    brush_of,
    photograph,
    quarters,
    read_marks,
    read_painting,
    write_painting,
)


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
        regions_now(PAINTED, painting, [], [1, 2])


def test_a_painting_is_kept_as_a_picture(regions: Image.Image) -> None:
    (kept,) = keep_painting(write_painting(regions))
    assert Image.open(kept).mode == "RGBA"
    assert kept_painting(kept).tobytes() == regions.tobytes()
    assert keep_painting(None) == ()


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


def zipped(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> str:
    with zipfile.ZipFile(path, "w", compression) as written:
        for name, data in files.items():
            written.writestr(name, data)
    return str(path)


def mask_file(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (20, 16), shade).save(buffer, "PNG")
    return buffer.getvalue()


LEFT = {"__MACOSX/._1.png": b"left", "masks/.DS_Store": b"left", "masks/Thumbs.db": b"left", "desktop.ini": b"left"}


def test_what_systems_pack_with_masks_is_left_out(tmp_path: Path) -> None:
    masks = {"masks/1.png": mask_file(255), "masks\\2.png": mask_file(90)}
    files = unpacked([zipped(tmp_path / "a.zip", LEFT | masks)])
    assert [Image.open(file).getpixel((0, 0)) for file in files] == [255, 90]
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._1.png"):  # chosen with all the files of a folder
        (tmp_path / name).write_bytes(b"left")
        assert unpacked([str(tmp_path / name), *files]) == files


@pytest.mark.parametrize("name", ["MASKS.ZIP", "masks", "masks.png"])
def test_an_archive_is_one_by_its_contents(name: str, tmp_path: Path) -> None:
    (file,) = unpacked([zipped(tmp_path / name, {"a.png": mask_file(7)})])
    assert Image.open(file).getpixel((0, 0)) == 7


def test_the_opacity_of_an_uploaded_mask_counts(tmp_path: Path) -> None:
    drawn = Image.new("LA", (20, 16), (255, 0))
    drawn.paste((255, 255), (0, 0, 10, 16))
    drawn.save(tmp_path / "a.png")
    (mask,) = regions_now(UPLOADED, None, [str(tmp_path / "a.png")], [1]).pictures
    assert (mask.getpixel((3, 8)), mask.getpixel((15, 8))) == (255, 0)


@pytest.mark.parametrize("data", [b"", b"a letter", b"%PDF-1.7"])
def test_what_is_no_mask_is_refused_when_it_is_uploaded(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(data)
    (tmp_path / "b.png").write_bytes(mask_file(9))
    for paths in ([tmp_path / "a.png"], [zipped(tmp_path / "c.zip", {"a.png": data, "b.png": mask_file(9)})]):
        with pytest.raises(ValueError, match=r"^[A-Z][^\n]*\.$"):
            received([str(path) for path in paths])
    assert received([str(tmp_path / "b.png")]) == [str(tmp_path / "b.png")]


def lying(archived: bytes, size: int) -> bytes:
    """An archive of one file that says it has `size` bytes."""
    here, there = archived.index(b"PK\1\2") + 24, archived.index(b"PK\3\4") + 22
    wrong = size.to_bytes(4, "little")
    data = archived[:here] + wrong + archived[here + 4 :]
    return data[:there] + wrong + data[there + 4 :]


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = Path(zipped(tmp_path / "a.zip", {"a.png": bytes(10**8)}, compression=zipfile.ZIP_DEFLATED))
    path.write_bytes(lying(path.read_bytes(), 1000))
    with pytest.raises(ValueError, match=r"^The archive of masks cannot be read.*\.$"):
        unpacked([str(path)])


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_in_rare_compressions_are_refused(compression: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.png": mask_file(9)}, compression=compression)
    with pytest.raises(ValueError, match=r"^The archive of masks cannot be read.*\.$"):
        unpacked([path])


def test_a_long_directory_is_refused_unread(tmp_path: Path) -> None:
    path = Path(zipped(tmp_path / "a.zip", {"a.png": b""}))
    data = path.read_bytes()
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    entries = data[start:end] * 200_000
    size = len(entries).to_bytes(4, "little")
    path.write_bytes(data[:start] + entries + data[end : end + 12] + size + data[end + 16 :])
    with pytest.raises(ValueError, match=r"^The archive of masks cannot be read.*\.$"):
        unpacked([str(path)])


@pytest.mark.attack
def test_damaged_archives_end_in_masks_or_one_sentence(tmp_path: Path) -> None:
    random, path = np.random.default_rng(3), tmp_path / "a.zip"
    whole = pack([Image.new("L", (20, 16), shade) for shade in (255, 0)], ["one", "Ünï"]) + b"a comment"
    ends = set()
    for _ in range(400):
        data = bytearray(whole)
        for place in random.integers(0, len(data), random.integers(1, 6)):
            data[place] = random.integers(0, 256)
        path.write_bytes(data[: random.integers(1, len(data) + 200)])
        try:
            ends.add(len(unpacked([str(path)])))
        except ValueError as error:
            ends.add(str(error).split()[0])
    assert {2, "The"} <= ends <= {1, 2, "The"}


STYLES_4 = [str(STYLES[0].path), str(STYLES[1].path), None, str(STYLES[2].path)]


def marked_everywhere(size: tuple[int, int]) -> dict[str, Any]:
    """The value of a canvas with each quarter in its own number, which brushes would leave around the pictures too."""
    marks = Image.new("L", size)
    for i in range(4):
        left, top = (i % 2) * size[0] // 2, (i // 2) * size[1] // 2
        marks.paste(i + 1, (left, top, left + size[0] // 2, top + size[1] // 2))
    return write_painting(marks)


def test_marks_are_read_within_the_picture_of_each_style_that_there_is() -> None:
    masks = read_marks(marked_everywhere((640, 480)), STYLES_4)
    assert len(masks) == 3
    for mask, style in zip(masks, filter(None, STYLES_4), strict=True):
        assert mask.getextrema() == (255, 255)
        wide, high = size_of(style)
        assert mask.width / mask.height == pytest.approx(wide / high, rel=0.02)
        assert 320 in mask.size or 240 in mask.size


def test_marks_are_where_the_style_is_seen() -> None:
    shown = quarters(*STYLES_4)
    value = write_painting(Image.new("L", (shown["width"], shown["height"])))
    assert [mask.getextrema() for mask in read_marks(value, STYLES_4)] == [(0, 0)] * 3
    with Image.open(io.BytesIO(base64.b64decode(shown["picture"].split(",")[1]))) as sheet:
        for (left, top), style in zip([(0, 0), (320, 0), (0, 240), (320, 240)], STYLES_4, strict=True):
            seen = sheet.convert("RGB").crop((left + 150, top + 110, left + 170, top + 130))
            if style is None:
                assert seen.getpixel((10, 10)) == pytest.approx((136, 136, 136), abs=3)
                continue
            picture = open_picture(style)
            middle = picture.resize((200, 200)).crop((90, 90, 110, 110))
            difference = np.abs(np.asarray(seen, float).mean((0, 1)) - np.asarray(middle, float).mean((0, 1)))
            assert difference.max() < 25


def test_parts_are_kept_as_a_mask_for_each_style() -> None:
    assert kept_parts("", None, None, STYLES_4) is None
    assert kept_parts("Centre", None, None, STYLES_4) == Regions("Centre")
    marked = write_painting(Image.new("L", (64, 48), 1))
    parts = kept_parts(PAINTED, marked, None, STYLES_4)
    assert parts is not None
    assert parts.drawn == UPLOADED
    opened = opened_regions(parts, [1, 2, 4])
    assert [mask.getextrema()[1] for mask in opened.pictures] == [255, 0, 0]
    assert kept_parts(UPLOADED, None, list(map(str, parts.pictures)), STYLES_4) == parts


def test_an_untouched_canvas_stands_for_whole_styles_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(gr, "Info", told.append)
    assert kept_parts(PAINTED, None, None, STYLES_4) is None
    assert told == ["Nothing is marked, so all of each style is taken."]
