"""Memory that was freed but is still held by the process: returned to the system while nobody waits."""

import ctypes
import sys
import threading
import time


class SpareMemory:
    """Gives back what glibc keeps of freed memory, for each of its threads as much as one picture takes.

    Not after every picture: the next one would have to fetch it again, which takes a tenth of its time.
    """

    def __init__(self, pause: float = 2.0, longest: float = 10.0) -> None:
        """Gives back `pause` seconds after `touch` was last called, and after `longest` seconds without a pause."""
        self.pause, self.longest = pause, longest
        self._lock = threading.Lock()
        self._given = time.monotonic()
        self._timer: threading.Timer | None = None

    def touch(self) -> None:
        """Call after work that took memory. Returns at once."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            overdue = time.monotonic() - self._given > self.longest
            self._timer = threading.Timer(0.0 if overdue else self.pause, self._give_back)
            self._timer.daemon = True
            self._timer.start()

    def _give_back(self) -> None:
        self._given = time.monotonic()
        if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
            trim(0)
