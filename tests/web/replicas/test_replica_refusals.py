"""What the page says of replicas that it cannot reach or that go, in the visitor's language."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from ray.exceptions import RayActorError

from sanet.engine.request import Request
from sanet.errors import RefusedError
from sanet.web.replicas.cluster import AWAY, STARTING
from sanet.web.replicas.engine import RayEngine
from sanet.web.replicas.replica import Step
from tests.support.locales import check_said


class NoReplicas:
    """In place of a cluster: there is no connection, as `said`, or its replicas go in the middle of each picture."""

    def __init__(self, said: str = "") -> None:
        self.said = said
        self.paint = SimpleNamespace(remote=lambda *asked: self.painted())

    def handle(self) -> "NoReplicas":
        """Itself, which stands in for the handle as well."""
        if self.said:
            raise RefusedError(self.said)
        return self

    def check(self, handle: object) -> None:
        """The connection lasts."""

    def options(self, stream: bool) -> "NoReplicas":
        """As `DeploymentHandle.options`."""
        return self

    def broadcast(self, method: str) -> Any:
        """Nobody answers."""
        return SimpleNamespace(results=lambda **_: [])

    def painted(self) -> Iterator[Step]:
        """A step, and no more."""
        yield Step(0.5, "Painting")
        raise RayActorError


def paint(cluster: Any) -> None:
    """A small picture."""
    picture = Image.new("RGB", (8, 8))
    RayEngine(cluster, "embedded").paint(Request(picture, (picture,)))


def ask(cluster: Any) -> None:
    """Whether it is ready."""
    RayEngine(cluster, "embedded").check_ready()


ABOUT_REPLICAS: dict[str, Callable[[], None]] = {
    "error_ray_starting": lambda: paint(NoReplicas(STARTING)),
    "error_ray_away": lambda: paint(NoReplicas(AWAY)),
    "error_ray_lost": lambda: paint(NoReplicas()),
    "error_ray_none": lambda: ask(NoReplicas()),
}


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
@pytest.mark.parametrize("key", ABOUT_REPLICAS)
def test_it_is_said(key: str, locale: str) -> None:
    check_said(key, locale, ABOUT_REPLICAS[key])
