"""Pictures of every tab with a result, light and dark, on a desktop and a phone, for review: `make screenshots`."""

import itertools
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, MADE, PHONE, chromium, open_tab, open_window, press, served_app, stand_still

TABS = {
    "One style": "one",
    "Four styles": "four",
    "Paint regions": "paint",
    "All styles": "all",
    "Mix": "mix",
}


def make_a_result(page: Page, name: str) -> None:
    """Press the tab's main button and wait for what it makes."""
    if name == "paint":
        page.locator("#regions").get_by_text("Left / right").click()
    press(page, f"#{name}-run")
    done = re.compile(r"16 of 16") if name == "all" else MADE
    expect(page.locator(f"#{name}-note")).to_contain_text(done, timeout=300_000)


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served_app(Path(folder)) as url, chromium() as browser:
        for (tab, name), (kind, size), theme in itertools.product(
            TABS.items(), {"desktop": DESKTOP, "phone": PHONE}.items(), ("light", "dark")
        ):
            context = open_window(browser, size)
            page = context.new_page()
            open_tab(page, f"{url}/?__theme={theme}", tab)
            make_a_result(page, name)
            page.evaluate("scrollTo(0, 0)")
            if size is PHONE:  # full_page=True would draw the page for a mouse
                height = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": size["width"], "height": height})
            stand_still(page)
            page.screenshot(path=out / f"{name}-{kind}-{theme}.png")
            context.close()
            print(out / f"{name}-{kind}-{theme}.png")


if __name__ == "__main__":
    main()
