"""Training pictures: crops, bad files, held-out lists, batches as a function of the step."""

import logging
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sanet.network.color import luminance
from sanet.training.data import PairBatches, Stage, read_ahead, stage_at
from sanet.training.pictures import PictureFiles, crop_file, find_all, find_pictures

STAGE = Stage(until=1.0, crop=32, batch=4, short_side=(32, 64))


def picture(seed: int, size: tuple[int, int] = (60, 40)) -> Image.Image:
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for kind, start in (("content", 0), ("style", 100)):
        (tmp_path / kind).mkdir()
        for i in range(3):
            picture(start + i).save(tmp_path / kind / f"{i}.png")
    return tmp_path


def dataset(folders: Path, rank: int = 0, world: int = 1, stages: tuple[Stage, ...] = (STAGE,)) -> PairBatches:
    contents, styles = (PictureFiles(find_pictures(folders / kind)) for kind in ("content", "style"))
    return PairBatches(contents, styles, stages, 5, rank, world)


def test_a_batch_depends_on_seed_and_step_alone(folders: Path):
    first, again = dataset(folders), dataset(folders)
    again.batch(3, 0.3)
    for a, b in zip(first.batch(7, 0.7), again.batch(7, 0.7), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(first.batch(7, 0.7)[0], first.batch(8, 0.7)[0])


def test_processes_share_the_batch_of_one(folders: Path):
    whole = dataset(folders).batch(2, 0.2)
    parts = [dataset(folders, rank, 2).batch(2, 0.2) for rank in range(2)]
    for i in range(2):
        assert torch.equal(torch.cat([part[i] for part in parts]), whole[i])


def test_a_batch_that_cannot_be_shared_is_refused(folders: Path):
    with pytest.raises(ValueError, match="4 pairs cannot be shared evenly by 3"):
        dataset(folders, 0, 3)


def test_the_share_of_grey_styles_loses_its_colors_and_nothing_else_changes(folders: Path):
    colored = dataset(folders)
    mixed = dataset(folders, stages=(replace(STAGE, grey_styles=0.5),))
    grey = 0
    for step in range(8):
        (contents, before), (same, after) = colored.batch(step, 0.0), mixed.batch(step, 0.0)
        assert torch.equal(contents, same)
        for a, b in zip(before, after, strict=True):
            if not torch.equal(a, b):
                grey += 1
                assert torch.equal(b, luminance(a[None])[0].expand(3, -1, -1))
    assert 8 <= grey <= 24  # of 32


def test_stages_change_crop_and_batch(folders: Path):
    stages = (Stage(0.2, 32, 2, (32, 32)), Stage(0.5, 48, 1, (48, 96)))
    pairs = dataset(folders, stages=stages)
    shapes = [tuple(pairs.batch(0, done)[0].shape) for done in (0.0, 0.19, 0.2, 0.5, 1.0)]
    assert shapes == [(2, 3, 32, 32)] * 2 + [(1, 3, 48, 48)] * 3
    assert stage_at(stages, 0.1) is stages[0]


def test_workers_deliver_the_same_batches_in_order(folders: Path):
    data = dataset(folders)
    for step, batch in zip((4, 5, 6), read_ahead(data, 4, 7, workers=1), strict=True):
        assert torch.equal(batch[0], data.batch(step, step / 7)[0])


def test_bad_files_are_passed_over_and_reported_once(folders: Path, caplog: pytest.LogCaptureFixture):
    (folders / "content" / "broken.png").write_bytes(b"not a picture")
    (folders / "content" / "empty.jpg").write_bytes(b"")
    whole = (folders / "content" / "0.png").read_bytes()
    (folders / "content" / "cut.png").write_bytes(whole[: len(whole) // 2])
    data = dataset(folders)
    with caplog.at_level(logging.WARNING):
        for step in range(12):
            assert torch.isfinite(data.batch(step, step / 12)[0]).all()
    reported = [record.getMessage() for record in caplog.records]
    assert len(reported) == len(set(reported)) == 3


def test_only_bad_files_are_an_error(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="could not be read"):
        PictureFiles(find_pictures(tmp_path)).draw(random.Random(0), STAGE)


def test_greyscale_transparent_and_turned_pictures(tmp_path: Path):
    Image.new("L", (40, 50), 128).save(tmp_path / "grey.png")
    Image.new("RGBA", (40, 50), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(0, (80, 40)).save(tmp_path / "turned.jpg", exif=exif)
    crops = PictureFiles(find_pictures(tmp_path))
    for path in crops.paths:
        found = crops._open(path)
        assert found is not None
        assert found.mode == "RGB"
        if path.name == "turned.jpg":
            assert found.size == (40, 80)


def test_held_out_pictures_are_left_out(folders: Path, tmp_path: Path):
    listing = tmp_path / "held_out.txt"
    listing.write_text("# never trained on\ncontent/1.png\nstyle/0.png  # a comment\n")
    assert [path.name for path in find_all([folders / "content"], [listing])] == ["0.png", "2.png"]
    assert [path.name for path in find_all([folders / "style"], [listing])] == ["1.png", "2.png"]


def test_folders_without_pictures_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="holds no pictures"):
        find_pictures(tmp_path)
    with pytest.raises(ValueError, match="no folder"):
        find_pictures(tmp_path / "missing")


def test_a_crop_of_the_whole_picture_is_the_picture():
    whole = picture(0, (48, 48))
    found = {tuple(crop_file(whole, 48, 48, random.Random(i)).flatten()[:50].tolist()) for i in range(20)}
    array = torch.from_numpy(np.array(whole)).permute(2, 0, 1) / 255.0
    assert found == {tuple(x.flatten()[:50].tolist()) for x in (array, array.flip(2))}


def test_a_crop_shows_the_scale_that_was_asked_for():
    """A ramp across 100 pixels: of a picture scaled to 200, a crop of 50 covers a quarter of it."""
    ramp = Image.fromarray(np.tile(np.arange(100, dtype=np.uint8)[None, :, None], (100, 1, 3)))
    crop = crop_file(ramp, 50, 200, random.Random(0))[0, 25] * 255
    assert abs(float(crop[-1] - crop[0])) == pytest.approx(25, abs=1.5)


@pytest.mark.parametrize(
    "wrong",
    [{"crop": 16}, {"short_side": (16, 64)}, {"batch": 0}, {"until": 0.0}, {"until": 1.5}, {"grey_styles": 1.5}],
)
def test_stages_out_of_range_are_refused(wrong: dict):
    with pytest.raises(ValueError, match="A stage needs"):
        Stage(**{"until": 1.0, "crop": 32, "batch": 1, "short_side": (32, 64), **wrong})


def test_what_systems_leave_beside_pictures_is_not_found_and_every_name_of_a_picture_is(tmp_path: Path) -> None:
    names = ("a.jpg", "b.JFIF", "c.HEIC", "d.heif", "e.mpo", "sub/f.png")
    left = ("._a.jpg", ".hidden.png", "__MACOSX/._a.jpg", "@eaDir/a.jpg", "Thumbs.db", "note.txt")
    for name in (*names, *left):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    assert find_pictures(tmp_path) == [tmp_path / name for name in names]


def test_a_picture_that_breaks_its_decoder_is_passed_over(folders: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An AVIF over which Pillow raises ZeroDivisionError."""
    path = folders / "content" / "3.avif"
    picture(1).save(path, save_all=True, append_images=[picture(2)])
    data = path.read_bytes()
    place = data.index(b"mdhd") + 8 + 16
    path.write_bytes(data[:place] + bytes(4) + data[place + 4 :])
    drawn = dataset(folders)
    for step in range(8):
        drawn.batch(step, 0.0)
    assert [record.getMessage() for record in caplog.records] == [
        f"Passing over {path}: The picture is damaged or cut off; save it again and retry."
    ]
