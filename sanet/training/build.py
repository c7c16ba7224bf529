"""From a recipe and files to the objective that is trained: a network, fresh or from a checkpoint, and its judges."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from sanet.checkpoints.load import load_network
from sanet.network.encoder import Encoder
from sanet.network.model import StyleTransferNet
from sanet.training.distil import EmbeddedEncoder, load_loss_network
from sanet.training.losses import Objective
from sanet.training.recipes import Recipe
from sanet.training.squeezenet import load_squeezenet
from sanet.training.start import set_first_weights


@dataclass(frozen=True)
class Places:
    """Where a run reads and writes. `start`: checkpoint folder whose weights it begins with, if any.

    `loss_network`: file of the VGG; not needed by a run that starts with a checkpoint and leaves its encoder as it is.
    `second_network`: file of the second loss network, if the recipe's weights ask for one.
    `previews`: a folder with content/ and style/, whose first pictures are drawn into preview sheets, if any.
    """

    out: Path
    contents: tuple[Path, ...]
    styles: tuple[Path, ...]
    loss_network: Path | None = None
    second_network: Path | None = None
    held_out: tuple[Path, ...] = ()
    start: Path | None = None
    previews: Path | None = None


def build_network(recipe: Recipe, places: Places) -> StyleTransferNet:
    """Weights of `places.start`, or fresh ones behind the encoder of the loss network's file."""
    if places.start:
        net = as_configured(load_network(places.start), recipe)
    else:
        net = StyleTransferNet(recipe.net)
        set_first_weights(net)
        judge = read_loss_network(places)
        encoder = judge.encoder if isinstance(judge, EmbeddedEncoder) else judge
        assert isinstance(encoder, Encoder)
        sizes = tuple(map(len, encoder.blocks)), tuple(encoder.widths)
        if sizes != (recipe.net.convs, recipe.net.widths):
            raise ValueError(
                f"{places.loss_network} is an encoder of {sizes[0]} convolutions and {sizes[1]} channels, the recipe "
                f"wants {recipe.net.convs} and {recipe.net.widths}; name a checkpoint to begin with by --start."
            )
        net.encoder.load_state_dict(encoder.state_dict())
    net.encoder.requires_grad_(recipe.train_encoder)
    return net


def as_configured(net: StyleTransferNet, recipe: Recipe) -> StyleTransferNet:
    """The same weights with the recipe's levels, moments and upsampling; SANets of other levels go, as for the
    ablations of Fig. 7. Raises ValueError if the sizes differ.
    """
    wanted = recipe.net
    part = replace(net.config, levels=wanted.levels, moments=wanted.moments, upsampling=wanted.upsampling)
    if part != wanted:
        raise ValueError(f"The checkpoint holds a network of {net.config}, the recipe wants {wanted}.")
    found, weights = StyleTransferNet(part), net.state_dict()
    found.load_state_dict({name: weights.get(name, value) for name, value in found.state_dict().items()})
    return found


def read_loss_network(places: Places) -> nn.Module:
    """The network in the file that `places` names."""
    if places.loss_network is None:
        raise ValueError("This run needs a loss network; name a VGG file with --loss-network.")
    return load_loss_network(places.loss_network)


def build_objective(recipe: Recipe, places: Places) -> Objective:
    """The network to train, in front of the networks that judge it."""
    net = build_network(recipe, places)
    judge = read_loss_network(places) if recipe.train_encoder else net.encoder
    second_network = load_squeezenet(places.second_network) if places.second_network else None
    objective = Objective(net, judge, recipe.weights, recipe.identity_every, second_network)
    return convert_conv2d_weight_memory_format(objective, torch.channels_last)
