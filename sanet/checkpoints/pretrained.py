"""The network with the Hub's `save_pretrained`, `from_pretrained` and `push_to_hub`, in our format and strict."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCard, ModelHubMixin, hf_hub_download

from sanet.checkpoints.format import CONFIG, read_config, write_checkpoint
from sanet.checkpoints.load import read_folder
from sanet.checkpoints.model_card import model_card
from sanet.network.model import StyleTransferNet

DOWNLOAD_OPTIONS = ("revision", "cache_dir", "force_download", "token", "local_files_only")


class PretrainedNet(StyleTransferNet, ModelHubMixin):
    """`StyleTransferNet` with the three methods of `huggingface_hub`."""

    def generate_model_card(self, **facts: Any) -> ModelCard:
        """Keyword arguments as of `model_card`, given as `model_card_kwargs` when saving or pushing."""
        return ModelCard(model_card(asdict(self.config), **facts))

    def _save_pretrained(self, save_directory: Path) -> None:
        write_checkpoint(save_directory, asdict(self.config), self.state_dict())

    @classmethod
    def _from_pretrained(cls, *, model_id: str, **options: Any) -> "PretrainedNet":
        """Always strict. The mixin has fetched the configuration into the same folder before."""
        folder = Path(model_id)
        if not folder.is_dir():
            where = {name: options[name] for name in DOWNLOAD_OPTIONS}
            folder = Path(hf_hub_download(model_id, CONFIG, **where)).parent
            for name in read_config(folder)[1]:
                hf_hub_download(model_id, name, **where)
        read = read_folder(folder)
        net = cls(read.config)
        net.load_state_dict(read.state_dict())
        return net
