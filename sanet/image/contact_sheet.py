"""Contact sheets: contents down, styles across, results where they meet. Knows pictures only."""

from collections.abc import Sequence

from PIL import Image, ImageOps

GAP = 4


def sheet(
    rows: Sequence[Image.Image], columns: Sequence[Image.Image], cells: Sequence[Sequence[Image.Image]], side: int
) -> Image.Image:
    """`cells[i][j]` beside `rows[i]` and below `columns[j]`, each fitted into a square of `side` pixels."""
    pitch = side + GAP
    canvas = Image.new("RGB", (pitch * (len(columns) + 1) + GAP, pitch * (len(rows) + 1) + GAP), "white")
    lines: list[list[Image.Image | None]] = [[None, *columns]]
    lines += [[row, *line] for row, line in zip(rows, cells, strict=True)]
    for i, line in enumerate(lines):
        for j, picture in enumerate(line):
            if picture is not None:
                canvas.paste(_fitted(picture, side), (GAP + j * pitch, GAP + i * pitch))
    return canvas


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    """Scaled into the square, centred on white."""
    return ImageOps.pad(picture.convert("RGB"), (side, side), Image.Resampling.LANCZOS, color="white")
