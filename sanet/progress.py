"""Reporting how far work has come: callbacks that may raise to stop it. Knows nothing of the work."""

from collections.abc import Callable

Progress = Callable[[float, str], None]  # the share of the whole work that is done, 0 to 1, and what is done next
Report = Callable[[float], None]  # the same of one stage, which has no name of its own


def unreported(*report: object) -> None:
    """Reports to nobody: the default wherever progress can be reported."""


def part(progress: Callable[..., None], start: float, share: float, *stage: str) -> Callable[..., None]:
    """Progress of a part, 0 to 1, handed on as that of the whole, of which the part is `share` from `start` on.

    With a `stage` every report says it; without one it says what the part's own reports say.
    """

    def report(done: float, *said: str) -> None:
        progress(start + share * done, *stage, *said)

    return report
