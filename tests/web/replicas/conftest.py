"""One start of Ray for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.support.ray_process import RayProcess, ray_process


@pytest.fixture(scope="module")
def replicas() -> Iterator[RayProcess]:
    """Two replicas with the embedded checkpoint, in a cluster of their own."""
    pytest.importorskip("ray")
    with ray_process() as process:
        yield process
