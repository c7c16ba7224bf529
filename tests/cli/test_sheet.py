"""Contact sheets from the command line: the order of their cells, refusals, and how much memory they take."""

import subprocess
import sys

import pytest
from PIL import Image

from sanet.cli.main import main
from sanet.image.decode import open_picture
from sanet.paths import ROOT
from tests.support.command_line import expected, one_line


def test_a_sheet_has_the_contents_down_and_the_styles_across(folder, noise):
    for kind, count in (("contents", 2), ("styles", 3)):
        (folder / kind).mkdir()
        for i in range(count):
            noise(32, 32, i).save(folder / kind / f"{i}.png")
    paths = [str(folder / name) for name in ("contents", "styles", "sheet.png", "net")]
    assert main(["sheet", *paths[:2], "-o", paths[2], "--side", "32", "--checkpoint", paths[3]]) == 0
    sheet = open_picture(folder / "sheet.png")
    pitch = 36
    assert sheet.size == (4 * pitch + 4, 3 * pitch + 4)

    def cell(row, column):
        return sheet.crop((4 + column * pitch, 4 + row * pitch, 36 + column * pitch, 36 + row * pitch)).tobytes()

    assert cell(0, 2) == noise(32, 32, 1).tobytes()
    assert cell(2, 0) == noise(32, 32, 1).tobytes()
    assert cell(2, 3) == expected(folder, content="contents/1.png", styles=("styles/2.png",))
    assert set(cell(0, 0)) == {255}


@pytest.mark.parametrize(
    ("contents", "styles", "options", "named"),
    [
        ("nowhere", "styles", (), "nowhere"),
        ("content.png", "styles", (), "content.png"),
        ("net", "styles", (), "net holds no pictures"),
        ("styles", "empty", (), "empty holds no pictures"),
        ("styles", "styles", ("--side", "0"), "got 0"),
        ("styles", "styles", ("--max-side", "16"), "1.png: The picture is too small"),
    ],
)
def test_a_sheet_that_cannot_be_made_is_one_line(folder, noise, capsys, contents, styles, options, named):
    for name in ("styles", "empty"):
        (folder / name).mkdir()
    noise(64, 32).save(folder / "styles" / "1.png")
    words = ["sheet", str(folder / contents), str(folder / styles), "-o", str(folder / "sheet.png"), *options]
    try:
        code = main([*words, "--checkpoint", "nowhere"])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert named in one_line(capsys)


PEAK = "import resource, sys; from sanet.cli.main import main; main(sys.argv[1:]); "
PEAK += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"


@pytest.mark.slow
def test_large_photographs_are_not_kept(folder):
    """Eight of 12 megapixels would take 290 MB more than one."""
    peaks = []
    (folder / "styles").mkdir()
    (folder / "style.png").rename(folder / "styles" / "style.png")
    for count in (1, 8):
        photographs = folder / f"in{count}"
        photographs.mkdir()
        for i in range(count):
            Image.new("RGB", (4000, 3000), (30 * i, 0, 0)).save(photographs / f"{i}.jpg")
        words = ["sheet", photographs, folder / "styles", "-o", folder / "sheet.jpg", "--checkpoint", folder / "net"]
        command = [sys.executable, "-c", PEAK, *words, "--max-side", "64"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.split()[-1]))
    assert peaks[1] - peaks[0] < 120


def test_what_is_transparent_is_white_on_a_sheet(folder):
    for kind in ("contents", "styles"):
        (folder / kind).mkdir()
        Image.new("RGBA", (32, 32), (255, 0, 0, 0)).save(folder / kind / "a.png")
    words = ["sheet", str(folder / "contents"), str(folder / "styles"), "-o", str(folder / "sheet.png"), "--side", "32"]
    assert main([*words, "--checkpoint", str(folder / "net")]) == 0
    assert open_picture(folder / "sheet.png").getcolors() == [(76 * 76, (255, 255, 255))]
