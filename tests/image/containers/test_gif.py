"""GIF: the first picture alone."""

from pathlib import Path

import pytest
from PIL import Image

from sanet.errors import RefusedError
from sanet.image.decode import open_picture, size_of
from tests.support.pictures import assert_quarters, encoded, quarters

HEAD = 13  # bytes before the palette


def commented(blocks: bytes) -> bytes:
    """A GIF with a comment before its picture."""
    data = encoded(quarters(), "GIF")
    place = HEAD + (3 << (data[10] & 7) + 1)
    return data[:place] + b"!\xfe" + blocks + b"\0" + data[place:]


def test_a_comment_of_ten_megabytes_is_passed_over(tmp_path: Path) -> None:
    data = commented((b"\xff" + bytes(255)) * 40_000)
    assert_quarters(open_picture(data))
    (tmp_path / "a.gif").write_bytes(data)
    assert size_of(tmp_path / "a.gif") == (48, 32)


@pytest.mark.parametrize(
    "data",
    [
        commented(b"\1a" * 5_000_000),
        commented(b"\1a" * 5_000_000)[:-5000],
        encoded(quarters(), "GIF")[:HEAD] + b"?" * 10**6,
    ],
    ids=["blocks of a byte", "cut off", "junk"],
)
def test_floods_of_blocks_are_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(data)
    for read in (open_picture, size_of):
        with pytest.raises(RefusedError, match=r"take too long|damaged"):
            read(tmp_path / "a.gif")


def test_what_comes_after_the_first_picture_does_not_count() -> None:
    frames = [quarters().quantize(16), *[Image.new("P", (48, 32), 5)] * 3]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], transparency=3)
    assert open_picture(data + b"junk").tobytes() == open_picture(encoded(frames[0], "GIF", transparency=3)).tobytes()


def test_a_gif_without_a_picture_is_damaged() -> None:
    with pytest.raises(RefusedError, match="damaged"):
        open_picture(encoded(quarters(), "GIF")[:HEAD] + b";")
