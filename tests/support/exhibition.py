"""Something to vote on: plain pictures in the place of results."""

from pathlib import Path

from PIL import Image

from sanet.votes.pictures import Exhibition

METHODS = ("sanet", "gatys", "wct")
COLORS = dict(zip(METHODS, ("red", "green", "blue"), strict=True))
COMBINATIONS = (("koala", "great-wave"), ("honey-bee", "ducks"))


def exhibition(folder: Path) -> Exhibition:
    """Six pairs of plain pictures, in a folder with a manifest."""
    shown = Exhibition(folder, COMBINATIONS, METHODS)
    for photograph, style in COMBINATIONS:
        for method in METHODS:
            path = shown.file(photograph, style, method)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (96, 64), COLORS[method]).save(path)
    listed = '{"methods": ["sanet", "gatys", "wct"], "combinations": [["koala", "great-wave"], ["honey-bee", "ducks"]]}'
    (folder / "manifest.json").write_text(listed)
    return shown
