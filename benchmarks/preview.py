"""The page in a real browser: opened on a slow network, the wait for a picture, and previews of the moving point.

    python -m benchmarks.preview

Run by `make bench-page`. Ratios are to the engine's own render of the same picture in the same run, so that figures
of different machines can be compared.
"""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

import sanet
from benchmarks import felt, opening
from benchmarks.measure import timed
from sanet.engine.controls import bilinear_mix
from sanet.image.decode import open_picture
from sanet.web.examples import CONTENTS, STYLES
from tests.support.browser import chromium, open_tab, served_app

DRAG_SECONDS = 6
SINGLE_MOVES = 15
OPENINGS = 3
# Counts the previews that have been shown, and the time of the last.
WATCH = """() => {
  window.shown = []; window.moved = 0;
  document.addEventListener("pointermove", () => (window.moved = performance.now()), true);
  document.addEventListener("load", (event) => {
    if (event.target.className === "live-preview") window.shown.push([performance.now(), event.target.naturalWidth]);
  }, true);
}"""


def at(page: Page, x: float, y: float) -> None:
    """Move the pressed pointer to a point of the square."""
    box = page.locator("#style-square .square").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])


def measure(page: Page) -> tuple[float, list[float], int]:
    """Previews a second, latencies of single moves in seconds, and the previews' width."""
    page.evaluate(WATCH)
    at(page, 0.5, 0.5)
    page.mouse.down()
    page.wait_for_function("window.shown.length > 0")
    for i in range(20):  # until the size has settled
        at(page, 0.3 + 0.02 * i, 0.4)
        page.wait_for_timeout(150)
    page.evaluate("window.shown = []; window.began = performance.now()")
    for i in range(DRAG_SECONDS * 30):
        at(page, 0.2 + 0.6 * (i % 60) / 60, 0.3 + 0.4 * (i % 45) / 45)
        page.wait_for_timeout(30)
    rate = page.evaluate("window.shown.length / (performance.now() - window.began) * 1000")
    width = page.evaluate("window.shown.at(-1)[1]")
    latencies = []
    for i in range(SINGLE_MOVES):
        page.wait_for_timeout(700)
        count = page.evaluate("window.shown.length")
        at(page, 0.2 + 0.04 * i, 0.7)
        page.wait_for_function("(count) => window.shown.length > count", arg=count)
        latencies.append(page.evaluate("window.shown.at(-1)[0] - window.moved") / 1000)
    page.mouse.up()
    return rate, latencies, width


def main() -> None:
    """Measure in the browser, then the engine alone."""
    with served() as url, chromium() as browser:
        print(opening.median([opening.open_slowly(browser, url) for _ in range(OPENINGS)]))
    with served() as url, chromium() as browser:  # anew, so that the server knows no picture
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        for name, wait in felt.measure(page, url).items():
            print(f"{name:25} {wait}")
        open_tab(page, url, "Four styles")
        rate, latencies, width = measure(page)
    engine = sanet.load("embedded", device="cpu")
    styles = [open_picture(style.path) for style in STYLES[:4]]
    prepared = engine.prepare(open_picture(CONTENTS[0].path), styles, width)
    alone = timed(lambda: engine.render(prepared, sanet.Controls(mix=bilinear_mix(0.4, 0.6))))
    low, latency, high = statistics.quantiles(latencies, n=4)
    print(f"size of the previews      {width} px")
    print(f"render alone              {alone} s")
    print(f"previews while dragging   {rate:.1f} a second, {rate * alone.seconds:.2f} of what the engine alone draws")
    print(f"from pointer to picture   {latency:.3f} ± {(high - low) / 2:.3f} s, {latency / alone.seconds:.1f} renders")


@contextmanager
def served() -> Iterator[str]:
    """The app, which knows no visitor yet."""
    with tempfile.TemporaryDirectory() as folder, served_app(Path(folder)) as url:
        yield url


if __name__ == "__main__":
    main()
