"""Checkpoints from the Hugging Face Hub: which files to fetch, fetched once, and checked.

All requests are those of `huggingface_hub`, which reads HF_ENDPOINT, HF_HOME, HF_TOKEN and HF_HUB_OFFLINE and caches
what it fetches. Knows no engine and no page.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import TypeVar

from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import HTTPError, OfflineModeIsEnabled, RevisionNotFoundError
from huggingface_hub.utils import tqdm as hub_bar

from sanet.checkpoints.format import CONFIG, CorruptFileError
from sanet.checkpoints.hub_cache import cached, is_as_sent, throw_away
from sanet.checkpoints.hub_errors import HUB_ERRORS, sentence
from sanet.checkpoints.load import files_needed, load_network, read_sizes
from sanet.errors import RefusedError
from sanet.network.model import StyleTransferNet
from sanet.progress import Report, unreported

SOURCE = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[^@\s]+))?")
COMMIT = re.compile(r"[0-9a-f]{40}")
ANSWER_SECONDS = 10.0  # of silence, while it names the files of a repository; twice that for all of the answer
PULL_SECONDS = 1800.0  # for everything: a server that sends a byte now and then would hold a process for ever
T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class HubSource:
    """A repository on the Hub, and a branch, tag or commit of it."""

    repo: str
    revision: str = constants.DEFAULT_REVISION

    def __str__(self) -> str:
        return f"{self.repo}@{self.revision}"


class TooSlowError(RefusedError):
    """The Hub took longer than it may."""


def hub_source(source: str | Path) -> HubSource | None:
    """What "owner/name" or "owner/name@revision" means; None for "embedded", for paths and for existing folders."""
    match = SOURCE.fullmatch(str(source))
    if match is None or str(source).startswith(".") or Path(source).is_dir():
        return None
    return HubSource(match["repo"], match["revision"] or constants.DEFAULT_REVISION)


def load_checkpoint(source: str | Path, progress: Report = unreported) -> StyleTransferNet:
    """The network in "embedded", in a folder, or in a repository on the Hub; float32, on the CPU.

    `progress` gets the share of each file that has come. Raises ValueError with one sentence that says what to try.
    """
    wanted = hub_source(source)
    if wanted is None:
        return load_network(source)
    return load_pulled(wanted, pull(wanted, progress))


def load_pulled(source: HubSource, folder: Path) -> StyleTransferNet:
    """The network in a folder that `pull` gave. Raises ValueError; files that rotted in the cache are thrown away."""
    try:
        return load_network(folder)
    except CorruptFileError as error:
        raise _thrown_away(source, error.path) from error
    except ValueError as error:
        for path in folder.iterdir():
            if not is_as_sent(path):
                raise _thrown_away(source, path) from error
        raise RefusedError("{source} cannot be used: {problem}", source=source, problem=error) from error


def pull(source: HubSource, progress: Report = unreported, seconds: float = PULL_SECONDS) -> Path:
    """The folder in the Hub's cache that holds the files of `source`, fetched if they are not there.

    A commit that is cached makes no request; else one request names the files, and one HEAD finds out whether they
    have changed. If the Hub does not answer, a copy fetched earlier is used. Raises ValueError.
    """
    try:
        return _within(seconds, source, lambda: _pull(source, progress))
    except HUB_ERRORS as error:
        raise RefusedError(sentence(source, error)) from error


def _within(seconds: float, source: HubSource, work: Callable[[], T]) -> T:
    """The result of `work`, or TooSlowError; `work` is then left to a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True, name="pull").start()
    try:
        return future.result(timeout=seconds)
    except TimeoutError as error:
        if future.done():
            raise
        raise TooSlowError(
            "{source} did not arrive within {seconds} s; try again later.", source=source, seconds=f"{seconds:.0f}"
        ) from error


def _pull(source: HubSource, progress: Report) -> Path:
    if COMMIT.fullmatch(source.revision) and (folder := cached(source.repo, source.revision)):
        return folder
    try:
        names = _within(2 * ANSWER_SECONDS, source, lambda: _names(source))
    except RevisionNotFoundError:
        raise
    except (HTTPError, OfflineModeIsEnabled, JSONDecodeError, TooSlowError) as error:
        folder = cached(source.repo, source.revision)
        if folder is None:
            raise
        if not isinstance(error, OfflineModeIsEnabled):  # which is as the operator wants it
            why = error if isinstance(error, TooSlowError) else sentence(source, error)
            logger.warning("Using a copy fetched earlier. %s", why)
        return folder
    return _fetch(source, names, progress)


def _names(source: HubSource) -> tuple[str, ...]:
    """The files to fetch first."""
    info = HfApi().model_info(source.repo, revision=source.revision, timeout=ANSWER_SECONDS)
    names = files_needed(file.rfilename for file in info.siblings or [])
    if not names:
        raise RefusedError(
            "{source} is not a checkpoint of this network: it holds neither of the two formats.", source=source
        )
    return names


def _fetch(source: HubSource, names: tuple[str, ...], progress: Report) -> Path:
    """Fetch and check files; the first finds the commit that the others are then taken from."""
    revision, bar, waiting = source.revision, _bar(progress), list(names)
    while waiting:
        progress(0.0)  # of the next file
        path = Path(hf_hub_download(source.repo, waiting.pop(0), revision=revision, tqdm_class=bar))
        revision = path.parent.name
        waiting += _check(source, path)
    return path.parent


def _bar(progress: Report) -> type[hub_bar]:
    """The client's own bar in the terminal, which also reports to `progress`."""

    class Bar(hub_bar):
        def update(self, n: float | None = 1) -> bool | None:
            shown = super().update(n)
            if self.disable:
                self.n += n or 0
            progress(min(1.0, self.n / self.total) if self.total else 0.0)
            return shown

    return Bar


def _check(source: HubSource, path: Path) -> Iterable[str]:
    """Refuse files that came otherwise than sent, and a configuration that is not ours before the weights come.

    Returns the names of the files that a configuration asks for.
    """
    if path.name == CONFIG:
        try:
            return read_sizes(path.parent)[1]
        except ValueError as error:
            raise RefusedError(
                "{source} is not a checkpoint of this network: {problem}", source=source, problem=error
            ) from error
    if not is_as_sent(path):
        raise _thrown_away(source, path)
    return ()


def _thrown_away(source: HubSource, path: Path) -> ValueError:
    """Remove a corrupt file from the cache; the error to raise."""
    throw_away(path)
    return RefusedError(
        "{file} of {source} is corrupt (wrong SHA-256) and was thrown away; pull it again.",
        file=path.name,
        source=source,
    )
