"""What is refused, in one sentence."""

import os
import struct
import threading

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from sanet.errors import RefusedError
from sanet.image import decode
from sanet.image.decode import open_picture, open_saved, size_of, to_srgb
from sanet.image.save import read_note
from tests.support.pictures import assert_quarters, encoded, quarters
from tests.support.png_files import png
from tests.support.waiting import eventually


def refusal(source):
    with pytest.raises(ValueError, match=r"^[A-Z/][^\n]*\.\Z") as caught:
        open_picture(source)
    return str(caught.value)


@pytest.mark.parametrize(
    ("width", "height", "megapixels"), [(10000, 10000, "100"), (8000, 5001, "40"), (1, 41000000, "41")]
)
@pytest.mark.filterwarnings("ignore:Image size")
def test_over_40_megapixels_is_refused_before_decoding(width, height, megapixels):
    assert f"has {megapixels} megapixels; at most 40" in refusal(png(width, height, 8, 2, None))


def test_exactly_40_megapixels_are_not_too_many():
    assert "damaged" in refusal(png(8000, 5000, 8, 2, [b""]))


@pytest.mark.parametrize("size", [(50000, 50000), (2**31 - 1, 2**31 - 1)])
def test_decompression_bombs_are_refused(size):
    assert "more than 100 megapixels; at most 40" in refusal(png(*size, 1, 0, None))


def test_over_20_megabytes_is_refused(tmp_path):
    assert "20.0 MB; pictures of up to 20 MB" in refusal(bytes(20_000_001))
    with (tmp_path / "large").open("wb") as file:
        file.truncate(31_400_000)
    assert "31.4 MB; pictures of up to 20 MB" in refusal(tmp_path / "large")


def test_exactly_20_megabytes_are_not_too_many():
    data = encoded(quarters(), "PNG")
    assert_quarters(open_picture(data + bytes(20_000_000 - len(data))))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_truncated_pictures_are_refused(kind, part, noise):
    data = encoded(noise(48, 40), kind)
    sentence = refusal(data[: int(len(data) * part)])
    assert "damaged or cut off" in sentence or "not a picture" in sentence


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_truncated_heic_is_refused_in_one_sentence(part):
    data = encoded(quarters(), "HEIF")
    sentence = refusal(data[: int(len(data) * part)])
    assert "damaged or cut off" in sentence or "not a picture" in sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_a_picture_cut_in_half_is_called_damaged(kind, noise):
    data = encoded(noise(48, 40), kind)
    assert "damaged or cut off" in refusal(data[: len(data) // 2])


def test_empty_files_are_refused(tmp_path):
    (tmp_path / "empty.png").touch()
    assert "empty" in refusal(b"")
    assert "empty" in refusal(tmp_path / "empty.png")


@pytest.mark.parametrize(
    "drawing",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?>\n<!-- a comment -->\n<SVG width="9"></SVG>',
    ],
)
def test_svg_is_refused_by_name(drawing):
    assert "SVG" in refusal(drawing)


@pytest.mark.parametrize(
    "data",
    [
        b"hello, this is text",
        bytes(1000),
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7\n1 0 obj\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n",
    ],
)
def test_what_is_no_picture_is_refused(data):
    sentence = refusal(data)
    assert "not a picture" in sentence or "damaged" in sentence


def test_a_folder_is_refused_by_name(tmp_path):
    assert f"{tmp_path} is a folder" in refusal(tmp_path)


def test_a_missing_file_is_an_os_error_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        open_picture(tmp_path / "missing.png")


@pytest.mark.parametrize("thing", [None, "picture.png", np.zeros((20, 20, 3), np.uint8), b""])
def test_to_srgb_refuses_what_is_no_pil_picture(thing):
    with pytest.raises(ValueError, match=f"got {type(thing).__name__}"):
        to_srgb(thing)


def test_to_srgb_refuses_pictures_without_pixels():
    with pytest.raises(ValueError, match="0 x 7"):
        to_srgb(Image.new("RGB", (0, 7)))


# Whatever decoders raise


def without_timescale():
    """An AVIF over which Pillow raises ZeroDivisionError."""
    data = encoded(quarters(), "AVIF", save_all=True, append_images=[Image.new("RGB", (48, 32))])
    place = data.index(b"mdhd") + 8 + 16
    return data[:place] + bytes(4) + data[place + 4 :]


def test_a_damaged_avif_is_one_sentence(tmp_path):
    assert "damaged" in refusal(without_timescale())
    (tmp_path / "a.avif").write_bytes(without_timescale())
    with Image.open(tmp_path / "a.avif") as lazy, pytest.raises(RefusedError, match="damaged"):
        to_srgb(lazy)


@pytest.mark.parametrize(
    "error",
    [
        *(ZeroDivisionError(), AssertionError(), MemoryError(), IndexError("index"), KeyError(0), RecursionError()),
        *(struct.error("unpack"), OverflowError(), UnicodeDecodeError("utf-8", b"?", 0, 1, "no"), Exception("other")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_of_every_class_are_one_sentence(error, tmp_path, monkeypatch):
    def fail(self):
        raise error

    quarters().save(tmp_path / "a.png")
    lazy = Image.open(tmp_path / "a.png")
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", fail)
    assert "damaged" in refusal(tmp_path / "a.png")
    with pytest.raises(RefusedError, match="damaged"):
        to_srgb(lazy)
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "_open", fail)
    for read in (size_of, open_saved):
        with pytest.raises(RefusedError, match=r"damaged|not a picture"):
            read(tmp_path / "a.png")
    assert read_note(tmp_path / "a.png") == ""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_a_truncated_file_that_pillow_opened_is_refused(kind, noise, tmp_path):
    data = encoded(noise(48, 40), kind)
    (tmp_path / "a").write_bytes(data[: len(data) * 9 // 10])
    try:
        lazy = Image.open(tmp_path / "a")
    except OSError:  # some decoders see it at once
        return
    with lazy, pytest.raises(RefusedError, match="damaged"):
        to_srgb(lazy)


# How many at a time


def test_two_pictures_are_decoded_at_a_time(monkeypatch):
    data, here, most, lock = encoded(quarters(), "PNG"), [], [], threading.Lock()

    def slowly(picture):
        with lock:
            here.append(picture)
            most.append(len(here))
            second = len(most) + len(most) % 2
        eventually(lambda: len(most) >= second)
        with lock:
            here.remove(picture)
        return picture

    monkeypatch.setattr(decode, "_decode", slowly)
    threads = [threading.Thread(target=open_picture, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 8
    assert max(most) == decode.AT_ONCE == 2


def test_a_forked_process_does_not_wait_for_threads_that_it_has_not():
    with decode._slots, decode._slots:
        child = os.fork()
        if child == 0:
            os._exit(open_picture(encoded(quarters(), "PNG")).size != (48, 32))
        assert os.waitpid(child, 0)[1] == 0
