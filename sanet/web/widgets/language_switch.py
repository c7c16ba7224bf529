"""The languages of the page at its foot: each by its own name."""

from sanet.web.widgets.own_widget import own_widget


def language_switch() -> None:
    """Build it; the choice is kept in a cookie, which i18n.js and the server read."""
    own_widget("language_switch", elem_id="languages")
