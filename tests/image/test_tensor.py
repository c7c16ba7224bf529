"""Pictures to images and back, and the padding."""

import numpy as np
import pytest
import torch

from sanet.image.tensor import crop, pad, padding, to_picture, to_tensor


@pytest.mark.parametrize("width", range(16, 51))
def test_padding_is_even_reaches_multiples_of_16_and_is_undone(width):
    height = 66 - width
    image = torch.rand(1, 2, height, width)
    left, right, top, bottom = padding(width, height)
    padded = pad(image)
    for before, after, side, full in ((left, right, width, padded.shape[3]), (top, bottom, height, padded.shape[2])):
        assert 0 <= after - before <= 1
        assert full == before + side + after == max(32, 16 * -(-side // 16))
    mirrored = np.pad(image.numpy(), ((0, 0), (0, 0), (top, bottom), (left, right)), mode="reflect")
    assert np.array_equal(padded.numpy(), mirrored)
    assert torch.equal(crop(padded, width, height), image)


def test_tensors_and_back(noise):
    picture = noise(19, 17)
    tensor = to_tensor(picture)
    assert tensor.shape == (1, 3, 17, 19)
    assert tensor[0, :, 3, 5].tolist() == pytest.approx([v / 255 for v in picture.getpixel((5, 3))])
    assert to_picture(tensor).tobytes() == picture.tobytes()
    assert to_tensor(picture.convert("L")).shape == (1, 1, 17, 19)


def test_to_picture_clamps_and_rounds():
    values = torch.tensor([-0.5, 0.0, 0.4999 / 255, 0.5001 / 255, 1.0, 3.0]).expand(1, 3, 1, 6)
    assert [p[0] for p in np.asarray(to_picture(values))[0].tolist()] == [0, 0, 0, 1, 255, 255]
