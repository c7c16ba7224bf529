"""A list of two to eight styles with weights: rows of picture and weight that are added and removed."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.web.events import at_changes
from sanet.web.examples import STYLES, called
from sanet.web.i18n import said, word
from sanet.web.result import QUICK
from sanet.web.sharing.recipe import MAX_STYLES
from sanet.web.widgets.picture_input import PictureInput, picture_input

LETTERS = "ABCDEFGH"[:MAX_STYLES]
LEAST = 2
Entry = tuple[str | None, float]  # the path of a picture, and its weight
EMPTY: Entry = (None, 1.0)


class StyleList(NamedTuple):
    """The widgets of all rows, shown or not."""

    rows: list[gr.Row]
    pictures: list[PictureInput]
    weights: list[gr.Slider]
    removes: list[gr.Button]
    count: gr.State  # rows shown

    @property
    def all(self) -> list[Component]:
        """What `shown` gives values for, in its order."""
        return [*self.rows, *self.pictures, *self.weights, *self.removes, self.count]


def style_list(filled: int, elem_id: str) -> StyleList:
    """Build the rows, of which the first `filled` hold examples."""
    rows, pictures, weights, removes = [], [], [], []
    with gr.Column(elem_id=elem_id):
        for i, label in enumerate(labels([(str(style.path), 1.0) for style in STYLES[:filled]])):
            with gr.Row(visible=i < filled, elem_classes="entry") as row:
                path = STYLES[i].path if i < filled else None
                pictures.append(picture_input(path, LETTERS[i], 84, f"{elem_id}-{i + 1}"))
                weight = gr.Slider(0, 1, 1, step=0.01, label=label, min_width=150, elem_id=f"{elem_id}-weight-{i + 1}")
                weights.append(weight)
                remove = gr.Button(
                    word(f"remove_{LETTERS[i].lower()}"),
                    size="sm",
                    scale=0,
                    min_width=80,
                    elem_id=f"{elem_id}-remove-{i + 1}",
                )
                removes.append(remove)
            rows.append(row)
    return StyleList(rows, pictures, weights, removes, gr.State(filled))


def connect_list(parts: StyleList, add: gr.Button, strip: gr.Gallery) -> tuple[Dependency, ...]:
    """Let `add` add an empty row, and a click on a picture of `strip` a style; the events that change the mix."""
    state = [parts.count, *parts.pictures, *parts.weights]

    def add_row(*values: Any) -> list[Any]:
        return shown([*_entries(values), EMPTY][:MAX_STYLES])

    def add_style(event: gr.SelectData, *values: Any) -> list[Any]:
        return shown(with_style(_entries(values), str(STYLES[event.index].path)))

    def relabel(*values: Any) -> list[Any]:
        return [gr.Slider(label=label) for label in labels(_entries(values))]

    add.click(add_row, state, parts.all, **QUICK)
    added = strip.select(add_style, state, parts.all, **QUICK)
    removed = [button.click(_remover(i), state, parts.all, **QUICK) for i, button in enumerate(parts.removes)]
    changes = [widget.change for widget in (*parts.pictures, *parts.weights)]
    at_changes(relabel, state, parts.weights, changes)
    return added, *removed


def shown(entries: Sequence[Entry]) -> list[Any]:
    """Values of `StyleList.all` that show these entries."""
    count = len(entries)
    filled = [*entries, *[EMPTY] * (MAX_STYLES - count)]
    weights = [gr.Slider(value=entry[1], label=label) for entry, label in zip(filled, labels(entries), strict=True)]
    rows = [gr.Row(visible=i < count) for i in range(MAX_STYLES)]
    removes = [gr.Button(interactive=count > LEAST)] * MAX_STYLES
    return [*rows, *(path for path, _ in filled), *weights, *removes, count]


def labels(entries: Sequence[Entry]) -> list[str]:
    """What stands over each weight: letter, name, and share of the mix."""
    total = sum(weight for path, weight in entries if path)
    words = []
    for letter, (path, weight) in zip(LETTERS, [*entries, *[EMPTY] * MAX_STYLES], strict=False):
        if path is None:
            words.append(said("no_picture", letter=letter))
        else:
            words.append(f"{letter} {round(100 * weight / total) if total else 0} % {called(path)[:24]}")
    return words


def _entries(values: Sequence[Any]) -> list[Entry]:
    """The rows that are shown, from the count, all pictures and all weights."""
    count, pictures, weights = values[0], values[1 : 1 + MAX_STYLES], values[1 + MAX_STYLES :]
    return list(zip(pictures, weights, strict=True))[:count]


def with_style(entries: list[Entry], path: str) -> list[Entry]:
    """`path` in the first empty row, or in a new one; in place of the last if the list is full."""
    empty = [i for i, (picture, _) in enumerate(entries) if not picture]
    if empty:
        i = empty[0]
        return [*entries[:i], (path, entries[i][1]), *entries[i + 1 :]]
    return [*entries[: MAX_STYLES - 1], (path, 1.0)]


def _remover(i: int) -> Callable[..., list[Any]]:
    def remove(*values: Any) -> list[Any]:
        entries = _entries(values)
        return shown(entries[:i] + entries[i + 1 :])

    return remove
