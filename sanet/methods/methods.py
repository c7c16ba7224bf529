"""The five systems of the paper's comparison behind one call: two pictures in, a picture out.

SANet is the engine's; what the four others need is loaded when it is first needed. Knows no widget and no visitor.
"""

from collections.abc import Callable
from numbers import Real

import torch
from PIL import Image
from torch import Tensor

from sanet.engine.controls import Controls
from sanet.engine.interrupts import seconds_worked
from sanet.engine.protocol import Engine
from sanet.engine.request import Request
from sanet.errors import RefusedError
from sanet.image.decode import to_srgb
from sanet.image.size import Size, fit, fitted_size
from sanet.image.stroke_size import read_size, read_style
from sanet.image.tensor import crop, pad, to_picture, to_tensor
from sanet.image.transparency import on_white
from sanet.methods import adain, avatar_net, gatys, wct
from sanet.methods.gatys import STEPS
from sanet.methods.networks import Networks
from sanet.progress import Progress, Report, part, unreported

NAMES = ("sanet", "gatys", "wct", "avatar-net", "adain")
TITLES = {"sanet": "SANet", "gatys": "Gatys et al.", "wct": "WCT", "avatar-net": "Avatar-Net", "adain": "AdaIN"}
STARTS = ("photo", "noise", "sanet")  # what Gatys begins with
LARGEST = 2048  # pixels of the longer side; beyond it Avatar-Net takes minutes and gigabytes
MOST_STEPS = 1000
WCT_STRENGTH = 0.6  # of its Eq. 5, with which that paper paints its figures; 1 leaves nothing of the photograph


class Methods:
    """Paints with any of `NAMES`. Safe to use from several threads.

    The encoder of the three that have one is the embedded compact network's, the judge of Gatys the embedded VGG-19.
    """

    def __init__(self, engine: Engine) -> None:
        """`engine` paints SANet's pictures."""
        self._engine = engine
        self._networks = Networks()
        self._pace: dict[str, float] = {}  # seconds for each million pixels, as last seen

    def paint(
        self,
        name: str,
        content: Image.Image,
        style: Image.Image,
        max_side: int = 512,
        alpha: float = 1.0,
        progress: Progress = unreported,
        steps: int = STEPS,
        start: str = "photo",
        shown: Callable[[Image.Image], None] = unreported,
    ) -> Image.Image:
        """`content` in the style of `style`, as large as SANet makes it.

        `alpha`: from 0 (content) to 1, the strength that the paper of each paints with. Of Gatys alone: `steps`,
        `start`, one of `STARTS`, and `shown`, which gets the picture after each step. `progress` may raise to stop.
        Raises ValueError for another name, bad pictures and numbers out of range.
        """
        check(name, max_side, alpha, steps, start)
        if name == "sanet":
            return self._engine.paint(Request(content, (style,), Controls(alpha), max_side), progress)
        fitted = fit(to_srgb(content), max_side)
        picture, read = on_white(fitted), read_style(to_srgb(style), max_side, 1.0)
        images = _image(picture), _image(read)
        if name == "gatys":
            first = self._start(start, content, style, max_side, images[0])
            show = _shower(shown, picture.size)
            progress(0.0, "Loading")
            judge, begun = self._networks.judge, seconds_worked()
            report = part(progress, 0.0, 1.0, "Moving the pixels")
            image = gatys.stylize(judge, *images, first, steps, alpha, report, show)
        else:
            progress(0.0, "Loading")
            stylize, begun = self._forward(name), seconds_worked()
            with torch.inference_mode():
                image = stylize(*images, alpha, part(progress, 0.0, 1.0, "Painting"))
        self._pace[name] = (seconds_worked() - begun) / _work(name, picture.size, read.size, steps)
        result = to_picture(crop(image, *picture.size))
        if fitted.mode == "RGBA":
            result.putalpha(fitted.getchannel("A"))
        progress(1.0, "Done")
        return result

    def estimate(self, name: str, content: Size, style: Size, max_side: int = 512, steps: int = STEPS) -> float | None:
        """Seconds for pictures of these sizes, width and height; None until one was painted. Errors as in `paint`."""
        check(name, max_side, 1.0, steps)
        if name == "sanet":
            return self._engine.estimate(content, [style], max_side).seconds
        sizes = fitted_size(content, max_side), read_size(style, max_side, 1.0)
        return self._pace[name] * _work(name, *sizes, steps) if name in self._pace else None

    def _forward(self, name: str) -> Callable[[Tensor, Tensor, float, Report], Tensor]:
        """A method that paints in one go."""
        networks = self._networks
        encoder = networks.encoder
        if name == "wct":
            of_level = networks.decoders.of_level
            return lambda content, style, alpha, report: wct.stylize(
                encoder, of_level, content, style, WCT_STRENGTH * alpha, report
            )
        if name == "avatar-net":
            mirror = networks.decoders.avatar_net
            return lambda *given: avatar_net.stylize(encoder, mirror, *given)
        decoder = networks.adain_decoder
        return lambda *given: adain.stylize(encoder, decoder, *given)

    def _start(self, start: str, content: Image.Image, style: Image.Image, max_side: int, image: Tensor) -> Tensor:
        """What Gatys begins with, (1, 3, H, W); `image` is the content."""
        if start == "noise":
            return torch.rand(image.shape, generator=torch.Generator().manual_seed(0))
        if start == "sanet":
            return _image(on_white(self._engine.paint(Request(content, (style,), max_side=max_side))))
        return image


def check(name: str, max_side: int, alpha: float, steps: int = STEPS, start: str = "photo") -> None:
    """Raise ValueError for what `Methods.paint` cannot do."""
    if name not in NAMES:
        raise RefusedError("There is no method {name}; there are {names}.", name=repr(name), names=", ".join(NAMES))
    if not (isinstance(alpha, Real) and 0.0 <= alpha <= 1.0):
        raise RefusedError("The strength must lie between 0 and 1, got {alpha}.", alpha=repr(alpha))
    if name != "sanet" and not (isinstance(max_side, Real) and max_side <= LARGEST):
        raise RefusedError(
            "{method} paints up to {most} pixels here, got {size}.",
            method=TITLES[name],
            most=LARGEST,
            size=repr(max_side),
        )
    if not (isinstance(steps, int) and 1 <= steps <= MOST_STEPS):
        raise RefusedError("Gatys takes 1 to {most} steps, got {steps}.", most=MOST_STEPS, steps=repr(steps))
    if start not in STARTS:
        raise RefusedError(
            "Gatys begins with one of {starts}, got {start}.", starts=", ".join(STARTS), start=repr(start)
        )


def _image(picture: Image.Image) -> Tensor:
    """Padded as the encoder needs it."""
    return pad(to_tensor(picture)).contiguous(memory_format=torch.channels_last)


def _shower(shown: Callable[[Image.Image], None], size: Size) -> Callable[[Tensor], None]:
    """`shown` for padded images of pictures of `size`."""

    def show(image: Tensor) -> None:
        shown(to_picture(crop(image, *size)))

    return show


def _work(name: str, content: Size, style: Size, steps: int) -> float:
    """What the time of a method grows with, in millions: pixels, for each step of Gatys; for Avatar-Net, which compares
    all patches with all, nearly pairs of pixels.
    """
    pixels, others = content[0] * content[1] / 1e6, style[0] * style[1] / 1e6
    if name == "gatys":
        return pixels * steps
    return pixels * (0.05 + others) if name == "avatar-net" else pixels + others
