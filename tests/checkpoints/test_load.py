"""Checkpoints: round trip, the published .pth format against an oracle, and every refusal."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file, save_file

import sanet
from sanet.checkpoints.format import sha256
from sanet.checkpoints.load import load_network, save_network
from sanet.network.model import PRESETS, SANetConfig, StyleTransferNet
from sanet.paths import EMBEDDED

VGG = (2, 5, 9, 12, 16, 19, 22, 25, 29, 32, 35, 38, 42)
VGG_WIDTHS = (64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512)
DECODER = (1, 5, 8, 11, 14, 18, 21, 25, 28)
DECODER_WIDTHS = (256, 256, 256, 256, 128, 128, 64, 64, 3)


# Our format


@pytest.fixture
def folder(tmp_path, random_net):
    """A small checkpoint in our format."""
    save_network(random_net(), tmp_path / "net")
    return tmp_path / "net"


def refusal(source, *named):
    """The sentence that refuses `source`; it names all of `named`."""
    with pytest.raises(ValueError, match="(?s)" + "".join(f"(?=.*{re.escape(str(word))})" for word in named)):
        load_network(source)


def rewrite(folder, change):
    """Pass the tensors through `change`, keeping the SHA-256 of the configuration right."""
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")
    reconfigure(folder, sha256=sha256(folder / "model.safetensors"))


def reconfigure(folder, **changed):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changed}))


def test_round_trip(folder, random_net):
    net, loaded = random_net(), load_network(folder)
    assert loaded.config == net.config
    assert loaded.state_dict().keys() == net.state_dict().keys()
    for name, tensor in loaded.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, net.state_dict()[name].half().float())


def test_weights_are_stored_in_half_precision_under_their_names(folder):
    tensors = load_file(folder / "model.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    assert {"encoder.conv1_1.weight", "transform.sanet4_1.f.weight", "decoder.28.bias"} <= tensors.keys()


def test_the_embedded_checkpoint_is_small_and_compact(embedded):
    assert (EMBEDDED / "model.safetensors").stat().st_size < 10_000_000
    assert embedded.net.config.widths == (32, 64, 128, 256, 256)
    assert embedded.net.config == PRESETS["compact"]
    assert json.loads((EMBEDDED / "config.json").read_text())["sha256"] == sha256(EMBEDDED / "model.safetensors")


def test_sha256_of_known_bytes(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_changed_byte_is_refused(folder):
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    refusal(folder, folder / "model.safetensors", "SHA-256")


def test_a_missing_tensor_is_refused(folder):
    rewrite(folder, lambda tensors: tensors.pop("decoder.5.bias"))
    refusal(folder, folder / "model.safetensors", "decoder.5.bias")


def test_an_unknown_tensor_is_refused(folder):
    rewrite(folder, lambda tensors: tensors.update(surprise=torch.zeros(1)))
    refusal(folder, folder / "model.safetensors", "surprise")


def test_a_tensor_of_the_wrong_shape_is_refused(folder):
    rewrite(folder, lambda tensors: tensors.update({"decoder.28.bias": torch.zeros(4)}))
    refusal(folder, folder / "model.safetensors", "decoder.28.bias")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_refused(folder, value):
    rewrite(folder, lambda tensors: tensors["decoder.28.bias"].fill_(value))
    refusal(folder, folder / "model.safetensors", "decoder.28.bias", "not finite")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"text"', "{}", '{"sha256": "0"}', '{"sha256": "0", "convs": 1, "widths": 2}']
)
def test_a_broken_configuration_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    refusal(folder, folder / "config.json")


@pytest.mark.parametrize(
    "changed",
    [
        {"levels": [3]},
        {"widths": [4, 4, 8, 8, 16]},
        {"convs": [1, 1, 1]},
        {"depth": [5]},
        {"widths": [4.5] * 5},
        {"moments": ["a"] * 4},
    ],
)
def test_an_impossible_configuration_is_refused(folder, changed):
    reconfigure(folder, **changed)
    refusal(folder, folder / "config.json")


def test_moments_are_kept_and_those_of_an_older_configuration_are_the_papers(tmp_path):
    config = SANetConfig((1, 1, 1, 1, 1), (4, 4, 8, 8, 8), moments=(0.1, 0.2, 0.3, 0.4))
    save_network(StyleTransferNet(config), tmp_path)
    assert load_network(tmp_path).config == config
    stated = json.loads((tmp_path / "config.json").read_text())
    del stated["moments"]
    (tmp_path / "config.json").write_text(json.dumps(stated))
    assert load_network(tmp_path).config == replace(config, moments=(0, 0, 0, 0))


def test_a_configuration_of_another_network_is_refused(folder):
    reconfigure(folder, widths=[4, 4, 8, 16, 16])
    refusal(folder, folder / "model.safetensors")


def test_missing_weights_are_refused(folder):
    (folder / "model.safetensors").unlink()
    refusal(folder, folder / "model.safetensors", "missing")


def test_weights_that_are_no_safetensors_are_refused(folder):
    (folder / "model.safetensors").write_bytes(b"hello")
    reconfigure(folder, sha256=sha256(folder / "model.safetensors"))
    refusal(folder, folder / "model.safetensors", "not a safetensors file")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    refusal(tmp_path / "nowhere", tmp_path / "nowhere")
    refusal("owner/nowhere", "owner/nowhere")


def test_an_empty_folder_is_refused(tmp_path):
    refusal(tmp_path, tmp_path, "config.json", "transformer*.pth")


def test_a_file_in_place_of_a_folder_is_refused(folder):
    refusal(folder / "model.safetensors", "model.safetensors")


@pytest.mark.parametrize("source", [None, b"embedded", ("embedded",)])
def test_what_is_neither_name_nor_folder_is_refused(source):
    with pytest.raises(ValueError, match=rf"must be a name or a folder, got {re.escape(repr(source))}\."):
        sanet.load(source, device="cpu")


# The published format


def conv(out, into, size, generator, gain=2.0):
    """Random weight and bias that keep the scale of what passes through a ReLU."""
    weight = torch.randn(out, into, size, size, generator=generator) * (gain / (into * size * size)) ** 0.5
    return weight, torch.randn(out, generator=generator) * 0.1


def named(prefix, pair):
    return {f"{prefix}.weight": pair[0], f"{prefix}.bias": pair[1]}


@pytest.fixture(scope="module")
def parts():
    """Random tensors of the three files, under the published names."""
    generator = torch.Generator().manual_seed(0)
    vgg = named("0", conv(3, 3, 1, generator))
    for index, width, before in zip(VGG, VGG_WIDTHS, (3, *VGG_WIDTHS), strict=False):
        vgg |= named(index, conv(width, before, 3, generator))
    for index in (45, 48, 51):  # conv5_2 to conv5_4: in the file, but above what the method reads
        vgg |= named(index, (torch.zeros(1).expand(512, 512, 3, 3), torch.zeros(1).expand(512)))
    transformer = {}
    for level in (4, 5):
        for layer, gain in (("f", 0.05), ("g", 0.05), ("h", 1.0), ("out_conv", 1.0)):
            transformer |= named(f"sanet{level}_1.{layer}", conv(512, 512, 1, generator, gain))
    transformer |= named("merge_conv", conv(512, 512, 3, generator, 1.0))
    decoder = {}
    for index, width, before in zip(DECODER, DECODER_WIDTHS, (512, *DECODER_WIDTHS), strict=False):
        decoder |= named(index, conv(width, before, 3, generator))
    decoder["28.weight"] *= 0.05
    decoder["28.bias"] += 0.5
    return {"vgg_normalised": vgg, "transformer_iter_500000": transformer, "decoder_iter_500000": decoder}


@pytest.fixture(scope="module")
def published(parts, tmp_path_factory):
    """The three files on disk; tests link to them instead of changing them."""
    folder = tmp_path_factory.mktemp("published")
    for name, tensors in parts.items():
        torch.save(tensors, folder / f"{name}.pth")
    return folder


def linked(published, folder, without=""):
    for path in published.iterdir():
        if not path.name.startswith(without or "-"):
            (folder / path.name).symlink_to(path)
    return folder


def conv3x3(x, tensors, index):
    mirrored = F.pad(x, (1, 1, 1, 1), mode="reflect")
    return F.conv2d(mirrored, tensors[f"{index}.weight"], tensors[f"{index}.bias"])


def oracle_features(x, vgg):
    """relu4_1 and relu5_1."""
    x = F.conv2d(x, vgg["0.weight"], vgg["0.bias"])
    for index in VGG:
        if index in {9, 16, 29, 42}:
            x = F.max_pool2d(x, 2, stride=2, ceil_mode=True)
        x = F.relu(conv3x3(x, vgg, index))
        if index == 29:
            relu4_1 = x
    return relu4_1, x


def oracle_sanet(content, style, tensors, name):
    def conv1x1(x, layer):
        return F.conv2d(x, tensors[f"{name}.{layer}.weight"], tensors[f"{name}.{layer}.bias"])

    def norm(x):
        flat = x.flatten(2)
        mean, deviation = flat.mean(dim=2), (flat.var(dim=2) + 1e-5).sqrt()
        return (x - mean[:, :, None, None]) / deviation[:, :, None, None]

    query, key, value = conv1x1(norm(content), "f"), conv1x1(norm(style), "g"), conv1x1(style, "h")
    scores = torch.bmm(query.flatten(2).permute(0, 2, 1), key.flatten(2))  # (1, P, Q)
    mixed = torch.bmm(value.flatten(2), scores.softmax(dim=-1).permute(0, 2, 1))  # (1, C, P)
    return content + conv1x1(mixed.reshape(content.shape), "out_conv")


def oracle(image, style, parts):
    """The published network's own forward pass."""
    vgg, transformer, decoder = parts.values()
    (content4, content5), (style4, style5) = oracle_features(image, vgg), oracle_features(style, vgg)
    lower = oracle_sanet(content4, style4, transformer, "sanet4_1")
    upper = F.interpolate(oracle_sanet(content5, style5, transformer, "sanet5_1"), scale_factor=2, mode="nearest")
    x = conv3x3(lower + upper, transformer, "merge_conv")
    for index in DECODER:
        x = conv3x3(x, decoder, index)
        if index != 28:
            x = F.relu(x)
        if index in {1, 14, 21}:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
    return x


@pytest.fixture(scope="module")
def engine(published):
    return sanet.load(published, device="cpu")


@pytest.mark.parametrize(("size", "style_size"), [((48, 64), (64, 32)), ((32, 32), (32, 48))])
def test_the_published_format_gives_the_published_numbers(engine, parts, size, style_size):
    torch.manual_seed(1)
    image, style = torch.rand(1, 3, *size), torch.rand(1, 3, *style_size)
    expected = oracle(image, style, parts)
    found = engine.net(image, [style], torch.tensor([0.0, 1.0])[:, None, None])
    assert 0.05 < expected.std() < 1
    assert (expected - oracle(image, image, parts)).abs().max() > 0.01
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


def test_the_published_format_stylizes_pictures(engine, parts, noise):
    content, style = noise(64, 48), noise(32, 32, 1)
    expected = oracle(*(as_tensor(picture) for picture in (content, style)), parts)[0].clamp(0, 1) * 255
    result = as_tensor(engine.stylize(content, [style]))[0] * 255
    assert (result - expected).abs().max() < 0.53


def as_tensor(picture: Image.Image):
    values = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return values.reshape(1, picture.height, picture.width, 3).permute(0, 3, 1, 2) / 255


def test_the_published_format_takes_any_size(engine, noise):
    assert engine.stylize(noise(37, 21), [noise(19, 50, 1)]).size == (37, 21)


def test_every_part_of_the_files_is_where_it_belongs(engine, parts):
    net = engine.net
    vgg, transformer, decoder = parts.values()
    assert torch.equal(net.encoder.rgb_matrix, vgg["0.weight"][:, :, 0, 0])
    assert torch.equal(net.encoder.rgb_offset, vgg["0.bias"])
    assert torch.equal(net.encoder.conv3_4.weight, vgg["25.weight"])
    assert torch.equal(net.encoder.conv5_1.bias, vgg["42.bias"])
    assert torch.equal(net.transform.sanet5_1.out_conv.weight, transformer["sanet5_1.out_conv.weight"])
    assert torch.equal(net.decoder[14].weight, decoder["14.weight"])


def test_the_highest_iteration_wins(published, parts, tmp_path):
    linked(published, tmp_path, without="decoder")
    for iteration in (90000, 160000, 9):
        tensors = {**parts["decoder_iter_500000"], "28.bias": torch.full((3,), float(iteration))}
        torch.save(tensors, tmp_path / f"decoder_iter_{iteration}.pth")
    assert load_network(tmp_path).decoder[28].bias.tolist() == [160000.0] * 3


@pytest.mark.parametrize("part", ["vgg_normalised", "decoder"])
def test_a_missing_published_file_is_refused(published, tmp_path, part):
    refusal(linked(published, tmp_path, without=part), tmp_path, f"{part}*.pth")


@pytest.mark.parametrize(
    ("part", "change", "word"),
    [
        ("transformer_iter_500000", {"merge_conv.bias": None}, "merge_conv.bias"),
        ("transformer_iter_500000", {"sanet3_1.f.bias": torch.zeros(512)}, "sanet3_1.f.bias"),
        ("transformer_iter_500000", {"sanet4_1.h.bias": torch.full((512,), float("nan"))}, "not finite"),
        ("decoder_iter_500000", {"28.bias": torch.zeros(1)}, "28.bias"),
        ("vgg_normalised", {"2.weight": torch.zeros(64, 3, 5, 5)}, "conv1_1.weight"),
    ],
)
def test_published_files_that_do_not_fit_are_refused(published, parts, tmp_path, part, change, word):
    linked(published, tmp_path, without=part)
    tensors = {name: tensor for name, tensor in {**parts[part], **change}.items() if tensor is not None}
    torch.save(tensors, tmp_path / f"{part}.pth")
    refusal(tmp_path, tmp_path / f"{part}.pth", word)


class Malicious:
    """Unpickling it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_that_runs_code_is_refused_and_not_run(published, tmp_path):
    linked(published, tmp_path, without="vgg")
    torch.save({"0.weight": Malicious(tmp_path / "run")}, tmp_path / "vgg_normalised.pth")
    refusal(tmp_path, tmp_path / "vgg_normalised.pth")
    assert not (tmp_path / "run").exists()
    torch.load(tmp_path / "vgg_normalised.pth", weights_only=False)
    assert (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [[torch.zeros(1)], {"0.weight": "text"}, 7])
def test_a_pth_file_without_named_tensors_is_refused(published, tmp_path, content):
    linked(published, tmp_path, without="vgg")
    torch.save(content, tmp_path / "vgg_normalised.pth")
    refusal(tmp_path, tmp_path / "vgg_normalised.pth")


def test_a_truncated_pth_file_is_refused(published, tmp_path):
    linked(published, tmp_path, without="vgg")
    shutil.copyfile(published / "vgg_normalised.pth", tmp_path / "vgg_normalised.pth")
    with (tmp_path / "vgg_normalised.pth").open("r+b") as file:
        file.truncate(100_000)
    refusal(tmp_path, tmp_path / "vgg_normalised.pth")


def test_a_pth_file_that_is_no_pickle_is_refused_by_name(tmp_path):
    for name in ("vgg_normalised.pth", "transformer_iter_1.pth", "decoder_iter_1.pth"):
        (tmp_path / name).write_text("hello")
    with pytest.raises(ValueError, match=r"vgg_normalised\.pth"):
        sanet.load(tmp_path, device="cpu")


@pytest.mark.parametrize(
    "vgg",
    [
        {},
        {0: torch.zeros(1)},
        {"0.weight": torch.zeros(3, 3, 1, 1)},
        {"0.weight": torch.eye(3), "0.bias": torch.eye(3)},
    ],
)
def test_a_vgg_file_of_another_format_is_refused_by_name(vgg, tmp_path):
    for name in ("vgg_normalised.pth", "transformer_iter_1.pth", "decoder_iter_1.pth"):
        torch.save(vgg, tmp_path / name)
    with pytest.raises(ValueError, match=r"vgg_normalised\.pth"):
        sanet.load(tmp_path, device="cpu")
