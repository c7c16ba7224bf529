"""The second loss network: SqueezeNet 1.1 in torchvision's names."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from sanet.training.squeezenet import SqueezeNet, load_squeezenet


def state_dict() -> dict[str, Tensor]:
    """Random weights in torchvision's format, classifier included."""
    torch.manual_seed(0)
    return {**SqueezeNet().state_dict(), "classifier.1.weight": torch.zeros(1000, 512, 1, 1)}


def test_parameters_are_those_of_the_published_network():
    net = SqueezeNet()
    # 1,235,496 with the classifier's 513,000.
    assert sum(p.numel() for p in net.parameters()) == 722_496
    parts = ("squeeze", "expand1x1", "expand3x3")
    fires = {f"features.{i}.{part}" for i in (3, 4, 6, 7, 9, 10, 11, 12) for part in parts}
    assert {name.rsplit(".", 1)[0] for name in net.state_dict()} == {"features.0"} | fires


def test_maps_halve_from_one_to_the_next():
    with torch.no_grad():
        taps = SqueezeNet()(torch.rand(2, 3, 96, 64))
    assert [tuple(x.shape) for x in taps] == [
        (2, 64, 47, 31),
        (2, 128, 23, 15),
        (2, 256, 11, 7),
        (2, 384, 5, 3),
        (2, 512, 5, 3),
    ]


def test_a_fire_module_puts_its_expansions_side_by_side():
    fire = SqueezeNet().features["3"]
    x = torch.rand(1, 64, 6, 7)
    narrow = fire.squeeze(x).relu()
    out = fire(x)
    assert torch.allclose(out[:, :64], fire.expand1x1(narrow).relu(), atol=1e-6)
    assert torch.allclose(
        out[:, 64:, 1:-1, 1:-1], F.conv2d(narrow, fire.expand3x3.weight, fire.expand3x3.bias).relu(), atol=1e-6
    )


def test_torchvisions_format_is_read(tmp_path: Path):
    torch.save(state_dict(), tmp_path / "squeezenet.pth")
    net = load_squeezenet(tmp_path / "squeezenet.pth")
    assert torch.equal(net.features["12"].squeeze.weight, state_dict()["features.12.squeeze.weight"])
    assert not any(p.requires_grad for p in net.parameters())


def test_pictures_are_standardised():
    net = SqueezeNet()
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    image = (mean + std)[None, :, None, None].expand(1, 3, 32, 32)  # all ones, standardised
    first = net.features["0"]
    expected = (first.weight.sum(dim=(1, 2, 3)) + first.bias).relu()
    assert torch.allclose(net(image)[0][0, :, 0, 0], expected, atol=1e-5)


def test_another_file_is_refused(tmp_path: Path):
    torch.save({"features.0.weight": torch.zeros(96, 3, 7, 7)}, tmp_path / "other.pth")
    with pytest.raises(ValueError, match=r"other\.pth is not torchvision's SqueezeNet 1\.1"):
        load_squeezenet(tmp_path / "other.pth")
