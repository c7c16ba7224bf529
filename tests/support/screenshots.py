"""Pictures of every tab, light and dark, on a desktop and a phone, for review: `make screenshots`.

The first screen, while a picture is painted, the settings of a phone, and the whole page with a result.
"""

import itertools
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.browser import (
    DESKTOP,
    MADE,
    PHONE,
    chromium,
    open_settings,
    open_tab,
    open_window,
    press,
    served_app,
    stand_still,
)

TABS = {
    "One style": "one",
    "Four styles": "four",
    "Paint regions": "paint",
    "All styles": "all",
    "Mix": "mix",
}


def begin(page: Page, name: str) -> None:
    """Press the tab's main button; on the tab for regions there are some first."""
    if name == "paint":
        page.locator("#regions").get_by_text("Left / right").click()
    press(page, f"#{name}-run")


def wait_for_the_result(page: Page, name: str) -> None:
    done = re.compile(r"16 of 16") if name == "all" else MADE
    expect(page.locator(f"#{name}-note")).to_contain_text(done, timeout=300_000)


def make_whole(page: Page) -> None:
    """Show the page from its top, on a phone in a window as high as it is: full_page=True would draw it for a mouse."""
    page.evaluate("scrollTo(0, 0)")
    if page.viewport_size == PHONE:
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": PHONE["width"], "height": height})
    stand_still(page)


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served_app(Path(folder)) as url, chromium() as browser:
        for (tab, name), (kind, size), theme in itertools.product(
            TABS.items(), {"desktop": DESKTOP, "phone": PHONE}.items(), ("light", "dark")
        ):
            context = open_window(browser, size)
            page = context.new_page()

            def shoot(state: str, page: Page = page, stem: str = f"{name}-{kind}-{theme}") -> None:
                page.screenshot(path=out / f"{stem}-{state}.png")
                print(out / f"{stem}-{state}.png")

            open_tab(page, f"{url}/?__theme={theme}", tab)
            page.wait_for_load_state("networkidle")
            stand_still(page)
            shoot("first")
            begin(page, name)
            page.locator("[data-testid=status-tracker]:not(.hide) > *").first.wait_for()
            shoot("running")
            wait_for_the_result(page, name)
            if size is PHONE and name != "all":
                open_settings(page)
                stand_still(page)
                shoot("settings")
                page.keyboard.press("Escape")
            make_whole(page)
            shoot("result")
            context.close()


if __name__ == "__main__":
    main()
