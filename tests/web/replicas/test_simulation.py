"""The simulated queue agrees with what is known of queues."""

import statistics

import pytest

from benchmarks.simulate_serving import BOUND, percentile_95, replicas_needed, simulate


def test_a_lone_visitor_waits_for_the_painting_alone() -> None:
    alone = simulate(1, 1, [0.5], looking=2.0)
    assert min(alone.latencies) == pytest.approx(0.5)
    assert max(alone.latencies) == pytest.approx(0.5)


@pytest.mark.parametrize("replicas", [1, 3])
def test_who_never_looks_keeps_all_replicas_busy(replicas: int) -> None:
    assert simulate(20, replicas, [0.5], looking=0.0).rate == pytest.approx(replicas / 0.5, rel=0.01)


def test_many_patient_visitors_wait_as_pollaczek_and_khinchine_say() -> None:
    service, visitors, looking = 0.5, 1000, 1000.0  # almost a Poisson process of one a second
    found = simulate(visitors, 1, [service], looking, seconds=20_000)
    load = service * found.rate
    waiting = load * service / (2 * (1 - load))
    assert statistics.mean(found.latencies) == pytest.approx(service + waiting, rel=0.05)


def test_as_few_replicas_as_will_do() -> None:
    replicas, outcome = replicas_needed(200, [0.5], looking=20.0)
    assert percentile_95(outcome.latencies) <= BOUND * 0.5
    assert percentile_95(simulate(200, replicas - 1, [0.5], looking=20.0).latencies) > BOUND * 0.5
    assert replicas_needed(1, [0.5])[0] == 1
