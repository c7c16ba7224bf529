"""Every kernel is measured, and nothing else is touched."""

import torch

from sanet.network.fast.choice import OFFERED, Kernels
from sanet.network.fast.measure import fastest, measure_kernels


def test_all_that_is_offered_is_measured_and_threads_and_random_numbers_stay():
    threads, random = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(2)
    try:
        seconds = measure_kernels()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(torch.get_rng_state(), random)
    assert {stage: tuple(words) for stage, words in seconds.items()} == OFFERED
    assert all(time >= 0 for words in seconds.values() for time in words.values())


def test_the_fastest_of_each_stage_is_taken():
    seconds = {
        "products": {"blas": 2.0, "onednn": 1.0},
        "attention": {"chunks": 2.0, "fused": 1.0},
        "convolutions": {"plain": 1.0, "winograd": 2.0},
        "decoder": {"float32": 2.0, "bfloat16": 1.0},
    }
    assert fastest(seconds) == Kernels("onednn", "fused", "plain", "bfloat16")
