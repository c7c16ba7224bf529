"""A log that no visitor can fill: no line without an end, and none said again and again."""

import logging
import sys
import time
from typing import Any, TextIO

LONGEST = 1000  # letters
REPEATS, PERIOD = 5, 60.0  # the same message so often in so many seconds


class Brief:
    """A stream that shortens what is written to it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes the beginning of each line."""
        self._stream.write("".join(map(_shortened, text.splitlines(keepends=True))))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Seldom(logging.Filter):
    """Lets each message pass a few times a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if len(self._said) > 100:
            self._said.clear()
        times = self._said.setdefault(str(record.msg)[:LONGEST], [])
        times[:] = [said for said in times if said > now - PERIOD]
        times.append(now)
        return len(times) <= REPEATS


def keep_log_brief() -> None:
    """For what is logged, printed as an error, or shown as a traceback in this process from now on."""
    sys.stderr = Brief(sys.stderr)
    for name in ("asyncio", "uvicorn.error", "py.warnings"):
        logging.getLogger(name).addFilter(Seldom())


def _shortened(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}... ({len(line)} letters)\n"
