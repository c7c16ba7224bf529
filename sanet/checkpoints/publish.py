"""Publishing: a checkpoint folder, its model card and its contact sheet, in one commit on the Hugging Face Hub."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from sanet.checkpoints.format import CONFIG, WEIGHTS, read_config
from sanet.checkpoints.hub_errors import HUB_ERRORS, sentence
from sanet.checkpoints.load import load_network
from sanet.checkpoints.model_card import LICENCE, model_card

CARD, SHEET = "README.md", "sheet.jpg"
# Where a run leaves what belongs into the card, seen from the folder with the weights.
RECORD = ("record.json", "../record.json")
EVALUATION = ("summary.json", "../summary.json", "../evaluation/summary.json")
SHEETS = (SHEET, "../sheet.jpg", "../evaluation/sheet.jpg", "../previews/*.jpg")


def push(folder: Path, repo: str, licence: str = LICENCE, private: bool | None = None) -> str:
    """Upload a folder of our layout to "owner/name", which is made if it is not there; the address of the commit.

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
            commit = HfApi().upload_folder(repo_id=repo, folder_path=stage, commit_message="Add checkpoint")
        except HUB_ERRORS as error:
            raise ValueError(sentence(repo, error, done="uploaded")) from error
    return commit.commit_url


def gather(folder: Path, stage: Path, repo: str, licence: str = LICENCE) -> None:
    """Put everything that is published into the empty folder `stage`."""
    for name in (CONFIG, WEIGHTS):
        shutil.copy(folder / name, stage)
    sheet, record = _latest(folder, SHEETS), _json(_latest(folder, RECORD))
    if sheet:
        shutil.copy(sheet, stage / SHEET)
    if record:
        record.pop("places", None)  # folders of the machine that trained are nobody's business
        (stage / RECORD[0]).write_text(json.dumps(record, indent=2) + "\n")
    if (folder / CARD).is_file():
        shutil.copy(folder / CARD, stage)
        return
    (sizes, _), evaluation = read_config(folder), _json(_latest(folder, EVALUATION))
    card = model_card(sizes, record, evaluation, SHEET if sheet else None, licence, repo)
    (stage / CARD).write_text(card)


def _latest(folder: Path, patterns: tuple[str, ...]) -> Path | None:
    """The last file, by name, of the first pattern that has any."""
    for pattern in patterns:
        *parents, name = Path(pattern).parts
        if found := sorted(folder.joinpath(*parents).glob(name)):
            return found[-1]
    return None


def _json(path: Path | None) -> dict[str, Any] | None:
    return json.loads(path.read_text()) if path else None
