"""How large pictures are made."""

import numpy as np
import pytest
from PIL import Image

from sanet.image.size import fit


@pytest.mark.parametrize(
    ("size", "max_side", "expected"),
    [
        ((1000, 500), 512, (512, 256)),
        ((500, 1000), 512, (256, 512)),
        ((333, 1000), 100, (33, 100)),
        ((512, 512), 512, (512, 512)),
        ((100, 60), 512, (100, 60)),
        ((16, 16), 16, (16, 16)),
        ((640, 320), 32, (32, 16)),
    ],
)
def test_fit_scales_down_but_never_up(size, max_side, expected):
    assert fit(Image.new("RGB", size), max_side).size == expected


@pytest.mark.parametrize(
    ("size", "max_side", "expected"),
    [
        ((100, 60), 512, (512, 307)),
        ((60, 100), 512, (307, 512)),
        ((1000, 500), 512, (512, 256)),
        ((512, 16), 512, (512, 16)),
        ((100, 10), 320, (320, 32)),
    ],
)
def test_fit_scales_up_where_it_is_asked_to(size, max_side, expected):
    assert fit(Image.new("RGB", size), max_side, enlarge=True).size == expected


def test_a_picture_is_enlarged_by_lanczos(noise):
    enlarged = fit(noise(40, 30), 80, enlarge=True)
    assert enlarged.tobytes() == noise(40, 30).resize((80, 60), Image.Resampling.LANCZOS).tobytes()


@pytest.mark.parametrize(
    ("size", "max_side", "named"),
    [
        ((15, 100), 512, "15 x 100"),
        ((100, 15), 512, "100 x 15"),
        ((2000, 100), 200, "200 x 10"),
        ((50, 50), 15, "got 15"),
    ],
)
def test_fit_refuses_what_is_or_would_become_too_small(size, max_side, named):
    with pytest.raises(ValueError, match=named):
        fit(Image.new("RGB", size), max_side)


def test_fit_does_not_let_hidden_colours_bleed():
    picture = Image.new("RGBA", (64, 64), (0, 200, 0, 255))
    picture.paste((255, 0, 255, 0), (0, 0, 31, 64))
    small = np.asarray(fit(picture, 32))
    assert (small[:, :15, 3] == 0).any()
    assert not small[..., [0, 2]].any()
