"""The tab "Vote" in a real browser: by keys on a desktop, by finger on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sanet.votes.store import VoteStore
from sanet.web.page import build_app, launch_options
from sanet.web.tabs.vote import Booth
from tests.support.browser import PHONE, SIZES, fits, grave_violations, press
from tests.support.exhibition import exhibition
from tests.support.fake_engine import FakeEngine

Served = tuple[str, VoteStore]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    store = VoteStore(tmp_path / "votes.sqlite")
    app = build_app(FakeEngine(), booth=Booth(exhibition(tmp_path / "votes"), store))
    _, url, _ = app.launch(**launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url, store
    app.close()


def answer(page: Page, key: str) -> None:
    if page.viewport_size == PHONE:
        press(page, f"#vote-ballot [data-side={'left' if key == '1' else 'right'}]")
    else:
        page.keyboard.press(key)


@SIZES
def test_a_pair_is_voted_on_and_told_and_the_next_one_comes(
    visit: Callable[..., Page], served: Served, size: dict
) -> None:
    (url, store), page = served, visit(size)
    page.goto(url)
    page.get_by_role("tab", name="Vote").click()
    question, names = page.locator("#vote-ballot .question"), page.locator("#vote-ballot .choices .name")
    expect(question).to_have_text("1/3 · Which is closer to the style?")
    expect(names).to_have_text(["Left (1)", "Right (2)"])
    answer(page, "1")
    answer(page, "1")
    expect(question).to_contain_text("3/3")
    press(page, "#vote-ballot [data-tool=back]")
    expect(question).to_contain_text("2/3")
    answer(page, "2")
    assert list(store.rows()) == []
    answer(page, "1")
    expect(question).to_contain_text("Thank you!")
    (row,) = store.rows()
    assert [row[name] for name in ("closer_to_style", "keeps_photograph", "would_keep")] == ["left", "right", "left"]
    titles = {"sanet": "SANet", "gatys": "Gatys et al.", "wct": "WCT"}
    expect(names).to_have_text([titles[str(row["left_method"])], titles[str(row["right_method"])]])
    expect(page.locator("#vote-chart svg.marks")).to_be_visible()
    expect(page.locator("#vote-table tbody tr")).to_have_count(3)
    assert fits(page)
    assert grave_violations(page) == []
    press(page, "#vote-ballot [data-tool=next]")
    expect(question).to_contain_text("1/3")
    expect(names).to_have_text(["Left (1)", "Right (2)"])
