"""What the page needs of a place that keeps shared results. Knows no page and no picture, only files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Shared:
    """What a link leads to: where its files lie, by name, and a note of plain data."""

    note: dict[str, Any]
    files: dict[str, Path]


class ShareStore(Protocol):
    """Keeps what visitors share. Ids and secrets are unguessable; there is no way to list them."""

    @property
    def days(self) -> int:
        """How long a link lives."""

    def put(self, note: dict[str, Any], files: dict[str, bytes]) -> tuple[str, str]:
        """Keep `files` and `note`; returns the id and the secret that deletes it."""

    def get(self, link: str) -> Shared | None:
        """What was kept under an id; None for an id that is malformed, unknown, deleted or expired."""

    def delete(self, link: str, secret: str) -> bool:
        """Forget an id if `secret` is the right one."""
