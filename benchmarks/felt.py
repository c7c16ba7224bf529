"""What a visitor waits in a real browser, from the press of a key to the picture on the screen, beside the engine."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page

import sanet
from benchmarks.measure import fresh
from sanet.image.decode import open_picture
from sanet.web.examples import CONTENTS, STYLES

ROUNDS = 7
# Notes when something is pressed, when it is asked for, when the answer is there, and when its picture is drawn.
WATCH = """() => {
  const now = () => performance.now() / 1000;
  window.seen = {};
  for (const kind of ["click", "keydown"]) addEventListener(kind, () => { window.seen = { pressed: now() }; }, true);
  const before = window.fetch;
  window.fetch = (address, ...rest) => {
    if (String(address).includes("/queue/join")) window.seen.asked ??= now();
    return before(address, ...rest);
  };
  document.addEventListener("load", ({ target }) => {
    if (!target.matches("#one-result img") || !target.src.endsWith(".png")) return;
    requestAnimationFrame(() => requestAnimationFrame(() => { window.seen.drawn = now(); }));
  }, true);
}"""


class Beside:
    """The engine alone, which paints what the page paints, knowing as much of it as the server's does then."""

    def __init__(self) -> None:
        self._engine = sanet.load("embedded", device="cpu")
        self._content = open_picture(CONTENTS[0].path)
        self._styles = [open_picture(style.path) for style in STYLES]
        self._engine.stylize(fresh(self._content), [fresh(self._styles[0])], max_side=512)

    def first(self) -> float:
        """Seconds for two new pictures."""
        return self._seconds(fresh(self._content), fresh(self._styles[0]), 1.0)

    def style(self, number: int) -> float:
        """Seconds for a new style."""
        return self._seconds(self._content, fresh(self._styles[number]), 1.0)

    def strength(self, number: int) -> float:
        """Seconds for another strength."""
        self._seconds(self._content, self._styles[0], 1.0)
        return self._seconds(self._content, self._styles[0], 0.95 - 0.05 * number)

    def _seconds(self, content: Image.Image, style: Image.Image, alpha: float) -> float:
        start = time.perf_counter()
        self._engine.stylize(content, [style], sanet.Controls(alpha), max_side=512)
        return time.perf_counter() - start


class Felt(NamedTuple):
    """Seconds: of the whole, of those until the server was asked, and what the engine alone takes for the same."""

    whole: float
    until_asked: float
    engine: float

    def __str__(self) -> str:
        return f"{self.whole:.3f} s, {self.whole / self.engine:.1f} times the engine's {self.engine:.3f} s"


def median(felt: list[Felt]) -> Felt:
    """Of each figure."""
    return Felt(*map(statistics.median, zip(*felt, strict=True)))


def measure(page: Page, url: str) -> dict[str, Felt]:
    """The first picture of a new page, another style, and another strength, on the tab "One style"."""
    page.goto(url)
    strength = page.locator("input[type=range]:visible").first
    styles = page.locator("#one-style-examples .thumbnail-item")
    page.locator("#one-run").wait_for()
    page.wait_for_timeout(3000)  # until all that the page asks for when it is opened has come
    page.evaluate(WATCH)
    engine = Beside()

    first = felt(page, page.locator("#one-run").click, engine.first)
    others = [felt(page, styles.nth(i).click, partial(engine.style, i)) for i in range(1, ROUNDS)]
    moves = [felt(page, partial(strength.press, "ArrowLeft"), partial(engine.strength, i)) for i in range(ROUNDS)]
    return {"first picture": first, "another style": median(others), "another strength": median(moves)}


def felt(page: Page, press: Callable[[], None], alone: Callable[[], float]) -> Felt:
    """One picture on the page, and then the same by the engine of this process."""
    press()
    page.wait_for_function("window.seen.drawn")
    seen = page.evaluate("window.seen")
    return Felt(seen["drawn"] - seen["pressed"], seen["asked"] - seen["pressed"], alone())
