"""A manifest holds for the same pictures wherever they lie, and for no others."""

import hashlib
import shutil
from pathlib import Path

import pytest

from sanet.measures.manifest import check_pictures, make_manifest, read_manifest, write_manifest


@pytest.fixture
def folders(tmp_path: Path, noise) -> tuple[Path, Path]:
    """Two contents, one in a folder of its own, and two styles."""
    for seed, name in enumerate(("content/a.png", "content/more/b.png", "style/c.png", "style/d.png")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        noise(20, 16, seed).save(tmp_path / name)
    return tmp_path / "content", tmp_path / "style"


def test_a_manifest_holds_checksums_by_name_and_comes_back_from_its_file(folders: tuple[Path, Path], tmp_path: Path):
    made = make_manifest(*folders)
    assert list(made.contents) == ["a.png", "more/b.png"]
    assert made.styles["c.png"] == hashlib.sha256((folders[1] / "c.png").read_bytes()).hexdigest()
    write_manifest(made, tmp_path / "pairs.json")
    assert read_manifest(tmp_path / "pairs.json") == made
    assert read_manifest(tmp_path / "pairs.json").digest == made.digest


def test_a_list_chooses(folders: tuple[Path, Path]):
    made = make_manifest(*folders, {"more/b.png", "style/d.png"})
    assert (list(made.contents), list(made.styles)) == (["more/b.png"], ["d.png"])
    with pytest.raises(ValueError, match="content holds no picture that the list names"):
        make_manifest(*folders, {"style/d.png"})


def test_the_same_pictures_are_taken_elsewhere_and_others_refused(folders: tuple[Path, Path], tmp_path: Path, noise):
    made = make_manifest(*folders)
    moved = shutil.copytree(folders[0], tmp_path / "moved")
    check_pictures(made, moved, folders[1])
    noise(20, 16, 9).save(moved / "a.png")
    with pytest.raises(ValueError, match=r"moved/a\.png is not the picture of the manifest: its SHA-256 is") as caught:
        check_pictures(made, moved, folders[1])
    assert made.contents["a.png"][:12] in str(caught.value)
    (moved / "a.png").unlink()
    with pytest.raises(ValueError, match=r"moved/a\.png, which the manifest names, is not there"):
        check_pictures(made, moved, folders[1])


@pytest.mark.parametrize(
    "text", ["[]", '{"contents": {}, "styles": {}}', '{"contents": {"a": 1}, "styles": {"b": "c"}}']
)
def test_another_file_is_refused(text: str, tmp_path: Path):
    (tmp_path / "pairs.json").write_text(text)
    with pytest.raises(ValueError, match="is no manifest"):
        read_manifest(tmp_path / "pairs.json")
