"""The cache of `huggingface_hub`: what lies there whole, what rotted, and its removal. Makes no request."""

import hashlib
import re
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError

from sanet.checkpoints.format import sha256
from sanet.checkpoints.load import is_whole

SHA256, SHA1 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{40}")


def cached(repo: str, revision: str) -> Path | None:
    """The snapshot of an earlier pull, if it is whole."""
    try:
        folder = Path(snapshot_download(repo, revision=revision, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return folder if is_whole(folder) else None


def is_as_sent(path: Path) -> bool:
    """Whether a file still has the hash under which the cache keeps it.

    That is SHA-256 for large files, git's SHA-1 for others, and plain SHA-1 from some mirrors of the Hub.
    """
    stated = path.resolve().name
    if SHA256.fullmatch(stated):
        return sha256(path) == stated
    if SHA1.fullmatch(stated):
        data = path.read_bytes()
        return stated in {hashlib.sha1(head + data).hexdigest() for head in (b"blob %d\0" % len(data), b"")}
    return True


def throw_away(path: Path) -> None:
    """Remove a file, so that the next pull fetches it again."""
    path.resolve().unlink(missing_ok=True)
    path.unlink(missing_ok=True)
