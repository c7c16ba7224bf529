"""How many replicas paint, with how much of a machine, and where: settings of the operator."""

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sanet.errors import RefusedError
from sanet.web.serving.limits import setting, settings_from

ENGINES = ("local", "ray")
NO_ENGINE = "SANET_ENGINE must be local or ray, got {given!r}."
NO_EXTRA = "{variable} needs more packages: pip install 'sanet-studio[scale]'."
NO_ADDRESS = "SANET_RAY_ADDRESS must be a host and a port such as head:6379, got {given!r}."
CROSSED = "SANET_REPLICAS_MIN must not be above SANET_REPLICAS_MAX, got {least} and {most}."


@dataclass(frozen=True)
class Replicas:
    """Each field is set by the variable `SANET_` and its name in capitals. Raises `RefusedError` for nonsense."""

    ray_address: str = setting("", "host and port of the head of a cluster; a cluster on this machine if empty")
    replicas_min: int = setting(1, "replicas that always run")
    replicas_max: int = setting(2, "replicas that run at most, while many wait")
    replica_cpus: float = setting(1, "CPU cores of one replica; so many threads paint in it")
    replica_gpus: float = setting(0, "GPUs of one replica, such as 0.25 for four that share one")

    def __post_init__(self) -> None:
        if self.ray_address and not re.fullmatch(r".+:\d{1,5}", self.ray_address):
            raise RefusedError(NO_ADDRESS, given=self.ray_address)
        if self.replicas_min > self.replicas_max:
            raise RefusedError(CROSSED, least=self.replicas_min, most=self.replicas_max)


def replicas_from(environment: Mapping[str, str]) -> Replicas | None:
    """What the variables ask for; None where the page paints by itself. Raises `RefusedError`."""
    given = environment.get("SANET_ENGINE") or "local"
    if given not in ENGINES:
        raise RefusedError(NO_ENGINE, given=given)
    if given == "local":
        return None
    require("ray", "SANET_ENGINE=ray")
    return settings_from(Replicas, environment)


def require(package: str, variable: str) -> None:
    """Raises `RefusedError` where a package of the extra `scale` is missing that a setting needs."""
    if importlib.util.find_spec(package) is None:
        raise RefusedError(NO_EXTRA, variable=variable)
