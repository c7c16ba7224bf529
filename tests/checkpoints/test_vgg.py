"""VGG files of every format give the same network; scales are normalised exactly."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from sanet.checkpoints.vgg import IMAGENET_MEAN, IMAGENET_STD, load_encoder, normalise_scales, save_half
from sanet.network.encoder import Encoder

VGG16, VGG19 = (2, 2, 3, 3, 1), (2, 2, 4, 4, 1)
WIDTHS = (4, 5, 6, 7, 7)


def encoder(convs: tuple[int, ...] = VGG16) -> Encoder:
    torch.manual_seed(0)
    return Encoder(convs, WIDTHS).requires_grad_(False)


def convolutions(net: Encoder) -> list[str]:
    return [name for block in net.blocks for name in block]


def same(a: Encoder, b: Encoder, tolerance: float = 1e-4) -> bool:
    image = torch.rand(1, 3, 40, 48)
    return all(torch.allclose(x, y, rtol=tolerance, atol=tolerance) for x, y in zip(a(image), b(image), strict=True))


def test_our_format_comes_back(tmp_path: Path):
    save_half(encoder(), tmp_path / "ours.safetensors")
    assert same(load_encoder(tmp_path / "ours.safetensors"), encoder(), 2e-3)


def test_our_format_with_a_mean_instead_of_an_offset(tmp_path: Path):
    net = encoder()
    mean = torch.tensor([0.1, 0.2, 0.3])
    tensors = {name: value for name, value in net.state_dict().items() if name.startswith("conv")}
    save_file({**tensors, "mean": mean}, tmp_path / "mean.safetensors")
    net.rgb_offset.copy_(-mean)
    assert same(load_encoder(tmp_path / "mean.safetensors"), net)


@pytest.mark.parametrize("convs", [VGG16, VGG19])
def test_torchvision_format(tmp_path: Path, convs: tuple[int, ...]):
    net = encoder(convs)
    # Indices as there: a ReLU behind each convolution, a pooling layer behind each block.
    tensors: dict[str, Tensor] = {"classifier.0.weight": torch.zeros(2, 2)}
    index = 0
    for count, block in zip((*convs[:4], convs[3]), net.blocks, strict=True):
        for i in range(count):
            source = net.get_submodule(block[min(i, len(block) - 1)])
            tensors |= {f"features.{index}.{kind}": getattr(source, kind) for kind in ("weight", "bias")}
            index += 2
        index += 1
    torch.save(tensors, tmp_path / "vgg.pth")
    net.rgb_matrix.copy_(torch.diag(1 / IMAGENET_STD))
    net.rgb_offset.copy_(-IMAGENET_MEAN / IMAGENET_STD)
    assert same(load_encoder(tmp_path / "vgg.pth"), net)


def test_published_format(tmp_path: Path):
    net = encoder(VGG19)
    matrix, offset = torch.rand(3, 3), torch.rand(3)
    tensors = {"0.weight": matrix[:, :, None, None], "0.bias": offset}
    for index, name in enumerate(convolutions(net), start=1):
        source = net.get_submodule(name)
        tensors |= {f"{3 * index}.weight": source.weight, f"{3 * index}.bias": source.bias}
    torch.save(tensors, tmp_path / "vgg_normalised.pth")
    net.rgb_matrix.copy_(matrix)
    net.rgb_offset.copy_(offset)
    assert same(load_encoder(tmp_path / "vgg_normalised.pth"), net)


def test_other_files_are_refused(tmp_path: Path):
    torch.save({"something.weight": torch.zeros(3)}, tmp_path / "other.pth")
    with pytest.raises(ValueError, match="no VGG file of a known format"):
        load_encoder(tmp_path / "other.pth")
    (tmp_path / "text.pth").write_text("hello")
    with pytest.raises(ValueError, match="not a file of plain tensors"):
        load_encoder(tmp_path / "text.pth")
    tensors = encoder().state_dict()
    del tensors["conv3_2.bias"]
    torch.save(tensors, tmp_path / "part.pth")
    with pytest.raises(ValueError, match="not a whole VGG"):
        load_encoder(tmp_path / "part.pth")


def test_normalised_channels_have_root_mean_square_one():
    net = encoder()
    pictures = [torch.rand(1, 3, 48, 40) for _ in range(3)]
    before = [net(picture) for picture in pictures]
    normalise_scales(net, pictures)
    after = [net(picture) for picture in pictures]
    for level in range(5):
        squares = torch.stack([taps[level].square().mean(dim=(0, 2, 3)) for taps in after]).mean(dim=0)
        alive = torch.stack([taps[level].amax(dim=(0, 2, 3)) for taps in before]).amax(dim=0) > 0
        assert torch.allclose(squares[alive], torch.ones(int(alive.sum())), atol=1e-3)


def test_normalising_only_rescales_channels():
    net, image = encoder(), torch.rand(1, 3, 48, 40)
    before = net(image)
    normalise_scales(net, [torch.rand(1, 3, 48, 40)])
    for x, y in zip(before, net(image), strict=True):
        factor = (y.sum(dim=(2, 3)) / x.sum(dim=(2, 3)).clamp(min=1e-12))[:, :, None, None]
        assert torch.allclose(x * factor, y, rtol=1e-3, atol=1e-4)


def test_normalising_needs_pictures():
    with pytest.raises(ValueError, match="At least one picture"):
        normalise_scales(encoder(), [])
