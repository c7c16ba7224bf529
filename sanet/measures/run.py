"""One run: every method over every pair of a manifest, measured row by row. Knows no table."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cachetools import LRUCache
from PIL import Image, ImageOps

from sanet.errors import one_line
from sanet.image.decode import open_named
from sanet.image.size import Size, fit
from sanet.image.transparency import on_white
from sanet.measures.judge import Judge, Seen, Style, best
from sanet.measures.manifest import Manifest
from sanet.measures.rows import Row, Rows

logger = logging.getLogger(__name__)
Paint = Callable[[Image.Image, Image.Image], Image.Image]  # content and style -> a picture of the content's size
# Always measured: what leaves everything of the content, and everything of the style.
PHOTOGRAPH, STYLE = "untouched photograph", "bare style"
STYLES_KEPT = 64  # about 3 MB each


class Content(NamedTuple):
    """What all methods share of a content."""

    picture: Image.Image
    seen: Seen


def crop_to(size: Size, style: Image.Image) -> Image.Image:
    """The middle of the style in the content's size, so that it can be compared with the content."""
    return ImageOps.fit(style, size, Image.Resampling.LANCZOS)


class Run:
    """Pictures of two folders, brought to a longer side of `size` pixels, through `painters` into `rows`."""

    def __init__(
        self, judge: Judge, folders: tuple[Path, Path], painters: Mapping[str, Paint], rows: Rows, size: int = 512
    ) -> None:
        """`folders`: of contents and of styles, as the manifest names them."""
        self.judge, self.rows, self.size = judge, rows, size
        self.contents, self.styles = folders
        self.painters = painters
        self.seen_styles: LRUCache[str, Style] = LRUCache(STYLES_KEPT)

    def measure(self, manifest: Manifest) -> None:
        """Every row that is not there yet; what cannot be measured becomes a row that says why."""
        for number, name in enumerate(manifest.contents, start=1):
            missing = {style: self._missing(name, style) for style in manifest.styles}
            missing = {style: methods for style, methods in missing.items() if methods}
            if missing:
                logger.info("Content %d of %d, %s: %d styles", number, len(manifest.contents), name, len(missing))
                self._measure_content(name, missing)

    def _measure_content(self, name: str, missing: Mapping[str, Sequence[str]]) -> None:
        """`missing`: methods by style."""
        try:
            picture = self._open(self.contents / name)
        except (ValueError, OSError) as error:
            for style, methods in missing.items():
                self._refuse(name, style, methods, error)
            return
        content = Content(picture, self.judge.see(picture))
        for number, (style, methods) in enumerate(missing.items(), start=1):
            logger.info("  %d of %d: %s", number, len(missing), style)
            self._measure_pair(name, content, style, methods)

    def _missing(self, content: str, style: str) -> list[str]:
        return [name for name in (PHOTOGRAPH, STYLE, *self.painters) if not self.rows.is_whole((content, style, name))]

    def _measure_pair(self, name: str, content: Content, style_name: str, methods: Sequence[str]) -> None:
        for method in methods:
            try:
                values = self._values(method, content, self._see_style(style_name))
                self.rows.add(Row(name, style_name, method, values))
            except (ValueError, OSError) as error:
                self._refuse(name, style_name, [method], error)

    def _values(self, method: str, content: Content, style: Style) -> dict[str, float]:
        if method == PHOTOGRAPH:
            return {**best("content"), **self.judge.compare_style(content.seen, style)}
        if method == STYLE:
            cropped = self.judge.see(crop_to(content.picture.size, style.picture))
            return {**self.judge.compare_content(cropped, content.seen), **best("style")}
        seen = self.judge.see(self.painters[method](content.picture, style.picture))
        return {**self.judge.compare_content(seen, content.seen), **self.judge.compare_style(seen, style)}

    def _refuse(self, content: str, style: str, methods: Sequence[str], error: Exception) -> None:
        for method in methods:
            self.rows.add(Row(content, style, method, refused=one_line(error)))

    def _see_style(self, name: str) -> Style:
        if name not in self.seen_styles:
            self.seen_styles[name] = self.judge.see_style(self._open(self.styles / name))
        return self.seen_styles[name]

    def _open(self, path: Path) -> Image.Image:
        """Raises ValueError that names the path, OSError as `open`."""
        picture = on_white(open_named(path))
        try:
            return fit(picture, self.size, enlarge=True)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
