"""The replicas as Ray Serve runs them: what each gets of a machine, how many there are, and who is sent what."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sanet.web.replicas.replica import MOST_REQUESTS, Replica
from sanet.web.replicas.settings import Replicas

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle

NAME = "sanet"  # of the application in the cluster


class LoopbackReplica(Replica):
    """For a cluster of the page's own: Serve 2.60 opens a port at all addresses, for calls that nobody makes here."""

    def __init__(self, checkpoint: str, picture_seconds: float) -> None:
        replica: Any = import_module("ray.serve._private.replica")
        opened = replica.add_port_to_grpc_server
        replica.add_port_to_grpc_server = lambda server, at: opened(server, at.replace("[::]", "127.0.0.1"))
        super().__init__(checkpoint, picture_seconds)


def replicas_in_cluster(settings: Replicas, checkpoint: str, picture_seconds: float) -> "DeploymentHandle":
    """The replicas that run in the cluster of this process, or new ones: another page may have been here before."""
    from ray import serve

    found = serve.status().applications.get(NAME)
    if found is not None and found.status in ("RUNNING", "DEPLOYING", "UNHEALTHY"):
        return serve.get_app_handle(NAME)
    kind = Replica if settings.ray_address else LoopbackReplica
    deployment: Any = serve.deployment(**options(settings))(kind)
    return serve.run(deployment.bind(checkpoint, picture_seconds), name=NAME, route_prefix=None)


def options(settings: Replicas) -> dict[str, Any]:
    """How replicas are run."""
    scaling: dict[str, Any] = {"num_replicas": settings.replicas_max}
    if settings.replicas_min < settings.replicas_max:
        bounds = {"min_replicas": settings.replicas_min, "max_replicas": settings.replicas_max}
        scaling = {"autoscaling_config": bounds | {"target_ongoing_requests": 1}}
    return scaling | {
        "ray_actor_options": {"num_cpus": settings.replica_cpus, "num_gpus": settings.replica_gpus},
        "max_ongoing_requests": MOST_REQUESTS,
        "health_check_period_s": 2,
        "request_router_config": {"request_router_class": "sanet.web.replicas.router.KnowingRouter"},
        "logging_config": {"log_level": "ERROR", "enable_access_log": False},
    }
