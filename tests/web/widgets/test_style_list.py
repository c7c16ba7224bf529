"""The list of styles as data: shares in words, where an example goes."""

import gradio as gr

from sanet.paths import EXAMPLES
from sanet.web.sharing.recipe import MAX_STYLES
from sanet.web.widgets.style_list import EMPTY, LETTERS, labels, restore_rows, with_style


def test_labels_say_the_share_of_each_style_that_has_a_picture() -> None:
    composition, ducks = (str(EXAMPLES / "style" / f"{name}.jpg") for name in ("composition-viii", "ducks"))
    words = labels([(composition, 0.5), EMPTY, ("/a/My holiday_1.png", 0.25)])
    assert words[:4] == ["A 67 % Composition VIII", "B: no picture yet", "C 33 % My holiday 1", "D: no picture yet"]
    assert len(words) == MAX_STYLES == len(LETTERS)
    assert labels([("/cleared/away/ducks.jpg", 1.0), EMPTY])[0] == "A 100 % ducks"
    assert labels([(ducks, 0.0), (composition, 0.0)])[:2] == ["A 0 % Ducks", "B 0 % Composition VIII"]


def test_an_example_fills_the_first_gap_then_a_new_row_then_the_last() -> None:
    assert with_style([("a", 0.5), (None, 0.3), EMPTY], "b") == [("a", 0.5), ("b", 0.3), EMPTY]
    assert with_style([("a", 0.5), ("b", 0.3)], "c") == [("a", 0.5), ("b", 0.3), ("c", 1.0)]
    full = [(letter, 0.5) for letter in LETTERS]
    assert with_style(full, "z") == [*full[:-1], ("z", 1.0)]


def test_rows_come_back_as_far_as_they_have_pictures() -> None:
    pictures, weights = ["a", None, "c", *[None] * 5], [0.5] * 8
    shown = restore_rows(True, *pictures, *weights)
    assert [row.visible for row in shown[:MAX_STYLES]] == [True] * 3 + [False] * 5
    assert shown[MAX_STYLES : MAX_STYLES + 3] == ["a", None, "c"]
    assert restore_rows(True, *[None] * 8, *weights)[-1] == 2
    assert restore_rows(False, *pictures, *weights) == [gr.skip()] * len(shown)
