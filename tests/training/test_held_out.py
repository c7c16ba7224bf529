"""Which pictures of a folder are trained on: held-out lists of every editor and system, odd names, linked folders."""

import logging
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from sanet.paths import ROOT
from sanet.training.pictures import find_all, find_pictures

NAMES = ("Gärten 1.jpg", "b.png", "c.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    for name in NAMES:
        Image.new("RGB", (32, 32)).save(tmp_path / "content" / name)
    return tmp_path / "content"


def kept(folder: Path, listing: bytes) -> list[str]:
    path = folder.parent / "held_out.txt"
    path.write_bytes(listing)
    return [unicodedata.normalize("NFC", found.name) for found in find_all([folder], [path])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lists_of_every_editor_are_read(folder, encoding, form, end):
    text = end.join(["# never", "content/Gärten 1.jpg", "content/c.png"])
    mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
    assert kept(folder, (mark + unicodedata.normalize(form, text)).encode(encoding)) == ["b.png"]


@pytest.mark.parametrize(
    "line", ["content\\b.png", "/data/content/b.png", "CONTENT/B.PNG", "  content/b.png  # said why", "./content/b.png"]
)
def test_lines_of_every_system_are_read(folder, line):
    assert "b.png" not in kept(folder, line.encode())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_are_compared_however_the_disk_spells_them(folder, form):
    (folder / NAMES[0]).rename(folder / unicodedata.normalize(form, NAMES[0]))
    assert kept(folder, "content/gärten 1.JPG".encode()) == ["b.png", "c.png"]


def test_a_name_may_hold_the_sign_of_a_comment(folder):
    (folder / "b.png").rename(folder / "b#2.png")
    assert kept(folder, b"content/b#2.png #2 of three\n#content/c.png") == ["Gärten 1.jpg", "c.png"]


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "1"}]
)
@pytest.mark.slow
def test_the_locale_does_not_matter(folder, locale):
    (folder.parent / "list.txt").write_bytes("content/Gärten 1.jpg\n".encode())
    code = "import sys\nfrom pathlib import Path\nfrom sanet.training.pictures import find_all\n"
    code += "print(*(path.name for path in find_all([Path(sys.argv[1])], [Path(sys.argv[2])])))"
    command = [sys.executable, "-c", code, folder, folder.parent / "list.txt"]
    environment = {**os.environ, **locale, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("b.png c.png\n", "")


def test_a_list_that_names_nothing_is_said(folder, caplog):
    with caplog.at_level(logging.WARNING):
        assert len(kept(folder, b"content/other.png")) == 3
    assert caplog.messages == [f"{folder.parent / 'held_out.txt'} names no picture of {folder}."]
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert len(kept(folder, b"content/b.png")) == 2
    assert caplog.messages == []


def test_each_list_that_names_nothing_is_said(folder, caplog):
    other = folder.parent / "other.txt"
    other.write_text("style/1.png")
    (folder.parent / "own.txt").write_text("content/b.png")
    with caplog.at_level(logging.WARNING):
        assert len(find_all([folder, folder], [folder.parent / "own.txt", other])) == 4
    assert caplog.messages == [f"{other} names no picture of {folder}, {folder}."]


def test_a_list_that_names_everything_is_refused(folder):
    with pytest.raises(ValueError, match="all 3 pictures are held out"):
        kept(folder, "content/Gärten 1.jpg\ncontent/b.png\ncontent/c.png".encode())


def test_a_line_without_a_folder_is_refused(folder):
    with pytest.raises(ValueError, match=r"Line 2 of .* names no folder: write FOLDER/FILE, not 'b\.png'"):
        kept(folder, b"content/c.png\nb.png")


def test_a_list_that_is_no_text_is_refused(folder):
    with pytest.raises(ValueError, match=r"held_out\.txt is not UTF-8 text; save it as UTF-8"):
        kept(folder, "content/Gärten 1.jpg".encode("latin-1"))


@pytest.mark.parametrize("suffix", [".jfif", ".mpo", ".JPG", ".Jpeg", ".HEIC", ".heif", ".gif", ".TIFF"])
def test_pictures_of_every_suffix_are_found(tmp_path, suffix):
    (tmp_path / f"a{suffix}").write_bytes(b"picture")
    (tmp_path / "a.mov").write_bytes(b"film")
    (tmp_path / f"._a{suffix}").write_bytes(b"what macOS leaves")
    assert [path.name for path in find_pictures(tmp_path)] == [f"a{suffix}"]


def test_linked_folders_are_walked_once_and_without_end(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "more"
    elsewhere.mkdir(parents=True)
    Image.new("RGB", (32, 32)).save(elsewhere / "d.png")
    (folder / "a-link").symlink_to(elsewhere, target_is_directory=True)
    (folder / "again").symlink_to(elsewhere, target_is_directory=True)
    (elsewhere / "back").symlink_to(folder, target_is_directory=True)
    (elsewhere / "gone").symlink_to(tmp_path / "gone")
    found = find_pictures(folder)
    assert sorted(path.name for path in found) == sorted([*NAMES, "d.png"])
    assert {path.parent for path in found if path.name != "d.png"} == {folder}


def test_a_linked_folder_itself_is_walked(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert len(find_pictures(tmp_path / "link")) == 3


def test_a_list_names_linked_pictures_by_either_place(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    for entry in (b"link/b.png", b"content/b.png"):
        assert kept(tmp_path / "link", entry) == ["Gärten 1.jpg", "c.png"]
