"""Which links a store of shares holds, oldest first, and the files they name, each counted once. Knows no folder."""

import bisect
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """What room a link takes: its own, and that of its files."""

    created: float
    size: int
    files: frozenset[str]


class Ledger:
    """Links by name. Every change costs the same however many there are."""

    def __init__(self) -> None:
        self.total = 0  # bytes of all links and of the files that they name
        self._links: dict[str, Link] = {}
        self._ages: list[tuple[float, str]] = []
        self._named: Counter[str] = Counter()
        self._sizes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._links)

    @property
    def oldest(self) -> tuple[float, str]:
        """When the oldest link was made, and its name."""
        return self._ages[0]

    @property
    def links(self) -> Mapping[str, Link]:
        """By name."""
        return self._links

    @property
    def files(self) -> Mapping[str, int]:
        """What a link names, and its size."""
        return self._sizes

    def add(self, name: str, link: Link, sizes: Mapping[str, int]) -> None:
        """A new link; a file of which `sizes` says nothing is not there."""
        self._links[name] = link
        bisect.insort(self._ages, (link.created, name))
        self.total += link.size
        for file in link.files & sizes.keys():
            if file not in self._sizes:
                self._sizes[file] = sizes[file]
                self.total += sizes[file]
            self._named[file] += 1

    def drop(self, name: str) -> list[str]:
        """Forget a link; the files that none names any longer."""
        link = self._links.pop(name)
        del self._ages[bisect.bisect_left(self._ages, (link.created, name))]
        self.total -= link.size
        self._named.subtract(link.files & self._sizes.keys())
        gone = [file for file in link.files if file in self._sizes and not self._named[file]]
        for file in gone:
            del self._named[file]
            self.total -= self._sizes.pop(file)
        return gone
