"""What a visitor chose on one tab: a request whose pictures are files of the page, and what it still needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sanet.engine.request import Request
from sanet.errors import RefusedError
from sanet.web.examples import example_at


@dataclass(frozen=True)
class Choice:
    """A request, the tab that it is set on, and whether that is all: `whole` is False once a link or a file left out a
    style or a mask.
    """

    tab: str
    request: Request[str | None]
    whole: bool = True

    @property
    def masks(self) -> tuple[str, ...]:
        """The painting, or the uploaded masks."""
        return tuple(filter(None, self.request.regions.pictures)) if self.request.regions else ()

    @property
    def style_masks(self) -> tuple[str, ...]:
        """The masks of the parts that are taken of the styles."""
        return tuple(filter(None, self.request.style_regions.pictures)) if self.request.style_regions else ()

    @property
    def own_pictures(self) -> tuple[str, ...]:
        """Every picture that is not an example."""
        given = (self.request.content, *self.request.styles, *self.masks, *self.style_masks)
        return tuple(path for path in given if path and example_at(path) is None)

    def completed(self, content: str | None, styles: Sequence[str | None]) -> "Choice":
        """With the visitor's own among these pictures in the places of those that were left out."""

        def kept(known: str | None, now: str | None) -> str | None:
            return known or (now if now and example_at(now) is None else None)

        request = self.request
        places = request.styles if self.whole else tuple(map(kept, request.styles, styles))
        return replace(self, request=replace(request, content=kept(request.content, content), styles=places))


def need_a_style(request: Request[str | None]) -> None:
    """Raise ValueError unless there are a photograph and a style."""
    _need_a_photograph(request)
    if not any(request.styles):
        raise RefusedError("Choose a style first: upload one or click an example.")


def need_each_style(request: Request[str | None]) -> None:
    """Raise ValueError unless there are a photograph and a style in every place."""
    _need_a_photograph(request)
    for letter, style in zip("ABCD", request.styles, strict=True):
        if not style:
            raise RefusedError("Choose style {letter} first: upload one or click an example.", letter=letter)


def _need_a_photograph(request: Request[str | None]) -> None:
    if not request.content:
        raise RefusedError("Choose a photograph first: upload one or click an example.")
