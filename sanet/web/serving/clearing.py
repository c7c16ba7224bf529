"""The folder of uploads and results, cleared by age and size as a whole, whoever wrote into it.

Gradio 6.31 clears away only what it remembers, which is nothing once it was killed.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import gradio as gr
from gradio.routes import file_upload_statuses
from starlette.concurrency import run_in_threadpool

from sanet.errors import RefusedError
from sanet.web.files import KEEP_FILES
from sanet.web.serving.refusals import RequestRefusedError

SWEEP_EVERY = 60.0  # seconds
UNFINISHED = 900.0  # seconds that a piece of an upload may lie about without growing
FREE = 500_000_000  # bytes that stay free on the disk
NO_ROOM = "The server has no room for uploads at the moment; try again later."


class UploadFolder:
    """Gradio's folder, of at most `most` bytes. It must belong to this page alone."""

    def __init__(self, path: Path, most: int) -> None:
        self.path, self._most = path, most
        self._size = 0  # as last seen, and what came since
        self._full = asyncio.Event()

    def check_room(self) -> None:
        """Raises `RequestRefusedError` if the disk is full."""
        self.path.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.path).free < FREE:
            raise RequestRefusedError(507, RefusedError(NO_ROOM))

    def note_arrival(self, count: int) -> None:
        """So many bytes came."""
        self._size += count
        if self._size > self._most:
            self._full.set()

    async def keep_clear(self, page: gr.Blocks) -> None:
        """Sweep every minute and whenever the folder is full, without end."""
        while True:
            shown = {path for part in page.blocks.values() for path in part.keep_in_cache}
            gone, self._size = await run_in_threadpool(sweep, self.path, shown, self._most, time.time())
            for known in page.temp_file_sets:
                known.difference_update(gone)
            _forget_progress()
            self._full.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), SWEEP_EVERY)


def sweep(folder: Path, kept: set[str], most: int, now: float) -> tuple[set[str], int]:
    """Delete what is too old, and the oldest of what is too much, but not `kept`; the files deleted, and bytes left."""
    files = sorted((seen.st_ctime, seen.st_size, path) for path, seen in _files(folder) if path not in kept)
    size, gone = sum(count for _, count, _ in files), set()
    allowed = most if size <= most else 0.9 * most  # not again at the next upload
    for changed, count, path in files:
        is_piece = os.path.dirname(path) == str(folder)  # what is whole lies in folders
        if size <= allowed and changed > now - (UNFINISHED if is_piece else KEEP_FILES):
            continue
        with suppress(OSError):
            os.unlink(path)
            gone.add(path)
            size -= count
    _remove_empty(folder, now)
    return gone, size


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """All files below a folder; no link leads out of it."""
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # gone meanwhile
                path = os.path.join(place, name)
                yield path, os.lstat(path)


def _remove_empty(folder: Path, now: float) -> None:
    """Folders that have been empty for a while: a new one is about to be filled."""
    for place, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):  # not empty
            if place != str(folder) and os.lstat(place).st_mtime < now - SWEEP_EVERY:
                os.rmdir(place)


def _forget_progress() -> None:
    """What Gradio keeps of uploads whose progress nobody watched to the end."""
    statuses, signals = file_upload_statuses._statuses, file_upload_statuses._signals
    for upload in [name for name, status in statuses.items() if status.is_done]:
        del statuses[upload]
    for upload in signals.keys() - statuses.keys():
        del signals[upload]
