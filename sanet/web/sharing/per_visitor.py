"""A store of shares that takes only so many an hour from one visitor, and from all visitors at one address."""

import threading
import time
from typing import Any

from cachetools import TTLCache
from gradio.context import LocalContext

from sanet.errors import RefusedError
from sanet.web.sharing.store import Shared, ShareStore

HOUR = 3600.0  # seconds
VISITORS = 20_000  # that are remembered
TOO_MANY = "{count} pictures were shared from here within an hour; download this one, or share it later."


class PerVisitor:
    """A `ShareStore`; whose event runs is told by Gradio."""

    def __init__(self, store: ShareStore, of_visitor: int, at_address: int) -> None:
        self._store, self._most = store, {"visitor": of_visitor, "address": at_address}
        self._counts: TTLCache[tuple[str, str], int] = TTLCache(VISITORS, HOUR, timer=time.monotonic)
        self._lock = threading.Lock()

    @property
    def days(self) -> int:
        """As `ShareStore.days`."""
        return self._store.days

    def put(self, note: dict[str, Any], files: dict[str, bytes]) -> tuple[str, str]:
        """As `ShareStore.put`. Raises `RefusedError` from those who have shared enough for the moment."""
        with self._lock:
            for who in _askers():
                count = self._counts.get(who, 0)
                if count >= self._most[who[0]]:
                    raise RefusedError(TOO_MANY, count=count)
            for who in _askers():
                self._counts[who] = self._counts.get(who, 0) + 1
        return self._store.put(note, files)

    def get(self, link: str) -> Shared | None:
        """As `ShareStore.get`."""
        return self._store.get(link)

    def delete(self, link: str, secret: str) -> bool:
        """As `ShareStore.delete`."""
        return self._store.delete(link, secret)


def _askers() -> list[tuple[str, str]]:
    """The visitor whose event runs and their address, as far as they are known."""
    request = LocalContext.request.get(None)
    if request is None:
        return []
    client = request.client
    return [("visitor", str(request.session_hash)), *([("address", client.host)] if client else [])]
