"""Contact sheets: contents down, styles across, results where they meet. Knows pictures only."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps

from sanet.image.size import Size
from sanet.image.transparency import on_white

GAP = 4
LINE = 24  # pixels for a caption


def sheet(
    rows: Sequence[Image.Image], columns: Sequence[Image.Image], cells: Sequence[Sequence[Image.Image]], side: int
) -> Image.Image:
    """`cells[i][j]` beside `rows[i]` and below `columns[j]`, each fitted into a square of `side` pixels."""
    pitch = side + GAP
    canvas = Image.new("RGB", sheet_size(len(rows), len(columns), side), "white")
    lines: list[list[Image.Image | None]] = [[None, *columns]]
    lines += [[row, *line] for row, line in zip(rows, cells, strict=True)]
    for i, line in enumerate(lines):
        for j, picture in enumerate(line):
            if picture is not None:
                canvas.paste(thumbnail(picture, side), (GAP + j * pitch, GAP + i * pitch))
    return canvas


def captioned(pictures: Sequence[Image.Image], names: Sequence[str], columns: int, line: int = LINE) -> Image.Image:
    """Pictures of one size in lines of `columns`, each over its name, for which `line` pixels are left."""
    width, height = pictures[0].width + GAP, pictures[0].height + line
    canvas = Image.new("RGB", captioned_size(pictures[0].size, len(pictures), columns, line), "white")
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(line * 0.6)
    for i, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        x, y = GAP + i % columns * width, GAP + i // columns * height
        canvas.paste(picture, (x, y))
        draw.text((x + picture.width / 2, y + picture.height + line / 2), name, "black", font, anchor="mm")
    return canvas


def captioned_size(size: Size, count: int, columns: int, line: int = LINE) -> Size:
    """Width and height in pixels of so many pictures of a `size` over their names."""
    return columns * (size[0] + GAP) + GAP, -(-count // columns) * (size[1] + line) + GAP


def sheet_size(rows: int, columns: int, side: int) -> Size:
    """Width and height of a sheet in pixels."""
    pitch = side + GAP
    return pitch * (columns + 1) + GAP, pitch * (rows + 1) + GAP


def thumbnail(picture: Image.Image, side: int) -> Image.Image:
    """Scaled into the square, centred on white; a thumbnail of that size stays as it is."""
    return ImageOps.pad(on_white(picture).convert("RGB"), (side, side), Image.Resampling.LANCZOS, color="white")
