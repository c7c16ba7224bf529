"""Measurements that need a process of their own, so that memory and start are nobody else's.

    python -m benchmarks.alone paint compact 1024 1024 3     # prints one line of JSON

`alone(...)` runs that in a fresh process and reads the line.
"""

import json
import subprocess
import sys
from collections.abc import Callable

import torch

import sanet
from benchmarks.literal import LiteralSANet
from benchmarks.measure import Timing, fresh, memory, peak_memory, pictures, random_network, timed
from sanet.engine.stylizer import TILE, Stylizer
from sanet.engine.tiling import decode_tiled, encode_tiled
from sanet.image.tensor import pad, to_tensor
from sanet.network.attention import unreported

Found = dict[str, float]
READY = """
import torch, time
start = time.perf_counter()
import sanet
sanet.load("embedded", "cpu")
print(time.perf_counter() - start)
"""


def alone(name: str, *arguments: str | int) -> Found:
    """One of the functions below in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.alone", name, *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def paint(network: str, content_side: int, style_side: int, rounds: int) -> Found:
    """Cold pictures through the engine: seconds with the style known, and memory of the first in GB."""
    compact = network == "compact"
    engine = sanet.load("embedded", "cpu") if compact else Stylizer(random_network(network), torch.device("cpu"))
    content, style = pictures(content_side, style_side)
    side = max(content_side, style_side)  # a smaller working size would shrink the style, too
    loaded = memory()
    first = timed(lambda: engine.stylize(content, [style], max_side=side), 1, warm_up=False)
    found = {"loaded": loaded, "peak": peak_memory(), "above": peak_memory() - loaded, "cold": first.seconds}
    again = timed(lambda: engine.stylize(fresh(content), [style], max_side=side), rounds, warm_up=False)
    return found | again._asdict()


def literal(content_side: int, style_side: int) -> Found:
    """One picture through (a): memory in GB."""
    network = LiteralSANet(random_network("vgg19"))
    content, style = (to_tensor(picture) for picture in pictures(content_side, style_side))
    loaded = memory()
    with torch.inference_mode():
        network(content, style)
    return {"loaded": loaded, "peak": peak_memory(), "above": peak_memory() - loaded}


def tiled(content_side: int, style_side: int) -> Found:
    """Largest difference that tiles make to the embedded model's picture, before it is rounded to 8 bits."""
    net = sanet.load("embedded", "cpu").net
    image, style = (pad(to_tensor(picture)) for picture in pictures(content_side, style_side))

    def painted(tile: int) -> torch.Tensor:
        features = encode_tiled(net.encoder, image, tile, unreported)
        mixed = net.attend(features, encode_tiled(net.encoder, style, tile, unreported))
        return decode_tiled(net.decoder, mixed, tile, unreported)

    with torch.inference_mode():
        return {"difference": (painted(TILE) - painted(content_side)).abs().max().item()}


def startup() -> Timing:
    """From torch imported to the embedded checkpoint loaded, each time in a fresh process."""
    times = []
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", READY], check=True, capture_output=True)
        times.append(float(done.stdout))
    low, middle, high = sorted(times)[1:4]
    return Timing(middle, (high - low) / 2)


def main() -> None:
    """Run the function that the command line names."""
    name, *arguments = sys.argv[1:]
    runs: dict[str, Callable[..., Found]] = {"paint": paint, "literal": literal, "tiled": tiled}
    print(json.dumps(runs[name](*(int(a) if a.isdigit() else a for a in arguments))))


if __name__ == "__main__":
    main()
