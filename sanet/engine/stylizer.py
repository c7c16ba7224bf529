"""The inference engine: pictures in, stylized pictures out. The only module that sequences the steps.

Holds a network, a device and a bounded cache; knows no widget, no file format and no visitor. `prepare` encodes and
attends, `render` blends and decodes, so that moving a slider runs only the second half.
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import torch
import torch.nn.functional as F
from cachetools import LRUCache
from PIL import Image
from torch import Tensor
from torch.nn.utils import convert_conv2d_weight_memory_format

from sanet.engine.controls import Controls, check_colors, spatial_weights, style_weights
from sanet.engine.cost import (
    Estimate,
    Pace,
    count_attending,
    count_decoding,
    count_encoding,
    count_operations,
    count_polishing,
    memory_needed,
    memory_to_polish,
)
from sanet.engine.forks import keep_working_in_forks
from sanet.engine.interrupts import heed_interrupts, seconds_worked
from sanet.engine.memory import free_memory
from sanet.engine.polisher import LoadJudge, Polisher, Subject, polished_size
from sanet.engine.request import UPLOADED, Regions, Request, check_match, controls_at, masks_of_styles
from sanet.engine.tally import Tally, add_to_tally
from sanet.engine.tiling import CELL, decode_tiled, encode_tiled
from sanet.errors import Message
from sanet.image.decode import to_srgb
from sanet.image.masks import read_mask
from sanet.image.size import Size, fit, fitted_size
from sanet.image.stroke_size import STYLE_SIDE, check_stroke_size, read_size, read_style
from sanet.image.tensor import crop, pad, to_picture, to_tensor
from sanet.image.transparency import on_white
from sanet.network.attention import placed
from sanet.network.color import keep_content_color, match_palette
from sanet.network.encoder import Features
from sanet.network.model import StyleTransferNet, blend
from sanet.network.regions import match_regions as matched
from sanet.network.statistics import Measure, of_the_map
from sanet.progress import Progress, Report, part, unreported

Encode = Callable[[Report], Features]
CACHE_BYTES = 256_000_000
CACHE_ENTRIES = 64  # so that a server of small pictures has its full size soon, and does not look as if it leaked
TILE = 1024  # pixels; the encoder and the decoder work on larger pictures piece by piece
T = TypeVar("T", Features, Tensor)


@dataclass(frozen=True)
class Prepared:
    """A content attended with its styles, ready to render. Immutable; may be shared between threads.

    Map 0, the content as its own style, is not among `maps`: full strength never reads it, so it is made when needed.
    """

    picture: Image.Image  # the fitted content on white, mode "RGB"
    alpha: Image.Image | None  # the content's transparency, same size
    styles: tuple[Image.Image, ...]  # as the network sees them, mode "RGB"
    maps: tuple[Tensor, ...]  # K maps (1, C, h, w), one per style; none for the colours "style"
    seen: tuple[Image.Image | None, ...] = ()  # for each style, what is white of it is taken; None for all of it
    colors: str = "result"  # what `prepare` was told of the colours

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result in pixels."""
        return self.picture.size


class View(NamedTuple):
    """How a content sees a style."""

    match: float = 0.0  # how much it keeps to regions that are alike
    seen: Image.Image | None = None  # white where the style is taken from, of its size, mode "L"; None for all of it


WHOLE = View()


def _bytes(value: Tensor | Features) -> int:
    tensors = (value,) if isinstance(value, Tensor) else value
    return sum(t.numel() * t.element_size() for t in tensors)


def _check_sequence(styles: Sequence[Image.Image]) -> None:
    """Refuse a picture that stands alone, which is easily given where a sequence is meant."""
    if not isinstance(styles, Sequence):
        raise ValueError(f"The styles must be a sequence of pictures, got {type(styles).__name__}.")


class Stylizer:
    """An `Engine` with one network, in this process. Safe to use from several threads."""

    has_previews = True

    def __init__(self, net: StyleTransferNet, device: torch.device, judge: LoadJudge | None = None) -> None:
        """`judge` loads the VGG-19 of Polish, without which nothing can be polished."""
        self.device = device
        if device.type == "cpu":
            keep_working_in_forks()
        plain = net.eval().requires_grad_(False).to(device, torch.float32)  # whatever the default is
        convert_conv2d_weight_memory_format(plain, torch.channels_last)
        self.net = _accelerate(plain, device)
        heed_interrupts(self.net)
        smallest = CACHE_BYTES // CACHE_ENTRIES
        self._cache: LRUCache[tuple, Any] = LRUCache(CACHE_BYTES, getsizeof=lambda found: max(smallest, _bytes(found)))
        self._lock = threading.Lock()
        self._pace = Pace()
        self._polisher = Polisher(judge, plain.encoder, device, self._noted)

    def check_ready(self) -> None:
        """It always is."""

    def estimate(
        self,
        content: Size,
        styles: Sequence[Size],
        max_side: int = 512,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
    ) -> Estimate:
        """What pictures of these sizes in pixels, width and height, will cost, with so many steps of Polish.

        ValueError as in `prepare`.
        """
        check_stroke_size(stroke_size)
        read = [read_size(style, max_side, stroke_size) for style in styles]
        return self._estimate(fitted_size(content, max_side, enlarge), read, polish)

    def _estimate(self, size: Size, style_sizes: Sequence[Size], polish: int = 0) -> Estimate:
        """The same for the sizes that the network sees."""
        work = count_operations(self.net.config, size, style_sizes)
        memory = memory_needed(self.net.config, size, style_sizes, TILE)
        if polish:
            small = polished_size(size)
            work["polish"] = count_polishing(small, [polished_size(style) for style in style_sizes], polish)
            memory = max(memory, memory_to_polish(small))
        return Estimate(size, self._pace.seconds(work), memory, free_memory(self.device))

    def paint(self, request: Request[Image.Image], progress: Progress = unreported) -> Image.Image:
        """`prepare` and `render` in one, and what the request says of Polish; errors as there."""
        request.check_masks()
        if request.polish:
            return self._polished(request, progress)
        prepared = self._prepared(request, part(progress, 0.0, 0.8))
        return self.render(prepared, controls_at(request, prepared.size), part(progress, 0.8, 0.2))

    def _polished(self, request: Request[Image.Image], progress: Progress) -> Image.Image:
        """What `paint` makes of a request with steps."""
        sizes = request.content.size, [style.size for style in request.styles]
        self.estimate(*sizes, request.max_side, request.polish, request.stroke_size, request.enlarge).check()
        prepared = self._prepared(request, part(progress, 0.0, 0.08))
        controls = controls_at(request, prepared.size)
        image = self._painted(prepared, controls, part(progress, 0.08, 0.02))
        subject = Subject(
            image,
            prepared.picture,
            prepared.styles,
            prepared.seen,
            _weights_at(prepared, controls, lambda masks: masks),
        )
        image = self._polisher.polish(subject, request.polish, part(progress, 0.1, 0.9))
        return _finished(image, prepared, controls, progress)

    def stylize(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        controls: Controls | None = None,
        max_side: int = 512,
        progress: Progress = unreported,
        polish: int = 0,
        stroke_size: float = 1.0,
        enlarge: bool = False,
        match_regions: float = 0.0,
        style_masks: Sequence[Image.Image] = (),
    ) -> Image.Image:
        """`paint` for a request of these parts; `style_masks`: white where each style is taken from."""
        _check_sequence(styles)
        request = Request(
            content,
            tuple(styles),
            controls or Controls(),
            max_side,
            polish=polish,
            stroke_size=stroke_size,
            enlarge=enlarge,
            match_regions=match_regions,
            style_regions=Regions(UPLOADED, tuple(style_masks)) if style_masks else None,
        )
        return self.paint(request, progress)

    def for_frames(self) -> "Stylizer":
        """Itself."""
        return self

    def sequence(
        self, request: Request[Image.Image], steps: Sequence[Controls], progress: Progress = unreported
    ) -> list[Image.Image]:
        """One picture for each of `steps` in place of the request's controls, all rendered from the same maps.

        None is polished. Errors as in `paint`.
        """
        frames = [replace(request, controls=step) for step in steps]
        request.check_masks()
        prepared = self._prepared(request, part(progress, 0.0, 0.3))
        pictures = []
        for i, frame in enumerate(frames):
            stage = Message("Painting {number} of {count}", number=i + 1, count=len(frames))
            progress(0.3 + 0.7 * i / len(frames), stage)
            pictures.append(self.render(prepared, controls_at(frame, prepared.size)))
        progress(1.0, "Done")
        return pictures

    def encode_ahead(self, content: Image.Image, max_side: int = 512) -> None:
        """Encode a frame while another thread paints the one before it; the next `prepare` of that frame takes it."""
        self._encoded(on_white(fit(to_srgb(content), max_side)), unreported)

    def prepare(
        self,
        content: Image.Image,
        styles: Sequence[Image.Image],
        max_side: int = 512,
        progress: Progress = unreported,
        measure: Measure = of_the_map,
        colors: str = "result",
        stroke_size: float = 1.0,
        enlarge: bool = False,
        match_regions: float = 0.0,
        style_masks: Sequence[Image.Image] = (),
    ) -> Prepared:
        """Fit the content to `max_side` pixels, styles to 1024 at most, encode them and attend the content with each.

        `colors`: as in the controls that it is prepared for; "style" needs no network. `stroke_size`, 0.25 to 4: how
        many times as large the styles are read. `enlarge`: a smaller content is scaled up.
        `match_regions`, 0 to 1: how much each region of the content keeps to the one of the style that is like it.
        `style_masks`: one for each style, white where it is taken from; without any, or black, from all of it.
        `progress(fraction, stage)` is called before each step and each tile; what it raises stops the work. A frame of
        a film has another `measure` than its own; nothing is kept of it.
        Raises ValueError for bad pictures, no style or another number of masks, and before any work if the memory does
        not suffice.
        """
        _check_sequence(styles)
        if not styles:
            raise ValueError("At least one style picture is needed, got 0.")
        check_colors(colors)
        check_stroke_size(stroke_size)
        check_match(match_regions)
        if style_masks and len(style_masks) != len(styles):
            raise ValueError(f"Each style needs one mask: got {len(style_masks)} for {len(styles)} style(s).")
        fitted = fit(to_srgb(content), max_side, enlarge)
        picture = on_white(fitted)
        fitted_styles = tuple(read_style(to_srgb(style), max_side, stroke_size) for style in styles)
        self._estimate(picture.size, [style.size for style in fitted_styles]).check()
        pairs = zip(style_masks, styles, strict=False)
        seen = tuple(_read_as_style(mask, style, max_side, stroke_size) for mask, style in pairs)
        if colors == "palette":
            fitted_styles = tuple(_in_palette_of(picture, style) for style in fitted_styles)
        is_frame = measure is not of_the_map
        encode, maps = self._encoded_once(picture, is_frame), []
        for i, style in enumerate(fitted_styles if colors != "style" else ()):
            stage = Message("Matching style {number}", number=i + 1)
            report = part(progress, i / len(styles), 1 / len(styles), stage)
            view = View(match_regions, seen[i] if seen else None)
            if is_frame:
                place = placed(measure, f"style {i + 1}")
                maps.append(self._attend(picture, style, encode, report, view, place))
            else:
                maps.append(self._attended(picture, style, encode, report, view))
        progress(1.0, "Prepared")
        alpha = fitted.getchannel("A") if fitted.mode == "RGBA" else None
        return Prepared(picture, alpha, fitted_styles, tuple(maps), seen, colors)

    def _prepared(self, request: Request[Image.Image], progress: Progress) -> Prepared:
        """`prepare` for what a request says."""
        return self.prepare(
            request.content,
            request.styles,
            request.max_side,
            progress,
            colors=request.controls.colors,
            stroke_size=request.stroke_size,
            enlarge=request.enlarge,
            match_regions=request.match_regions,
            style_masks=masks_of_styles(request),
        )

    def regions(self, request: Request[Image.Image]) -> list[tuple[Image.Image, Image.Image]]:
        """For each style, the regions of content and style that `match_regions` brings together.

        Mode "L", small, the number of its region from 1 in every pixel. Errors as in `prepare`.
        """
        content = on_white(fit(to_srgb(request.content), request.max_side, request.enlarge))
        encode, found = self._encoded_once(content), []
        for style in request.styles:
            read = read_style(to_srgb(style), request.max_side, request.stroke_size)
            with torch.inference_mode():
                matching = matched(encode(unreported).relu4_1, self._encoded(read, unreported).relu4_1)
            found.append((_numbers(matching.content), _numbers(matching.style)))
        return found

    def render(
        self, prepared: Prepared, controls: Controls | None = None, progress: Progress = unreported
    ) -> Image.Image:
        """Blend the prepared maps by `controls` and decode once; mode "RGBA" if the content had transparency.

        Raises ValueError if the number of weights or masks is not the number of styles, or it was not prepared for the
        colours "style" or "palette" that are asked for.
        """
        controls = controls or Controls()
        _check_prepared(prepared, controls)
        return _finished(self._painted(prepared, controls, progress), prepared, controls, progress)

    def _painted(self, prepared: Prepared, controls: Controls, progress: Progress) -> Tensor:
        """What `controls` make of the prepared maps, (1, 3, H, W) in [0, 1] on the CPU."""
        if controls.colors == "style":
            return _recolored(prepared, controls)
        weights = self._weights(prepared, controls)
        maps, lost, start = prepared.maps, None, 0.0
        if weights[0].any():
            start = 0.5
            report = part(progress, 0.0, start, "Matching the photograph")
            own = self._own_map(prepared.picture, part(report, 0.0, 0.6))
            lost = None if controls.reconstruct else self._lost(prepared.picture, own, part(report, 0.6, 0.4))
            maps = (own, *maps)
        image = self._decoded(maps, weights, prepared.size, part(progress, start, 1.0 - start, "Painting"))
        with torch.inference_mode():
            if lost is not None:
                image.addcmul_(_shares_of_pixels(weights[0], prepared.size), lost)
            return image.clamp_(0.0, 1.0)

    def _own_map(self, picture: Image.Image, report: Report) -> Tensor:
        """Map 0, the content as its own style, (1, C, h, w)."""
        return self._attended(picture, fit(picture, STYLE_SIDE), self._encoded_once(picture), report)

    def _lost(self, picture: Image.Image, own: Tensor, report: Report) -> Tensor:
        """What the decoder loses of a content whose map 0 is `own`: content less reconstruction, (1, 3, H, W)."""
        only = torch.ones((1, 1, 1), dtype=torch.float32)
        with torch.inference_mode():
            return self._cached(
                (_key(picture), "lost"), lambda: to_tensor(picture) - self._decoded([own], only, picture.size, report)
            )

    def _decoded(self, maps: Sequence[Tensor], weights: Tensor, size: Size, report: Report) -> Tensor:
        """The last of `maps` blended by the last of `weights`, (1, 3, H, W) on the CPU, not clamped."""
        with torch.inference_mode(), self._autocast():
            mixed = blend(maps, weights[-len(maps) :].to(self.device))  # (1, C, h, w)
            with self._noted("decode", count_decoding(self.net.config, size)):
                return crop(decode_tiled(self.net.decoder, mixed, TILE, report), *size)

    def _weights(self, prepared: Prepared, controls: Controls) -> Tensor:
        """(K+1, 1, 1), or (K+1, h, w) with masks brought to the grid of the maps by area."""
        grid = prepared.maps[0].shape
        return _weights_at(prepared, controls, lambda masks: F.adaptive_avg_pool2d(pad(masks), (grid[2], grid[3])))

    def _attended(
        self, content: Image.Image, style: Image.Image, encode: Encode, report: Report, view: View = WHOLE
    ) -> Tensor:
        """The map of one content-style pair, (1, C, h, w), from the cache or computed; `encode` encodes the content."""
        report(0.0)
        key = _key(content), _key(style), view.match, view.seen and _key(view.seen)
        return self._cached(key, lambda: self._attend(content, style, encode, report, view))

    def _attend(
        self,
        content: Image.Image,
        style: Image.Image,
        encode: Encode,
        report: Report,
        view: View,
        measure: Measure = of_the_map,
    ) -> Tensor:
        seen = pad(to_tensor(view.seen)).to(self.device) if view.seen else None
        with torch.inference_mode(), self._autocast():
            content_features = encode(part(report, 0.0, 0.4))
            style_features = self._encoded(style, part(report, 0.4, 0.2))
            with self._noted("attend", count_attending(self.net.config, content.size, style.size)):
                return self.net.attend(
                    content_features, style_features, part(report, 0.6, 0.4), measure, view.match, seen
                )

    def _encoded_once(self, picture: Image.Image, is_frame: bool = False) -> Encode:
        """Encodes when first called: the features of a large picture serve all its styles but fit into no cache."""
        known: list[Features] = []

        def encode(report: Report) -> Features:
            if not known:
                known.append((self._take_encoded if is_frame else self._encoded)(picture, report))
            return known[0]

        return encode

    def _encoded(self, picture: Image.Image, report: Report) -> Features:
        """The features that attention reads, from the cache or computed."""
        return self._cached((_key(picture),), lambda: self._encode(picture, report))

    def _take_encoded(self, picture: Image.Image, report: Report) -> Features:
        """The same of a frame, which nobody asks for twice: what was encoded ahead leaves the cache."""
        with self._lock:
            found = self._cache.pop((_key(picture),), None)
        return self._encode(picture, report) if found is None else found

    def _encode(self, picture: Image.Image, report: Report) -> Features:
        with torch.inference_mode(), self._autocast():
            image = pad(to_tensor(picture)).to(self.device, memory_format=torch.channels_last)
            with self._noted("encode", count_encoding(self.net.config, picture.size)):
                return encode_tiled(self.net.encoder, image, TILE, report)

    def _cached(self, key: tuple, compute: Callable[[], T]) -> T:
        """Least recently used entries go first; two threads asking at once may both compute, to the same end."""
        with self._lock:
            found = self._cache.get(key)
        add_to_tally(Tally(hits=int(found is not None), misses=int(found is None)))
        if found is None:
            found = compute()
            with self._lock:
                if _bytes(found) <= self._cache.maxsize:
                    self._cache[key] = found
        return found

    @contextmanager
    def _noted(self, kind: str, operations: float) -> Iterator[None]:
        """Learn from the time that the block takes; not from a block that was stopped.

        On a CPU that is this thread's own time, of which other processes take nothing.
        """
        clock = seconds_worked if self.device.type == "cuda" else time.thread_time
        start = clock()
        yield
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        seconds = clock() - start
        self._pace.note(kind, operations, seconds)
        add_to_tally(Tally(Counter({kind: seconds})))

    def _autocast(self) -> torch.autocast:
        """Half precision for convolutions and products on CUDA; statistics and softmax stay in float32."""
        return torch.autocast(self.device.type, dtype=torch.float16, enabled=self.device.type == "cuda")


def _accelerate(net: StyleTransferNet, device: torch.device) -> StyleTransferNet:
    """The network with faster modules; as it is where their folder was deleted."""
    try:
        from sanet.engine.kernels import kernels
        from sanet.network.fast import accelerate
    except ModuleNotFoundError:
        return net
    return accelerate(net) if device.type == "cuda" else accelerate(net, kernels().kernels)


def _shares_of_pixels(shares: Tensor, size: Size) -> Tensor:
    """The content's share of each pixel, (1, 1, H, W), or (1, 1, 1, 1) where it is the same everywhere."""
    if shares.numel() == 1:
        return shares[None, None]
    return crop(F.interpolate(shares[None, None], scale_factor=CELL, mode="bilinear"), *size)


def _numbers(regions: Tensor) -> Image.Image:
    """A map of regions, (h, w), as a picture that has 1 for the first."""
    return Image.fromarray((regions + 1).to(torch.uint8).cpu().numpy())


def _read_as_style(mask: Image.Image, style: Image.Image, max_side: int, stroke_size: float) -> Image.Image | None:
    """What is white of a mask of `style`, of the size at which that is read; None where that is nothing."""
    sized = read_mask(mask).resize(style.size, Image.Resampling.BOX).point(lambda value: 255 * (value >= 128))
    read = read_style(sized.convert("RGB"), max_side, stroke_size).convert("L")
    return read if read.getbbox() else None


def _in_palette_of(content: Image.Image, style: Image.Image) -> Image.Image:
    """`style` in the colours of `content`, both mode "RGB"."""
    return to_picture(match_palette(to_tensor(style), to_tensor(content)))


def _recolored(prepared: Prepared, controls: Controls) -> Tensor:
    """The content in nothing but the styles' colours, each as much as its weight, (1, 3, H, W) in [0, 1]."""
    content = to_tensor(prepared.picture)
    seen = prepared.seen or (None,) * len(prepared.styles)
    palettes = [_marked(to_tensor(style), mask) for style, mask in zip(prepared.styles, seen, strict=True)]
    images = [content, *(match_palette(content, palette) for palette in palettes)]
    return blend(images, _weights_at(prepared, controls, lambda masks: masks)).clamp_(0.0, 1.0)


def _marked(style: Tensor, mask: Image.Image | None) -> Tensor:
    """The pixels of a style (1, 3, H, W) that are white in its mask, (1, 3, 1, Q); all of it without a mask."""
    return style if mask is None else style.flatten(2)[:, :, None, to_tensor(mask).flatten() >= 0.5]


def _check_prepared(prepared: Prepared, controls: Controls) -> None:
    """Raise ValueError if other colours need other maps."""
    wanted, known = ("result" if colors == "photo" else colors for colors in (controls.colors, prepared.colors))
    if wanted != known:
        raise ValueError(f"This was prepared for the colours {known!r}; prepare it with colors={wanted!r}.")


def _weights_at(prepared: Prepared, controls: Controls, place: Callable[[Tensor], Tensor]) -> Tensor:
    """(K+1, 1, 1), or (K+1, h, w) with masks of the result's size, (K, 1, H, W), that `place` brings to another."""
    count = len(prepared.styles)
    controls.check_style_count(count)
    mix = controls.mix or (1.0,) * count
    if controls.masks is None:
        return style_weights(controls.alpha, mix)
    width, height = prepared.size
    sized = [F.adaptive_avg_pool2d(to_tensor(read_mask(m)), (height, width)) for m in controls.masks]
    return spatial_weights(controls.alpha, mix, place(torch.cat(sized))[:, 0])


def _finished(image: Tensor, prepared: Prepared, controls: Controls, progress: Progress) -> Image.Image:
    """The picture of (1, 3, H, W) in [0, 1], in the colours that are asked for and with the content's transparency."""
    if controls.colors == "photo":
        image = keep_content_color(image, to_tensor(prepared.picture))
    picture = to_picture(image)
    if prepared.alpha is not None:
        picture.putalpha(prepared.alpha)
    progress(1.0, "Done")
    return picture


def _key(picture: Image.Image) -> tuple[tuple[int, int], bytes]:
    """Identifies a fitted RGB picture by its size and bytes."""
    return picture.size, hashlib.blake2b(picture.tobytes(), digest_size=16).digest()
