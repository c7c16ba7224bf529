"""The simulation of bulk work where its answer is known."""

from dataclasses import replace

import pytest

from benchmarks.simulate_bulk import Simulation, Site

SITE = Site(work=0.5, command=0.01, fetched=0, kept=200, bandwidth=1000.0, latency=0.1)


def test_one_worker_takes_the_sum_of_its_times():
    run = Simulation(SITE, workers=1, tasks=3, pictures=4).run()
    fetching_first = 0.1  # of a task; the others are fetched meanwhile
    picture = 0.5 + 0.1 + 0.2  # painted, then kept
    assert run.seconds == pytest.approx(3 * (fetching_first + 4 * picture) + 4 * 0.01)
    assert run.storage == pytest.approx(3 * 4 * 0.2 / run.seconds)


def test_workers_that_share_nothing_scale():
    alone = Site(work=0.5, command=0.0, fetched=0, kept=0, bandwidth=1.0, latency=0.0)
    assert Simulation(alone, workers=64).run().rate == pytest.approx(128, rel=0.02)


def test_full_storage_passes_its_bandwidth_on():
    run = Simulation(replace(SITE, fetched=50), workers=64).run()
    assert run.rate == pytest.approx(1000 / (50 + 200), rel=0.02)
    assert run.storage > 0.95


def test_a_full_command_takes_as_many_as_it_can():
    run = Simulation(replace(SITE, bandwidth=1e9), workers=128).run()
    assert run.rate == pytest.approx(1 / 0.01, rel=0.02)
    assert run.command > 0.9
