"""The settings of replicas are those of the documentation; without their package, or with nonsense, one sentence."""

import re
from dataclasses import fields

import pytest

from sanet.errors import RefusedError
from sanet.paths import ROOT
from sanet.web.replicas import settings
from sanet.web.replicas.deployment import options
from sanet.web.replicas.settings import Replicas, replicas_from
from sanet.web.serving.limits import variable

DOCUMENTED = re.compile(r"^\| `(\w+)` \| (.*?) ?\| (.*) \|$", re.MULTILINE)


def test_the_table_says_what_the_code_does() -> None:
    table = (ROOT / "docs/settings.md").read_text(encoding="utf-8").split("## Replicas")[1].split("\n## ")[0]
    documented = [(variable(field.name), str(field.default), field.metadata["about"]) for field in fields(Replicas)]
    assert DOCUMENTED.findall(table)[1:] == documented  # the first is SANET_ENGINE


def test_the_page_paints_by_itself_unless_it_is_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.importlib.util, "find_spec", lambda package: None)
    assert replicas_from({}) is replicas_from({"SANET_ENGINE": "local"}) is None
    with pytest.raises(RefusedError, match="SANET_ENGINE must be local or ray, got 'dask'"):
        replicas_from({"SANET_ENGINE": "dask"})
    with pytest.raises(RefusedError, match=r"SANET_ENGINE=ray needs .* pip install 'sanet-studio\[scale\]'"):
        replicas_from({"SANET_ENGINE": "ray"})


def test_what_is_set_is_what_ray_is_told() -> None:
    pytest.importorskip("ray")
    given = {"SANET_REPLICAS_MIN": "2", "SANET_REPLICAS_MAX": "8", "SANET_REPLICA_GPUS": "0.25"}
    found = replicas_from({"SANET_ENGINE": "ray"} | given)
    assert found == Replicas(replicas_min=2, replicas_max=8, replica_gpus=0.25)
    told = options(found)
    assert told["ray_actor_options"] == {"num_cpus": 1, "num_gpus": 0.25}
    assert (told["autoscaling_config"]["min_replicas"], told["autoscaling_config"]["max_replicas"]) == (2, 8)
    assert options(Replicas(replicas_min=3, replicas_max=3))["num_replicas"] == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANET_REPLICAS_MIN", "3"),
        ("SANET_REPLICAS_MAX", "0"),
        ("SANET_REPLICA_CPUS", "x"),
        ("SANET_RAY_ADDRESS", "head"),
    ],
)
def test_nonsense_is_refused_by_its_name(name: str, value: str) -> None:
    pytest.importorskip("ray")
    with pytest.raises(RefusedError, match=name):
        replicas_from({"SANET_ENGINE": "ray", name: value})
