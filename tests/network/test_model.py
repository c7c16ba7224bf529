"""The composed network: names, sizes, configuration, and golden values."""

import re

import pytest
import torch

from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet, blend

SMALL = {"convs": (1, 1, 1, 1, 1), "widths": (4, 4, 8, 8, 8)}
SANET = [f"{layer}.{kind}" for layer in ("f", "g", "h", "out_conv") for kind in ("weight", "bias")]
DECODER = [f"{i}.{kind}" for i in (1, 5, 8, 11, 14, 18, 21, 25, 28) for kind in ("weight", "bias")]
CONVS = {"vgg19": (2, 2, 4, 4, 1), "vgg16": (2, 2, 3, 3, 1), "compact": (2, 2, 3, 3, 1)}
WIDTHS = {"vgg19": (64, 128, 256, 512, 512), "vgg16": (64, 128, 256, 512, 512), "compact": (32, 64, 128, 256, 256)}


def on_meta(config):
    with torch.device("meta"):
        return StyleTransferNet(config)


def set_by_formula(net):
    """Weights that depend on no random generator."""
    for i, tensor in enumerate(net.parameters()):
        hashed = torch.frac(torch.sin(torch.arange(1.0, tensor.numel() + 1, dtype=torch.float64) + i) * 43758.5453)
        scale = (6 / tensor[0].numel()) ** 0.5 if tensor.ndim == 4 else 0.1  # frac is spread over -1 to 1
        tensor.data.copy_((hashed * scale).reshape(tensor.shape))
    return net.requires_grad_(False)


@pytest.mark.parametrize("preset", ["vgg19", "vgg16", "compact"])
def test_presets_have_the_published_parameter_names(preset):
    names = set(on_meta(PRESETS[preset]).state_dict())
    encoder = [f"conv{block}_{i}" for block, count in enumerate(CONVS[preset], 1) for i in range(1, count + 1)]
    expected = {f"encoder.{conv}.{kind}" for conv in encoder for kind in ("weight", "bias")}
    expected |= {"encoder.rgb_matrix", "encoder.rgb_offset"}
    expected |= {f"transform.{sanet}.{name}" for sanet in ("sanet4_1", "sanet5_1") for name in SANET}
    expected |= {"transform.merge_conv.weight", "transform.merge_conv.bias"}
    expected |= {f"decoder.{name}" for name in DECODER}
    assert names == expected


@pytest.mark.parametrize("preset", ["vgg19", "vgg16", "compact"])
def test_presets_have_the_stated_widths(preset):
    shapes = {name: tuple(t.shape) for name, t in on_meta(PRESETS[preset]).state_dict().items()}
    w1, w2, w3, w4, w5 = WIDTHS[preset]
    assert [shapes[f"encoder.conv{b}_1.weight"] for b in range(1, 6)] == [
        (w1, 3, 3, 3),
        (w2, w1, 3, 3),
        (w3, w2, 3, 3),
        (w4, w3, 3, 3),
        (w5, w4, 3, 3),
    ]
    assert shapes["transform.sanet4_1.f.weight"] == shapes["transform.sanet5_1.out_conv.weight"] == (w4, w4, 1, 1)
    assert shapes["transform.merge_conv.weight"] == (w4, w4, 3, 3)
    assert shapes["decoder.1.weight"] == (w3, w4, 3, 3)
    assert shapes["decoder.28.weight"] == (3, w1, 3, 3)


@pytest.mark.parametrize("levels", [(4,), (5,), (4, 5)])
def test_levels_decide_which_attention_blocks_exist(levels):
    net = on_meta(SANetConfig(**SMALL, levels=levels))
    blocks = {name.split(".")[1] for name in net.state_dict() if name.startswith("transform.")}
    assert blocks == {f"sanet{level}_1" for level in levels} | {"merge_conv"}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"convs": (1, 1, 1, 1)}, "(1, 1, 1, 1)"),
        ({"widths": (4, 4, 8, 8, 8, 8)}, "(4, 4, 8, 8, 8, 8)"),
        ({"convs": (1, 1, 0, 1, 1)}, "(1, 1, 0, 1, 1)"),
        ({"widths": (4, -4, 8, 8, 8)}, "(4, -4, 8, 8, 8)"),
        ({"widths": (4, 4, 8, 8, 16)}, "(4, 4, 8, 8, 16)"),
        ({"levels": (3,)}, "(3,)"),
        ({"levels": ()}, "()"),
        ({"levels": (5, 4)}, "(5, 4)"),
        ({"levels": (4, 4)}, "(4, 4)"),
        ({"moments": (0.5, 0.5)}, "(0.5, 0.5)"),
        ({"moments": (0.0, 0.0, 0.0, 1.5)}, "(0.0, 0.0, 0.0, 1.5)"),
        ({"upsampling": "bicubic"}, "'bicubic'"),
        ({"moments": (-0.1, 0.0, 0.0, 0.0)}, "(-0.1, 0.0, 0.0, 0.0)"),
        ({"moments": (float("nan"), 0.0, 0.0, 0.0)}, "(nan, 0.0, 0.0, 0.0)"),
    ],
)
def test_impossible_configurations_are_refused(changed, named):
    with pytest.raises(ValueError, match=re.escape(named)):
        SANetConfig(**{**SMALL, **changed})


@pytest.mark.parametrize(("upsampling", "radius"), [("nearest", 30), ("bilinear", 37)])
def test_the_way_of_doubling_reaches_the_decoder(upsampling, radius):
    assert on_meta(SANetConfig(**SMALL)).decoder.radius == 30
    assert on_meta(SANetConfig(**SMALL, upsampling=upsampling)).decoder.radius == radius


def test_moments_reach_both_attention_blocks_and_are_the_papers_by_default():
    net = on_meta(SANetConfig(**SMALL, moments=[0.1, 0.2, 0.3, 0.4]))
    assert net.transform.sanet4_1.moments == net.transform.sanet5_1.moments == (0.1, 0.2, 0.3, 0.4)
    assert on_meta(SANetConfig(**SMALL)).transform.sanet4_1.moments == (0, 0, 0, 0)
    assert PRESETS["vgg19"].moments == PRESETS["vgg16"].moments == (0, 0, 0, 0)


@pytest.mark.parametrize("levels", [(4,), (5,), (4, 5)])
@pytest.mark.parametrize("weights", [[0.0, 0.25, 0.75], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
def test_forward_equals_its_parts_by_hand(random_net, levels, weights):
    net = random_net(SANetConfig(**SMALL, levels=levels))
    image, style_a, style_b = torch.rand(1, 3, 48, 32), torch.rand(1, 3, 32, 64), torch.rand(1, 3, 32, 32)
    features = [net.encoder(x) for x in (image, style_a, style_b)]
    own, map_a, map_b = (net.transform(features[0], style) for style in features)
    expected = net.decoder(weights[0] * own + weights[1] * map_a + weights[2] * map_b)
    found = net(image, [style_a, style_b], torch.tensor(weights)[:, None, None])
    assert found.shape == image.shape
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)


def test_forward_takes_weights_per_cell(random_net):
    net = random_net()
    image, style = torch.rand(2, 1, 3, 32, 48)
    weights = torch.rand(2, 4, 6)
    maps = [net.attend(net.encoder(image), net.encoder(s)) for s in (image, style)]
    torch.testing.assert_close(net(image, [style], weights), net.decoder(blend(maps, weights)))


def test_golden_values():
    """Numbers of this network with these weights; they change only if the mathematics does."""
    net = set_by_formula(StyleTransferNet(SANetConfig(**SMALL)))
    ramp = torch.linspace(0, 1, 3 * 32 * 48).reshape(1, 3, 32, 48)
    image, style = ramp, (ramp.flip(3) * 7) % 1
    result = net(image, [style], torch.tensor([0.25, 0.75])[:, None, None])
    golden = [
        *(0.0418, -0.0240, 0.0332, -0.5509, -0.5023, -0.1593, -0.7090, -0.6780, -0.5529),
        *(-1.3804, -1.1247, -1.0678, -2.3667, -1.6977, -1.5542, -1.3028, -1.0286, -0.5829),
        *(3.5734, 3.0006, 2.8179, 6.7324, 5.2736, 3.9920, 12.2978, 8.8999, 7.4566),
    ]
    assert result[0, :, ::15, ::23].flatten().tolist() == pytest.approx(golden, abs=1e-3)
