"""What file managers leave beside pictures."""

from pathlib import PurePosixPath

import pytest

from sanet.image.folders import is_left_by_system


@pytest.mark.parametrize(
    "path",
    [
        *("__MACOSX/._a.png", "masks/._a.png", "._a.png", ".DS_Store", "masks/.DS_Store", "Thumbs.db", "THUMBS.DB"),
        *("masks/desktop.ini", "Desktop.ini", "ehthumbs.db", "@eaDir/a.png", ".Spotlight-V100/a.png", "Icon\r"),
    ],
)
def test_what_systems_leave(path: str) -> None:
    assert is_left_by_system(PurePosixPath(path))


@pytest.mark.parametrize(
    "path", ["a.png", "masks/a.png", "a.b.png", "thumbs.png", "desktop.ini.png", "Icon.png", "../a.png"]
)
def test_pictures(path: str) -> None:
    assert not is_left_by_system(PurePosixPath(path))
