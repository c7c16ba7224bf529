"""GIF: the first picture alone."""

from sanet.image.containers.contents import Contents, damaged, slow

# Of blocks with up to 255 bytes each; a file of the largest size has less than half as many when they are full.
MAX_BLOCKS = 200_000
EXTENSION, PICTURE, END, CONTROL = b"!", b",", b";", 0xF9


def read_gif(data: bytes) -> Contents:
    """Without comments, which Pillow joins in quadratic time, and without the other pictures."""
    position = 13 + _palette(data, 10)
    kept = [data[:position]]
    for _ in range(MAX_BLOCKS):
        block = data[position : position + 1]
        if block == PICTURE:
            start = position + 10 + _palette(data, position + 9) + 1
            kept.append(data[position : _skip(data, start)] + END)
            return Contents(b"".join(kept), {})
        if block == EXTENSION:
            end = _skip(data, position + 2)
            if data[position + 1 : position + 2] == bytes([CONTROL]):
                kept.append(data[position:end])
            position = end
        elif block in (END, b""):
            raise damaged()
        else:
            position += 1
    raise slow()


def _palette(data: bytes, flags: int) -> int:
    """How many bytes the palette has, as the byte at `flags` says."""
    if flags >= len(data):
        raise damaged()
    return 3 << (data[flags] & 7) + 1 if data[flags] & 128 else 0


def _skip(data: bytes, position: int) -> int:
    """Where the blocks that begin at `position` end; at the end of the file if it is cut off."""
    for _ in range(MAX_BLOCKS):
        if position >= len(data):
            return len(data)
        if not data[position]:
            return position + 1
        position += data[position] + 1
    raise slow()
