"""Measures the kernels that a CPU may compute with, in half a second. Knows no network and no file."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.network.fast.choice import OFFERED, Kernels, choose_attention, choose_multiply
from sanet.network.fast.padding import pad_border
from sanet.network.fast.winograd import Transform, convolve_tiles, transform_rows, transform_tiles
from sanet.progress import unreported

# By field of `Kernels` and by what is offered for it.
Seconds = dict[str, dict[str, float]]
Run = Callable[[], object]
ROUNDS = 3  # after one that is not counted


def measure_kernels() -> Seconds:
    """Processor time of one thread, the least of a few rounds in turns.

    Of one thread, because what else the machine does at this moment, which may be once in its life, says nothing of
    later: two threads that share their cores with other work wait for each other, most in the smallest steps.
    """
    with ThreadPoolExecutor(1) as alone:  # the number of threads is one of each thread
        return alone.submit(_measured_alone).result()


def fastest(seconds: Seconds) -> Kernels:
    """The kernels with the least of `seconds`."""
    return Kernels(**{stage: min(words, key=words.__getitem__) for stage, words in seconds.items()})


def _measured_alone() -> Seconds:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            return _measured()
    finally:
        torch.set_num_threads(threads)


def _measured() -> Seconds:
    """Attention and convolutions with the faster product."""
    random = torch.Generator().manual_seed(0)  # not the user's, who may have seeded it
    products = _least({word: _multiplying(Kernels(word), random) for word in OFFERED["products"]})
    faster = min(products, key=products.__getitem__)
    attention = {word: _attending(Kernels(faster, attention=word), random) for word in OFFERED["attention"]}
    ways = {word: Kernels(faster, convolutions=word) for word in OFFERED["convolutions"]}
    convolutions = _least({word: _convolving(kernels, random) for word, kernels in ways.items()})
    float32 = ways[min(convolutions, key=convolutions.__getitem__)]
    decoder = {word: _convolving(replace(float32, decoder=word), random) for word in OFFERED["decoder"]}
    return {
        "products": products,
        "attention": _least(attention),
        "convolutions": convolutions,
        "decoder": _least(decoder),
    }


def _multiplying(kernels: Kernels, random: torch.Generator) -> Run:
    """A product of the size of those in a Winograd convolution."""
    multiply, x = choose_multiply(kernels), _noise(random, 512, 512)
    return lambda: multiply(x, x)


def _attending(kernels: Kernels, random: torch.Generator) -> Run:
    """A quarter of the content's positions at 512 x 512 pixels, and half of the style's."""
    attend = choose_attention(kernels)
    query, key, value = (_noise(random, 1, positions, 256) for positions in (1024, 2048, 2048))
    return lambda: attend(query, key, value, unreported)


def _convolving(kernels: Kernels, random: torch.Generator) -> Run:
    """One layer for each of the two Winograd transforms."""
    runs = [_layer(*layer, kernels, random) for layer in ((128, 64, transform_rows), (256, 32, transform_tiles))]
    return lambda: [run() for run in runs]


def _layer(channels: int, height: int, transform: Transform, kernels: Kernels, random: torch.Generator) -> Run:
    """By functions, since a module's weights would be drawn from the user's random numbers."""
    x, weight = (
        _noise(random, *shape).contiguous(memory_format=torch.channels_last)
        for shape in ((1, channels, height, 64), (channels, channels, 3, 3))
    )
    bias = _noise(random, channels)
    if kernels.decoder == "bfloat16":
        x, weight, bias = x.bfloat16(), weight.bfloat16(), bias.bfloat16()
    if kernels.decoder == "bfloat16" or kernels.convolutions == "plain":
        return lambda: F.conv2d(pad_border(x, 1), weight, bias)
    transformed, multiply = transform(weight), choose_multiply(kernels)
    return lambda: convolve_tiles(pad_border(x, 1), transformed, bias, multiply)


def _noise(random: torch.Generator, *shape: int) -> Tensor:
    """Of deviation 1/4, so that scores of 256 channels have 1."""
    return torch.randn(shape, generator=random, dtype=torch.float32) / 4


def _least(words: Mapping[str, Run]) -> dict[str, float]:
    times = [{word: _seconds(run) for word, run in words.items()} for _ in range(1 + ROUNDS)]
    return {word: min(turn[word] for turn in times[1:]) for word in words}


def _seconds(run: Run) -> float:
    start = time.thread_time()
    run()
    return time.thread_time() - start
