"""Opening the page in a real browser on a slow network: what travels, and when it can be used."""

import statistics
from typing import NamedTuple

from playwright.sync_api import Browser, CDPSession, Page

# What Chromium's developer tools call "Slow 4G".
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 188_743, "uploadThroughput": 86_400}


class Opened(NamedTuple):
    """One opening: bytes on the wire, requests to the server, and seconds until a click on Stylize reaches it."""

    document: int
    travelled: int
    requests: int
    usable: float

    def __str__(self) -> str:
        return (
            f"opened on slow 4G         usable after {self.usable:.2f} s, {self.requests} requests and "
            f"{self.travelled / 1e6:.2f} MB, of which the document is {self.document / 1e6:.3f} MB"
        )


def median(openings: list[Opened]) -> Opened:
    """Of each figure."""
    return Opened(*map(statistics.median_low, zip(*openings, strict=True)))


class Wire:
    """What a page asks a server for."""

    def __init__(self, session: CDPSession) -> None:
        self._asked: dict[str, tuple[str, float]] = {}  # addresses, and when they were asked for
        self._bytes: dict[str, int] = {}
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._note_request)
        session.on("Network.loadingFinished", self._note_end)

    def _note_request(self, event: dict) -> None:
        if event["request"]["url"].startswith("http"):
            self._asked[event["requestId"]] = event["request"]["url"], event["timestamp"]

    def _note_end(self, event: dict) -> None:
        if event["requestId"] in self._asked:
            self._bytes[event["requestId"]] = int(event["encodedDataLength"])

    def opened(self) -> Opened:
        """Until the first request to paint."""
        first, *_ = self._asked
        start = self._asked[first][1]
        end = next(at for address, at in self._asked.values() if "queue/join" in address)
        before = [one for one, (_, at) in self._asked.items() if at < end]
        travelled = sum(self._bytes.get(one, 0) for one in before)
        return Opened(self._bytes[first], travelled, len(before), end - start)


def open_slowly(browser: Browser, url: str) -> Opened:
    """Open the page as a new visitor, and press Stylize as soon as it is there."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    session = page.context.new_cdp_session(page)
    wire = Wire(session)
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    page.goto(url, wait_until="commit")
    _press_until_asked(page)
    page.close()
    return wire.opened()


def _press_until_asked(page: Page) -> None:
    """A click on a button that is drawn but not yet connected goes nowhere."""
    page.locator("#one-run").wait_for()
    with page.expect_request("**/queue/join*"):
        page.locator("#one-run").click()
