"""The five systems behind one call, with the weights that ship with the project."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

import sanet
from sanet.engine.stylizer import Stylizer
from sanet.image.tensor import to_tensor
from sanet.methods import networks
from sanet.methods.methods import NAMES, Methods
from sanet.network.statistics import mean_and_deviation
from sanet.web.examples import CONTENTS, STYLES

CONTENT, STYLE = Image.open(CONTENTS[0].path), Image.open(STYLES[0].path)
SIDE = 70


@pytest.fixture(scope="module")
def engine() -> Stylizer:
    return sanet.load()


@pytest.fixture(scope="module")
def methods(engine: Stylizer) -> Methods:
    return Methods(engine)


def difference(a: Image.Image, b: Image.Image) -> float:
    """Mean over pixels and colours, in levels of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(a, b)).mean) / 3


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_takes_the_styles_colors_and_keeps_its_size(methods: Methods, name: str) -> None:
    result = methods.paint(name, CONTENT, STYLE, SIDE, steps=20)
    photo = CONTENT.convert("RGB").resize(result.size)
    assert (result.mode, result.size) == ("RGB", (SIDE, 47))
    means = [mean_and_deviation(to_tensor(picture.convert("RGB")))[0] for picture in (photo, result, STYLE)]
    before, after = ((mean - means[2]).norm() for mean in (means[0], means[1]))
    assert after < before


@pytest.mark.parametrize("name", [name for name in NAMES if name != "sanet"])
def test_strength_0_is_the_photograph_as_far_as_it_can_be_rebuilt(methods: Methods, name: str) -> None:
    photo = CONTENT.convert("RGB").resize((128, 85))
    weak, strong = (methods.paint(name, photo, STYLE, 128, alpha, steps=5) for alpha in (0.0, 1.0))
    assert difference(weak, photo) < 0.75 * difference(strong, photo)


def test_sanets_picture_is_the_engines(engine: Stylizer, methods: Methods) -> None:
    assert (
        methods.paint("sanet", CONTENT, STYLE, SIDE).tobytes() == engine.stylize(CONTENT, [STYLE], None, SIDE).tobytes()
    )


def test_transparency_is_kept(methods: Methods) -> None:
    photo = CONTENT.convert("RGB").resize((60, 40))
    photo.putalpha(Image.linear_gradient("L").resize((60, 40)))
    result = methods.paint("adain", photo, STYLE, 60)
    assert result.mode == "RGBA"
    assert result.getchannel("A").tobytes() == photo.getchannel("A").tobytes()


@pytest.mark.parametrize("start", ["photo", "noise", "sanet"])
def test_gatys_shows_every_step_from_where_it_starts(methods: Methods, start: str) -> None:
    shown: list[Image.Image] = []
    result = methods.paint("gatys", CONTENT, STYLE, SIDE, steps=2, start=start, shown=shown.append)
    assert [picture.size for picture in shown] == [(SIDE, 47)] * 2
    assert shown[-1].tobytes() == result.tobytes()


def test_an_estimate_comes_with_the_first_picture(methods: Methods, engine: Stylizer) -> None:
    fresh = Methods(engine)
    assert fresh.estimate("adain", (60, 40), (50, 50), 60) is None
    fresh.paint("adain", CONTENT, STYLE, 60)
    small, large = (fresh.estimate("adain", (side, side), (side, side), side) for side in (100, 200))
    assert small is not None
    assert large == pytest.approx(4 * small)
    fresh.paint("gatys", CONTENT, STYLE, 48, steps=1)
    few, many = (fresh.estimate("gatys", (60, 40), (50, 50), 60, steps) for steps in (10, 30))
    assert few is not None
    assert many == pytest.approx(3 * few)


def test_what_progress_raises_ends_the_work(methods: Methods) -> None:
    for name in NAMES:
        stages: list[str] = []

        def stop(done: float, stage: str, stages: list[str] = stages) -> None:
            stages.append(stage)
            if len(stages) > 1:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            methods.paint(name, CONTENT, STYLE, SIDE, progress=stop)
        assert len(stages) == 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "cnn"}, "There is no method 'cnn'; there are sanet, gatys"),
        ({"alpha": 1.5}, "The strength must lie between 0 and 1, got 1.5"),
        ({"alpha": "1"}, "The strength must lie between 0 and 1"),
        ({"max_side": 4096}, "AdaIN paints up to 2048 pixels here, got 4096"),
        ({"max_side": 8}, "at least 16 pixels"),
        ({"steps": 0}, "1 to 1000 steps, got 0"),
        ({"start": "void"}, "photo, noise, sanet, got 'void'"),
    ],
)
def test_what_cannot_be_done_is_refused(methods: Methods, given: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        methods.paint(**{"name": "adain", "content": CONTENT, "style": STYLE, **given})


def test_a_damaged_file_is_named(methods: Methods, engine: Stylizer, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "adain").mkdir()
    for path in (networks.METHODS / "adain").iterdir():
        (tmp_path / "adain" / path.name).write_bytes(path.read_bytes()[:1000])
    monkeypatch.setattr(networks, "METHODS", tmp_path)
    with pytest.raises(ValueError, match="adain"):
        Methods(engine).paint("adain", CONTENT, STYLE, SIDE)
