"""Opening the page in a real browser: what it asks the server for first."""

from playwright.sync_api import Page

from tests.support.browser import open_tab, press


def test_what_a_visitor_asks_for_goes_before_what_the_page_asks_by_itself(page: Page, url: str) -> None:
    asked: list[tuple[str, str]] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.requestWillBeSent",
        lambda event: asked.append((event["request"]["url"], event["request"]["initialPriority"])),
    )
    open_tab(page, url, "One style")
    with page.expect_request("**/queue/join*"):
        press(page, "#one-run")
    page.wait_for_function("document.querySelector('#one-result img:last-of-type').src.endsWith('.png')")
    by_itself = {priority for address, priority in asked if "/run/predict" in address}
    by_the_visitor = {priority for address, priority in asked if "/queue/join" in address}
    assert (by_itself, by_the_visitor) == ({"Low"}, {"High"})
