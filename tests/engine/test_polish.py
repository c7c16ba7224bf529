"""Polish: a goal for any request, steps that come nearer to it, and what has to stay as it was."""

import numpy as np
import pytest
import torch
from PIL import Image

import sanet
from sanet.checkpoints import vgg
from sanet.engine import polisher
from sanet.engine.controls import Controls, style_weights
from sanet.engine.polish import distance, mixed_goal, style_distance
from sanet.engine.request import MOST_STEPS, Request
from sanet.engine.stylizer import Stylizer
from sanet.network.distances import content_loss, style_loss
from sanet.network.encoder import Encoder
from sanet.network.statistics import mean_and_deviation, weighted_mean_and_deviation
from sanet.paths import VGG19

CPU = torch.device("cpu")


def small_vgg() -> Encoder:
    """A random judge whose channels have about the scale of the embedded one's."""
    torch.manual_seed(3)
    encoder = Encoder((1, 1, 1, 1, 1), (6, 6, 8, 8, 8))
    for conv in encoder.children():
        torch.nn.init.kaiming_normal_(conv.weight)
    return encoder


@pytest.fixture
def engine(random_net) -> Stylizer:
    return Stylizer(random_net(), CPU, small_vgg)


def moments(features):
    return [mean_and_deviation(x) for x in features]


def seen(seed: int, height: int = 64):
    return small_vgg().requires_grad_(False)(
        torch.rand(1, 3, height, 64, generator=torch.Generator().manual_seed(seed))
    )


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture).astype(int)


# The goal


def test_of_one_style_the_distance_is_equations_7_and_8():
    output, content, style = seen(0), seen(1), seen(2)
    goal = mixed_goal(content, [moments(style)], style_weights(1.0, [1.0]))
    assert style_distance(output, goal).item() == pytest.approx(style_loss(output, style).item(), rel=1e-5)
    whole = 25 * style_loss(output, style) + content_loss(output, content)
    assert distance(output, goal).item() == pytest.approx(whole.item(), rel=1e-5)


def test_a_style_given_twice_is_the_style():
    output, content, style = seen(0), seen(1), moments(seen(2))
    once = mixed_goal(content, [style], style_weights(0.7, [1.0]))
    twice = mixed_goal(content, [style, style], style_weights(0.7, [3.0, 1.0]))
    assert style_distance(output, twice).item() == pytest.approx(style_distance(output, once).item(), rel=1e-5)


def test_a_mix_is_half_way_between_the_moments_of_its_styles():
    content, first, second = seen(1), moments(seen(2)), moments(seen(3))
    goal = mixed_goal(content, [first, second], style_weights(1.0, [1.0, 1.0]))
    for wanted, a, b in zip(goal.moments, first, second, strict=True):
        assert torch.allclose(wanted[0], (a[0] + b[0]) / 2, atol=1e-5)
        assert torch.allclose(wanted[1], (a[1] + b[1]) / 2, atol=1e-5)


def test_without_strength_the_content_is_its_own_goal():
    content, style = seen(1), moments(seen(2))
    assert distance(content, mixed_goal(content, [style], style_weights(0.0, [1.0]))).item() < 1e-8


def test_each_region_is_compared_with_its_own_style():
    """The upper half has the moments of a style, and the lower half those of another: nothing is left to do."""
    upper, lower = seen(2, 64), seen(3, 64)
    both = [torch.cat([a, b], dim=2) for a, b in zip(upper, lower, strict=True)]
    output = type(upper)(*both)
    weights = torch.zeros(3, 128, 64)
    weights[1, :64], weights[2, 64:] = 1.0, 1.0
    right = mixed_goal(output, [moments(upper), moments(lower)], weights)
    wrong = mixed_goal(output, [moments(lower), moments(upper)], weights)
    assert style_distance(output, right).item() < 0.02 * style_distance(output, wrong).item()


def test_weighted_moments_of_equal_weights_are_the_plain_ones():
    x = torch.rand(1, 5, 12, 9)
    (mean, deviation), (plain_mean, plain_deviation) = (
        weighted_mean_and_deviation(x, torch.full((2, 12, 9), 0.3)),
        mean_and_deviation(x),
    )
    assert torch.allclose(mean, plain_mean.expand(2, 5), atol=1e-5)
    assert torch.allclose(deviation, plain_deviation.expand(2, 5), rtol=0.01)


# The steps


def test_steps_come_nearer_to_the_style(engine, noise):
    content, style = noise(64, 48), noise(64, 64, 1)
    judge = small_vgg().requires_grad_(False)

    def far(picture):
        return style_loss(judge(polisher.to_tensor(picture)), judge(polisher.to_tensor(style))).item()

    distances = [far(engine.stylize(content, [style], polish=steps)) for steps in (0, 4, 12)]
    assert distances[2] < distances[1] < distances[0]
    assert distances[2] < 0.5 * distances[0]


@pytest.mark.parametrize("controls", [Controls(0.0), Controls(0.0, keep_color=True)])
def test_strength_0_leaves_the_picture_as_it_is(engine, noise, controls):
    content, style = noise(64, 48), noise(64, 64, 1)
    assert engine.stylize(content, [style], controls, polish=3) == engine.stylize(content, [style], controls)


def test_what_is_not_painted_stays_as_it_was_to_the_pixel(engine, noise):
    content, style = noise(64, 48), noise(64, 64, 1)
    left = Image.new("L", (64, 48))
    left.paste(255, (0, 0, 30, 48))
    controls = Controls(masks=(left,))
    change = np.abs(
        pixels(engine.stylize(content, [style], controls, polish=3))
        - pixels(engine.stylize(content, [style], controls))
    )
    assert change[:, :30].mean() > 1
    assert change[:, 30:].max() == 0


def test_colors_are_kept_after_the_steps(engine, noise):
    content, style = noise(64, 48), noise(64, 64, 1)
    red, green, blue = np.moveaxis(pixels(engine.stylize(content, [style], Controls(keep_color=True), polish=3)), 2, 0)
    was = np.moveaxis(pixels(content), 2, 0)
    inside = np.all([(c > 0) & (c < 255) for c in (red, green, blue)], axis=0)
    assert np.abs((red - green) - (was[0] - was[1]))[inside].max() <= 1
    assert np.abs((blue - green) - (was[2] - was[1]))[inside].max() <= 1


def test_two_equal_styles_are_one(engine, noise):
    content, style = noise(64, 48), noise(64, 64, 1)
    once, twice = (pixels(engine.stylize(content, [style] * count, polish=3)) for count in (1, 2))
    assert np.abs(once - twice).mean() < 0.5


def test_transparency_is_kept(engine, noise):
    content = noise(64, 48).convert("RGBA")
    content.putalpha(77)
    assert engine.stylize(content, [noise(64, 64, 1)], polish=1).getchannel("A").getextrema() == (77, 77)


@pytest.mark.parametrize("size", [(16, 16), (70, 41), (20, 100)])
def test_any_size_is_polished(engine, noise, size):
    assert engine.stylize(noise(*size), [noise(40, 16, 1)], polish=2).size == size


def test_a_large_picture_is_changed_at_a_smaller_size(engine, noise, monkeypatch):
    """Every second pixel of the result is as far from the unpolished one as its neighbours: the change is smooth."""
    monkeypatch.setattr(polisher, "POLISHED_SIDE", 32)
    content, style = noise(96, 64), noise(64, 64, 1)
    change = pixels(engine.stylize(content, [style], polish=6)) - pixels(engine.stylize(content, [style]))
    assert np.abs(change).mean() > 3
    assert np.abs(np.diff(change, axis=1)).mean() < 0.6 * np.abs(change[:, ::3][:, 1:] - change[:, ::3][:, :-1]).mean()


# Going on, and stopping


class StoppedError(Exception):
    pass


def test_steps_are_gone_on_with_from_where_they_stopped(engine, noise, monkeypatch):
    content, style = noise(64, 48), noise(64, 64, 1)
    at_once = Stylizer(engine.net, CPU, small_vgg).stylize(content, [style], polish=7)
    stages: list[str] = []

    def stop_at_the_fifth(done: float, stage: str) -> None:
        stages.append(stage)
        if stage.startswith("Polishing 5"):
            raise StoppedError

    with pytest.raises(StoppedError):
        engine.stylize(content, [style], polish=7, progress=stop_at_the_fifth)
    reached = engine.stylize(content, [style], polish=4, progress=lambda done, stage: stages.append(stage))
    assert reached == Stylizer(engine.net, CPU, small_vgg).stylize(content, [style], polish=4)
    assert engine.stylize(content, [style], polish=7, progress=lambda done, stage: stages.append(stage)) == at_once
    polishing = [stage for stage in stages if stage.startswith("Polishing")]
    assert polishing == [*(f"Polishing {i} of 7" for i in (1, 2, 3, 4, 5)), *(f"Polishing {i} of 7" for i in (5, 6, 7))]


def test_coarse_steps_come_first(engine, noise, monkeypatch):
    sizes = []
    monkeypatch.setattr(polisher, "COARSE_STEPS", 2)
    engine._polisher._judging().conv1_1.register_forward_hook(lambda module, given, out: sizes.append(out.shape[3]))
    engine.stylize(noise(160, 128), [noise(64, 64, 1)], polish=3)
    assert (sizes[1], sizes[-1]) == (80, 160)
    assert 80 not in sizes[sizes.index(160) :]


# The judge


def test_the_judge_is_loaded_at_the_first_polish(random_net, noise):
    loaded = []
    engine = Stylizer(random_net(), CPU, lambda: loaded.append(1) or small_vgg())
    engine.stylize(noise(64, 48), [noise(64, 64, 1)])
    assert loaded == []
    for steps in (1, 2):
        engine.stylize(noise(64, 48), [noise(64, 64, 1)], polish=steps)
    assert loaded == [1]


def test_a_network_with_the_same_encoder_judges_itself(random_net, noise):
    net = random_net()
    same, other = (
        Stylizer(net, CPU, lambda encoder=encoder: encoder) for encoder in (random_net().encoder, small_vgg())
    )
    assert same._polisher._judging() is net.encoder
    assert other._polisher._judging() is not net.encoder


def test_without_a_judge_it_is_refused(random_net, noise):
    with pytest.raises(ValueError, match=r"without the VGG-19 that Polish needs; use sanet\.load"):
        Stylizer(random_net(), CPU).stylize(noise(64, 48), [noise(64, 64, 1)], polish=1)


@pytest.mark.parametrize("steps", [-1, MOST_STEPS + 1, 1.5, "20", None, True])
def test_other_numbers_of_steps_are_refused(steps):
    with pytest.raises(ValueError, match="Polish takes 0 to 100 steps, got"):
        Request("a.jpg", ("b.jpg",), polish=steps)


def test_the_embedded_vgg_polishes(noise):
    """Its files are below the Hub's limit, and two steps of it bring the picture nearer to the style."""
    assert all(path.stat().st_size < 10_000_000 for path in VGG19.iterdir())
    engine, judge = sanet.load("embedded", "cpu"), vgg.load_embedded().requires_grad_(False)
    assert (judge.widths, [len(names) for names in judge.blocks]) == ((64, 128, 256, 512, 512), [2, 2, 4, 4, 1])
    content, style = noise(64, 64), noise(64, 64, 1)
    far = [
        style_loss(
            judge(polisher.to_tensor(engine.stylize(content, [style], polish=steps))), judge(polisher.to_tensor(style))
        )
        for steps in (0, 2)
    ]
    assert far[1] < 0.9 * far[0]


def test_a_damaged_vgg_is_refused(tmp_path, monkeypatch):
    for path in VGG19.iterdir():
        data = path.read_bytes()
        (tmp_path / path.name).write_bytes(data[:-1] + b"?" if "00002" in path.name else data)
    monkeypatch.setattr(vgg, "EMBEDDED", tmp_path)
    with pytest.raises(ValueError, match=r"model-00002-of-00003\.safetensors does not have the SHA-256"):
        vgg.load_embedded()
    (tmp_path / "model-00003-of-00003.safetensors").unlink()
    monkeypatch.setattr(vgg, "check_sums", lambda *given: None)
    with pytest.raises(ValueError, match="00003"):
        vgg.load_embedded()


def test_steps_take_time_and_memory_by_estimate(engine, noise):
    sizes = ((640, 480), [(320, 320)], 640)
    assert engine.estimate(*sizes, polish=20).memory > engine.estimate(*sizes).memory
    engine.stylize(noise(64, 48), [noise(64, 64, 1)])
    plain, guessed = engine.estimate(*sizes).seconds, engine.estimate(*sizes, polish=20).seconds
    assert guessed > plain
    engine.stylize(noise(64, 48), [noise(64, 64, 1)], polish=2)
    ten, twenty = (engine.estimate(*sizes, polish=steps).seconds - plain for steps in (10, 20))
    assert 1.5 * ten < twenty < 2 * ten
