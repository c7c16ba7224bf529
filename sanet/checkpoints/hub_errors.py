"""What the Hub's client raises, as one sentence that names the source and says what to try. Fetches nothing."""

import errno
from json import JSONDecodeError
from pathlib import PurePosixPath

from huggingface_hub import constants
from huggingface_hub.errors import (
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from sanet.errors import Message

# What a conversation with the Hub can raise; OSError covers the disk and transfers that end early, RuntimeError the
# store of large files (Xet).
HUB_ERRORS = (HTTPError, OfflineModeIsEnabled, HFValidationError, JSONDecodeError, OSError, RuntimeError)
FULL_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENOENT}
NO_HUB = "{source} could not be {done}: {endpoint} does not answer as a Hub does; check HF_ENDPOINT."
# The first kind that fits is told.
SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (OfflineModeIsEnabled, "{source} is not cached and HF_HUB_OFFLINE is set; unset it, or pull while online."),
    (GatedRepoError, "{source} is gated; accept its conditions on the Hub and set HF_TOKEN to that account's token."),
    (RepositoryNotFoundError, "{source} is neither a folder nor a public repository; check the name or set HF_TOKEN."),
    (RevisionNotFoundError, "{source} does not exist: no such revision; check the branch, tag or commit."),
    (RemoteEntryNotFoundError, "{source} has no file {file}; try another revision, or ask its owner."),
    (HTTPError, "{source} could not be {done}: {endpoint} does not answer; check the connection and try again."),
    (HFValidationError, "{source} is not a name that the Hub allows: {error}"),
    (JSONDecodeError, NO_HUB),
    (FileMetadataError, NO_HUB),
    (RuntimeError, "{source} could not be {done}: the store of large files failed; try again later. ({error})"),
)


def sentence(source: object, error: Exception, done: str = "fetched") -> Message:
    """What went wrong with `source`, when it was to be `done`."""
    if isinstance(error, LocalEntryNotFoundError) and isinstance(error.__cause__, Exception):
        return sentence(source, error.__cause__, done)
    if type(error) is HfHubHTTPError:
        return _refusal(source, error)
    facts = {"source": source, "error": _flat(error), "endpoint": constants.ENDPOINT}
    for kind, words in SENTENCES:
        if isinstance(error, kind):
            return Message(words.replace("{done}", done), **facts, file=_file(error))
    return Message(_of_the_system(error), **facts, cache=constants.HF_HUB_CACHE)


def _of_the_system(error: Exception) -> str:
    """The words for what the disk refuses, or for a transfer that ended early."""
    number = error.errno if isinstance(error, OSError) else None
    if number in FULL_DISK:
        return "{source} does not fit on the disk; make room in {cache}, or set HF_HOME elsewhere."
    if number in NO_PLACE:
        return "{source} cannot be kept in {cache}; set HF_HOME to a folder that may be written. ({error})"
    if str(error).startswith("Consistency check failed"):
        return "{source} did not arrive complete: a file has the wrong length; try again."
    return "{source} did not arrive complete; try again. ({error})"


def _refusal(source: object, error: HfHubHTTPError) -> Message:
    """The sentence for a status that has no exception of its own."""
    status, wait = error.response.status_code, error.response.headers.get("Retry-After")
    if status in {401, 403}:
        words = "The Hub refuses {source} ({status}); set HF_TOKEN to a valid token with the rights for it."
    elif status == 429 and wait:
        words = "The Hub refuses {source} for now (429, too many requests); try again in {wait} s."
    elif status == 429:
        words = "The Hub refuses {source} for now (429, too many requests); try again later."
    elif status == 404:
        words = "The Hub knows no such page of {source} (404); check the name and HF_ENDPOINT."
    else:
        words = "The Hub cannot serve {source} at the moment ({status}); try again later."
    return Message(words, source=source, status=status, wait=wait)


def _file(error: Exception) -> str:
    return PurePosixPath(error.response.url.path).name if isinstance(error, HfHubHTTPError) else ""


def _flat(error: Exception) -> str:
    return " ".join(str(error).split())
