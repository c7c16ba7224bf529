"""The training objective: content (Eq. 7), style (Eq. 8), identity (Eq. 9), content and style as a second network sees
them, colour, and their weighted sum (Eq. 6).

Works on pictures and on features of frozen loss networks; knows no file, no optimizer and no training loop.

Differs from the paper: it prints Euclidean distances, this takes mean squared errors, as the published code does; the
weights lambda belong to that form. The terms of the second network and of colour are not in the paper, and have weight
0 by default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from sanet.network.distances import content_loss, squared_error, structure_loss, style_loss
from sanet.network.encoder import Features
from sanet.network.model import StyleTransferNet
from sanet.network.statistics import mean_and_deviation

# Deviation of colours, in [0, 1], that hardly shows.
FAINT = 0.02
# A share of a batch's mean distance between content and style that hardly matters.
CLOSE = 0.1


@dataclass(frozen=True)
class LossWeights:
    """The lambdas of Eq. 6 and 9. The defaults are the paper's, after the authors' erratum on the identity terms.

    They fit the published mean-normalised VGG. With channels of root-mean-square 1 style and feature terms come out
    about six times smaller, so `style` and `identity_features` have to be raised.
    """

    content: float = 1.0
    style: float = 3.0
    identity_pixels: float = 50.0
    identity_features: float = 1.0
    second_content: float = 0.0
    second_style: float = 0.0
    color: float = 0.0

    def total(self, terms: Mapping[str, Tensor]) -> Tensor:
        """Eq. 6: the weighted sum of the terms named like the weights. ()."""
        return torch.stack([weight * terms[name] for name, weight in asdict(self).items()]).sum()


def relative_style_loss(output: Sequence[Tensor], style: Sequence[Tensor], content: Sequence[Tensor]) -> Tensor:
    """Squared errors of channel means and deviations to the style's, in units of the untouched content's: mean over
    pictures, summed over layers. Three sequences of (N, C, H, W), a map for each layer -> ().

    So every layer and every pair counts alike, whatever the scale of a network's channels.
    """
    errors = []
    for o, s, c in zip(output, style, content, strict=True):
        wanted = mean_and_deviation(s)
        before = _distances(mean_and_deviation(c), wanted)
        unit = (before + CLOSE * before.mean()).clamp(min=1e-6)  # content and style may happen to agree
        errors.append((_distances(mean_and_deviation(o), wanted) / unit).mean())
    return torch.stack(errors).sum()


def _distances(a: tuple[Tensor, Tensor], b: tuple[Tensor, Tensor]) -> Tensor:
    """Squared error of means and deviations for each picture. Twice twice (N, C) -> (N,)."""
    return torch.stack([(x - y).square().mean(dim=1) for x, y in zip(a, b, strict=True)]).sum(dim=0)


def color_loss(output: Tensor, style: Tensor) -> Tensor:
    """Squared errors of mean and deviation of the pixels' colours, relative to the style's variance. (N, 3, H, W) each,
    in [0, 1] -> ().

    Compared along red, green, blue and their three differences, which together fix the covariance. Eq. 8 hardly
    sees a faint tint; this does, so that a grey style gives a grey picture.
    """
    mean, deviation = mean_and_deviation(_directions(output))
    wanted, spread = mean_and_deviation(_directions(style))
    return (((mean - wanted).square() + (deviation - spread).square()) / (spread.square() + FAINT**2)).mean()


def _directions(image: Tensor) -> Tensor:
    """Red, green, blue, and their differences at unit length. (N, 3, H, W) -> (N, 6, H, W), float32."""
    image = image.float()
    return torch.cat([image, (image - image.roll(1, dims=1)) / 2**0.5], dim=1)


def feature_loss(output: Features, target: Features) -> Tensor:
    """The second half of Eq. 9 for one picture: squared errors at relu1_1 ... relu5_1, summed. ()."""
    return torch.stack([squared_error(o, t) for o, t in zip(output, target, strict=True)]).sum()


def identity_losses(outputs: Tensor, images: Tensor, output: Features, target: Features) -> dict[str, Tensor]:
    """Eq. 9: pictures that were their own style, I_cc and I_ss, against the originals I_c and I_s.

    `outputs`, `images`: (2N, 3, H, W), N contents, then N styles; `output`, `target`: their loss-network features.
    Each term is the sum of the content's and the style's error, hence twice the mean over the 2N pictures.
    """
    return {
        "identity_pixels": 2.0 * squared_error(outputs, images),
        "identity_features": 2.0 * feature_loss(output, target),
    }


class Objective(nn.Module):
    """A network and the frozen network that judges it, from a batch of pairs to named losses.

    The judge may be the network's own encoder, frozen, as in the paper; then what it makes of the pictures is both
    input and target, and computed once. An encoder that is trained learns by what it passes on, not by what it is
    compared by: queries and keys give it no gradient. Measured on the compact network, these five times outweighed the
    rest and were noise.
    """

    def __init__(
        self,
        net: StyleTransferNet,
        loss_network: nn.Module,
        weights: LossWeights,
        identity_every: int = 1,
        second_network: nn.Module | None = None,
    ) -> None:
        """`loss_network`: pictures to `Features`. `identity_every`: every how many pairs have identity terms.
        `second_network`: pictures to five maps, for the terms that are named after it.
        """
        super().__init__()
        if second_network is None and (weights.second_content or weights.second_style):
            raise ValueError("second_content and second_style need a second loss network; give one, or set both to 0.")
        self.net = net
        self.loss_network = loss_network.eval().requires_grad_(False)
        self.second_network = second_network.eval().requires_grad_(False) if second_network else None
        self.weights = weights
        self.identity_every = identity_every
        if any(parameter.requires_grad for parameter in net.encoder.parameters()):
            for name, module in net.transform.named_modules():
                if name.endswith((".f", ".g")):
                    module.register_forward_pre_hook(_detached)

    def forward(self, content: Tensor, style: Tensor) -> dict[str, Tensor]:
        """`content`, `style`: (N, 3, H, W) in [0, 1]. Returns the named terms and their weighted sum as "total".

        One pass through decoder and loss network serves stylized and identity pictures alike.
        """
        count, step = len(content), self.identity_every
        pictures = torch.cat([content, style])  # (2N, 3, H, W)
        maps = self.net.encoder(pictures)
        own = identity_part(maps, count, step)  # of 2M pictures
        merged = [self._attend(*divide(maps, count)), self._attend(own, own)]
        outputs = self.net.decoder(torch.cat(merged))  # (N + 2M, 3, H, W)
        target = self._target(pictures, maps)
        content_target, style_target = divide(target, count)
        stylized, identity = divide(self.loss_network(outputs), count)
        terms = {
            "content": content_loss(stylized, content_target),
            "style": style_loss(stylized, style_target),
            **identity_losses(
                outputs[count:],
                torch.cat([content[::step], style[::step]]),
                identity,
                own if target is maps else identity_part(target, count, step),
            ),
            **self._second(outputs[:count], content, style),
            "color": color_loss(outputs[:count], style),
        }
        return {"total": self.weights.total(terms), **terms}

    def _target(self, pictures: Tensor, maps: Features) -> Features:
        """What the loss network makes of the pictures: `maps` if it is the encoder."""
        if self.loss_network is self.net.encoder:
            return maps
        with torch.no_grad():
            return self.loss_network(pictures)

    def _second(self, output: Tensor, content: Tensor, style: Tensor) -> dict[str, Tensor]:
        """The terms of the second loss network for pictures (N, 3, H, W); 0 without one.

        Its third and last maps have the strides of Eq. 7.
        """
        if self.second_network is None:
            return dict.fromkeys(("second_content", "second_style"), output.new_zeros(()))
        with torch.no_grad():
            content_target, style_target = self.second_network(content), self.second_network(style)
        maps = self.second_network(output)
        return {
            "second_content": structure_loss(maps[2::2], content_target[2::2]),
            "second_style": relative_style_loss(maps, style_target, content_target),
        }

    def _attend(self, content: Features, style: Features) -> Tensor:
        """`attend` in float32 even under autocast: its softmax is unscaled, 8 bits are not enough."""
        with torch.autocast(content.relu4_1.device.type, enabled=False):
            return self.net.attend(_deep_float(content), _deep_float(style))


def _detached(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """A forward hook: the module's inputs without their history."""
    return tuple(x.detach() for x in inputs)


def _deep_float(features: Features) -> Features:
    """The levels that attention reads in float32."""
    return features._replace(relu4_1=features.relu4_1.float(), relu5_1=features.relu5_1.float())


def identity_part(features: Features, count: int, step: int) -> Features:
    """Of `count` contents and as many styles behind them, each `step`-th content and each `step`-th style."""
    return Features(*(torch.cat([x[:count:step], x[count::step]]) for x in features))


def divide(features: Features, count: int) -> tuple[Features, Features]:
    """The first `count` pictures of a batch of features, and the rest."""
    return Features(*(x[:count] for x in features)), Features(*(x[count:] for x in features))
