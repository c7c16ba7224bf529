"""The network of the paper, composed: encoder, style attention, decoder, and the configuration that sizes them."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCard, ModelHubMixin, hf_hub_download
from torch import Tensor, nn

from sanet.checkpoints import format as layout
from sanet.checkpoints.model_card import model_card
from sanet.engine.controls import blend
from sanet.network.attention import PAPER_MOMENTS, Progress, StyleAttention, unreported
from sanet.network.decoder import Decoder
from sanet.network.encoder import Encoder, Features


@dataclass(frozen=True)
class SANetConfig:
    """Size of the network. `convs` and `widths`: convolutions and channels of the five encoder blocks.

    `levels`: encoder blocks with a SANet: (4, 5) is the paper, (4,) and (5,) its ablations (Fig. 7, Table 1).
    `moments`: shares of `SANet`, four numbers from 0 to 1: for mean and deviation of the content, then of what was
    attended; all 0 is the paper.
    Lists, as JSON has them, become tuples.
    """

    convs: tuple[int, ...]
    widths: tuple[int, ...]
    levels: tuple[int, ...] = (4, 5)
    moments: tuple[float, ...] = PAPER_MOMENTS

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, tuple(getattr(self, field.name)))
        if len(self.convs) != 5 or len(self.widths) != 5 or min(self.convs + self.widths) < 1:
            raise ValueError(f"convs and widths need five positive numbers each, got {self.convs} and {self.widths}.")
        if self.widths[3] != self.widths[4]:
            raise ValueError(f"Blocks 4 and 5 are summed, so their widths must be equal, got {self.widths}.")
        if self.levels not in {(4,), (5,), (4, 5)}:
            raise ValueError(f"levels must be (4,), (5,) or (4, 5), got {self.levels}.")
        if len(self.moments) != 4 or not all(0 <= share <= 1 for share in self.moments):
            raise ValueError(f"moments needs four numbers from 0 to 1, got {self.moments}.")


PRESETS = {
    "vgg19": SANetConfig(convs=(2, 2, 4, 4, 1), widths=(64, 128, 256, 512, 512)),
    "vgg16": SANetConfig(convs=(2, 2, 3, 3, 1), widths=(64, 128, 256, 512, 512)),
    "compact": SANetConfig((2, 2, 3, 3, 1), (32, 64, 128, 256, 256), moments=(0.45, 0.8, 0.7, 1.0)),
}

DOWNLOAD_OPTIONS = ("revision", "cache_dir", "force_download", "token", "local_files_only")


class StyleTransferNet(nn.Module, ModelHubMixin):
    """Encoder, style attention and decoder in the order of Fig. 2. Pictures are (N, 3, H, W) in [0, 1].

    `save_pretrained`, `from_pretrained` and `push_to_hub` are those of `huggingface_hub`, in our layout and strict.
    """

    def __init__(self, config: SANetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config.convs, config.widths)
        self.transform = StyleAttention(config.widths[3], config.levels, config.moments)
        self.decoder = Decoder(config.widths)

    def attend(self, content: Features, style: Features, progress: Progress = unreported) -> Tensor:
        """F_csc of Eq. 3, (N, C, H/8, W/8); with the content as its own style, F_ccc."""
        return self.transform(content, style, progress)

    def forward(self, image: Tensor, styles: list[Tensor], weights: Tensor) -> Tensor:
        """Stylize `image`, sides a multiple of 16 and at least 32, with K `styles`; `weights` as in `blend`.

        Returns (N, 3, H, W), nominally in [0, 1], not clamped.
        """
        content = self.encoder(image)
        maps = [self.attend(content, self.encoder(style)) for style in (image, *styles)]
        return self.decoder(blend(maps, weights))

    @classmethod
    def from_folder(cls, folder: Path) -> "StyleTransferNet":
        """The network in a folder of our layout, float32, on the CPU. Raises ValueError naming the file at fault."""
        config, sha256 = layout.read_config(folder)
        try:
            net = cls(SANetConfig(**config))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{folder / layout.CONFIG} is not a configuration of this network: {error}") from error
        layout.load_strictly(net, layout.read_tensors(folder, sha256), folder / layout.WEIGHTS)
        return net

    def generate_model_card(self, **facts: Any) -> ModelCard:
        """Keyword arguments as of `model_card`, given as `model_card_kwargs` when saving or pushing."""
        return ModelCard(model_card(asdict(self.config), **facts))

    def _save_pretrained(self, save_directory: Path) -> None:
        layout.write(save_directory, asdict(self.config), self.state_dict())

    @classmethod
    def _from_pretrained(cls, *, model_id: str, **options: Any) -> "StyleTransferNet":
        """Always strict. The mixin has fetched the configuration into the same folder before."""
        if Path(model_id).is_dir():
            return cls.from_folder(Path(model_id))
        where = {name: options[name] for name in DOWNLOAD_OPTIONS}
        return cls.from_folder(Path(hf_hub_download(model_id, layout.WEIGHTS, **where)).parent)
