"""Publishing: a checkpoint folder, its model card and its contact sheet, in one commit on the Hugging Face Hub."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from sanet.checkpoints.format import CONFIG, INDEX, WEIGHTS, read_config
from sanet.checkpoints.hub_errors import HUB_ERRORS, sentence
from sanet.checkpoints.load import load_network
from sanet.checkpoints.model_card import LICENCE, model_card
from sanet.errors import RefusedError
from sanet.text_files import read_json, write_text

CARD, SHEET = "README.md", "sheet.jpg"
# Where a run leaves what belongs into the card, seen from the folder with the weights.
RECORD = ("record.json", "../record.json")
EVALUATION = ("summary.json", "../summary.json", "../evaluation/summary.json")
# What an earlier upload may have left, in one file or in another number of shards.
OLD_WEIGHTS = [WEIGHTS, INDEX, "model-*-of-*.safetensors"]
SHEETS = (SHEET, "../sheet.jpg", "../evaluation/sheet.jpg", "../previews/*.jpg")


def push(folder: Path, repo: str, licence: str = LICENCE, private: bool | None = None) -> str:
    """Upload a folder of our format to "owner/name", which is made if it is not there; the address of the commit.

    A card that lies in the folder is kept, else one is written from the run's record. Raises ValueError with one
    sentence if the checkpoint is not whole or the Hub refuses.
    """
    if repo.count("/") != 1:
        raise ValueError(f"The repository must be named owner/name, got {repo!r}.")
    if not (folder / CONFIG).is_file():
        raise ValueError(f"{folder} has no {CONFIG}; convert a folder of .pth files before pushing it.")
    load_network(folder)
    with tempfile.TemporaryDirectory() as stage:
        gather(folder, Path(stage), repo, licence)
        try:
            HfApi().create_repo(repo, exist_ok=True, private=private)
            commit = HfApi().upload_folder(
                repo_id=repo, folder_path=stage, commit_message="Add checkpoint", delete_patterns=OLD_WEIGHTS
            )
        except HUB_ERRORS as error:
            raise RefusedError(sentence(repo, error, done="uploaded")) from error
    return commit.commit_url


def gather(folder: Path, stage: Path, repo: str, licence: str = LICENCE) -> None:
    """Put everything that is published into the empty folder `stage`."""
    sizes, sums = read_config(folder)
    for name in (CONFIG, *sums):
        shutil.copyfile(folder / name, stage / name)
    sheet, record = _latest(folder, SHEETS), _json(_latest(folder, RECORD))
    if sheet:
        shutil.copyfile(sheet, stage / SHEET)
    if record:
        record.pop("places", None)  # folders of the machine that trained are nobody's business
        write_text(stage / RECORD[0], json.dumps(record, indent=2) + "\n")
    if (folder / CARD).is_file():
        shutil.copyfile(folder / CARD, stage / CARD)
        return
    evaluation = _json(_latest(folder, EVALUATION))
    card = model_card(sizes, record, evaluation, SHEET if sheet else None, licence, repo)
    write_text(stage / CARD, card)


def _latest(folder: Path, patterns: tuple[str, ...]) -> Path | None:
    """The last file, by name, of the first pattern that has any."""
    for pattern in patterns:
        *parents, name = Path(pattern).parts
        if found := sorted(folder.joinpath(*parents).glob(name)):
            return found[-1]
    return None


def _json(path: Path | None) -> dict[str, Any] | None:
    return read_json(path) if path else None
