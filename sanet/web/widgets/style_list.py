"""A list of two to eight styles with weights: rows of picture and weight that are added and removed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from sanet.web.events import QUICK, at_changes, bound
from sanet.web.examples import STYLES, display_name
from sanet.web.i18n import said, word
from sanet.web.sharing.recipe import MAX_STYLES
from sanet.web.widgets.picture_input import PictureInput, picture_input

LETTERS = "ABCDEFGH"[:MAX_STYLES]
LEAST = 2
WeightedStyle = tuple[str | None, float]  # the path of a picture, and its weight
EMPTY: WeightedStyle = (None, 1.0)


class StyleList(NamedTuple):
    """The widgets of all rows, shown or not."""

    rows: list[gr.Row]
    pictures: list[PictureInput]
    weights: list[gr.Slider]
    removes: list[gr.Button]
    count: gr.State  # rows shown

    @property
    def all(self) -> list[Component]:
        """What `show_rows` gives values for, in its order."""
        return [*self.rows, *self.pictures, *self.weights, *self.removes, self.count]


def style_list(filled: int, elem_id: str) -> StyleList:
    """Build the rows, of which the first `filled` hold examples."""
    parts: list[tuple[gr.Row, PictureInput, gr.Slider, gr.Button]] = []
    with gr.Column(elem_id=elem_id):
        for i, label in enumerate(labels([(str(style.path), 1.0) for style in STYLES[:filled]])):
            with gr.Row(visible=i < filled, elem_classes="entry") as row:
                parts.append((row, *_entry_row(i, STYLES[i].path if i < filled else None, label, elem_id)))
    rows, pictures, weights, removes = map(list, zip(*parts, strict=True))
    return StyleList(rows, pictures, weights, removes, gr.State(filled))


def _entry_row(i: int, path: Path | None, label: str, elem_id: str) -> tuple[PictureInput, gr.Slider, gr.Button]:
    """What stands in one row."""
    picture = picture_input(path, LETTERS[i], 84, f"{elem_id}-{i + 1}")
    weight = gr.Slider(0, 1, 1, step=0.01, label=label, min_width=150, elem_id=f"{elem_id}-weight-{i + 1}")
    words = word(f"remove_{LETTERS[i].lower()}")
    return picture, weight, gr.Button(words, size="sm", scale=0, min_width=80, elem_id=f"{elem_id}-remove-{i + 1}")


def connect_list(parts: StyleList, add: gr.Button, strip: gr.Gallery) -> tuple[Dependency, ...]:
    """Let `add` add an empty row, and a click on a picture of `strip` a style; the events that change the mix."""
    state = [parts.count, *parts.pictures, *parts.weights]
    add.click(add_row, state, parts.all, **QUICK)
    added = strip.select(add_style, state, parts.all, **QUICK)
    removed = [button.click(bound(remove_row, i), state, parts.all, **QUICK) for i, button in enumerate(parts.removes)]
    changes = [widget.change for widget in (*parts.pictures, *parts.weights)]
    at_changes(relabel, state, parts.weights, changes)
    return added, *removed


def connect_rows(parts: StyleList, restored: Dependency, was_kept: gr.Checkbox) -> None:
    """Show as many rows as have pictures once these are `restored`, where any `was_kept`."""
    restored.then(restore_rows, [was_kept, *parts.pictures, *parts.weights], parts.all, **QUICK)


def restore_rows(was_kept: bool, *values: Any) -> list[Any]:
    """The rows as far as there are pictures in them; `values` are all pictures and all weights."""
    if not was_kept:
        return [gr.skip()] * len(show_rows([]))
    filled = [i for i, path in enumerate(values[:MAX_STYLES], 1) if path]
    return show_rows(_entries((max(filled, default=LEAST), *values)))


def add_row(*values: Any) -> list[Any]:
    """The rows with one more, which is empty; `values` are the count, all pictures and all weights."""
    return show_rows([*_entries(values), EMPTY][:MAX_STYLES])


def add_style(event: gr.SelectData, *values: Any) -> list[Any]:
    """The rows with the example that was clicked."""
    return show_rows(with_style(_entries(values), str(STYLES[event.index].path)))


def remove_row(i: int, *values: Any) -> list[Any]:
    """The rows without row `i`."""
    entries = _entries(values)
    return show_rows(entries[:i] + entries[i + 1 :])


def relabel(*values: Any) -> list[Any]:
    """The weights with what stands over them."""
    return [gr.Slider(label=label) for label in labels(_entries(values))]


def show_rows(entries: Sequence[WeightedStyle]) -> list[Any]:
    """Values of `StyleList.all` that show these entries."""
    count = len(entries)
    filled = [*entries, *[EMPTY] * (MAX_STYLES - count)]
    weights = [gr.Slider(value=entry[1], label=label) for entry, label in zip(filled, labels(entries), strict=True)]
    rows = [gr.Row(visible=i < count) for i in range(MAX_STYLES)]
    removes = [gr.Button(interactive=count > LEAST)] * MAX_STYLES
    return [*rows, *(path for path, _ in filled), *weights, *removes, count]


def labels(entries: Sequence[WeightedStyle]) -> list[str]:
    """What stands over each weight: letter, name, and share of the mix."""
    total = sum(weight for path, weight in entries if path)
    words = []
    for letter, (path, weight) in zip(LETTERS, [*entries, *[EMPTY] * MAX_STYLES], strict=False):
        if path is None:
            words.append(said("no_picture", letter=letter))
        else:
            words.append(f"{letter} {round(100 * weight / total) if total else 0} % {display_name(path)[:24]}")
    return words


def _entries(values: Sequence[Any]) -> list[WeightedStyle]:
    """The rows that are shown, from the count, all pictures and all weights."""
    count, pictures, weights = values[0], values[1 : 1 + MAX_STYLES], values[1 + MAX_STYLES :]
    return list(zip(pictures, weights, strict=True))[:count]


def with_style(entries: list[WeightedStyle], path: str) -> list[WeightedStyle]:
    """`path` in the first empty row, or in a new one; in place of the last if the list is full."""
    empty = [i for i, (picture, _) in enumerate(entries) if not picture]
    if empty:
        i = empty[0]
        return [*entries[:i], (path, entries[i][1]), *entries[i + 1 :]]
    return [*entries[: MAX_STYLES - 1], (path, 1.0)]
