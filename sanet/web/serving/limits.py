"""What one visitor, one request and the whole server may take: settings of the operator, made for two cores."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from sanet.errors import RefusedError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MEGABYTE, GIGABYTE = 1_000_000, 1_000_000_000
Settings = TypeVar("Settings", bound="DataclassInstance")


def setting(default: Any, about: str) -> Any:
    """A field of settings and what it means."""
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Limits:
    """Each field is set by the variable `SANET_` and its name in capitals; numbers are above 0."""

    queue_size: int = setting(64, "requests that wait at most; the next one is answered with 503")
    visitor_requests: int = setting(8, "requests of one visitor that wait or run at most")
    address_requests: int = setting(32, "the same for all visitors of one address")
    unread_seconds: float = setting(15, "after so long without a reader a request is dropped")
    picture_seconds: float = setting(180, "what a picture may take by estimate; it is given up after twice as long")
    film_seconds: float = setting(900, "the same for a clip, and for Gatys on the tab Compare")
    clip_seconds: float = setting(60, "of a clip that may be painted")
    clip_mb: float = setting(60, "one clip")
    sessions: int = setting(200, "visitors whose latest result is remembered")
    body_mb: float = setting(4, "the body of a request other than an upload")
    upload_mb: float = setting(64, "one upload with all its files")
    upload_files: int = setting(8, "files in one upload")
    uploads_gb: float = setting(4, "all uploads and results; the oldest go first, each after a day")
    share_gb: float = setting(2, "all shares; the oldest go first")
    share_mb: float = setting(40, "one share")
    share_links: int = setting(20_000, "links of shares; the oldest go first")
    share_days: int = setting(90, "how long a link lives")
    visitor_shares: int = setting(20, "shares that one visitor may store in an hour")
    address_shares: int = setting(60, "the same for all visitors of one address")
    browser_votes: int = setting(20, "votes of one browser in a minute")
    minute_votes: int = setting(300, "the same of all browsers together")
    votes_mb: float = setting(50, "the file of votes; once it is full, no further vote is taken")
    connections: int = setting(512, "open connections; beyond, the address with the most of them loses one")
    request_seconds: float = setting(15, "for the head of a request, and for each pause in its body")
    answer_seconds: float = setting(60, "for a pause in reading an answer")
    frame_ancestors: str = setting(
        "",
        "pages that may embed this one, as in a Content-Security-Policy: 'self' if empty, on a Space Hugging Face too",
    )
    hosts: str = setting("", "host names that the page answers to, separated by commas; any if empty")
    origins: str = setting("", "other sites whose scripts may call the page, separated by commas; any if empty")

    @property
    def body_bytes(self) -> int:
        return round(self.body_mb * MEGABYTE)

    @property
    def upload_bytes(self) -> int:
        return round(self.upload_mb * MEGABYTE)

    @property
    def upload_folder_bytes(self) -> int:
        return round(self.uploads_gb * GIGABYTE)

    @property
    def clip_bytes(self) -> int:
        return round(self.clip_mb * MEGABYTE)

    @property
    def share_bytes(self) -> int:
        return round(self.share_mb * MEGABYTE)

    @property
    def votes_bytes(self) -> int:
        return round(self.votes_mb * MEGABYTE)

    @property
    def share_folder_bytes(self) -> int:
        return round(self.share_gb * GIGABYTE)


def variable(name: str) -> str:
    """The variable that sets a field."""
    return f"SANET_{name.upper()}"


def limits_from(environment: Mapping[str, str]) -> Limits:
    """The limits that the variables set. Raises `RefusedError` for one that is no number above 0."""
    return settings_from(Limits, environment)


def settings_from(kind: type[Settings], environment: Mapping[str, str]) -> Settings:
    """A dataclass of settings, as the variables say. Raises `RefusedError` as `limits_from`."""
    known = fields(kind)
    given = {field.name: environment.get(variable(field.name), "").strip() for field in known}
    kinds = {field.name: field.type for field in known}
    return kind(**{name: _read(name, kinds[name], text) for name, text in given.items() if text})


def _read(name: str, kind: Any, text: str) -> Any:
    if kind is str:
        return text
    try:
        number = kind(text)
    except ValueError:
        number = 0
    if not (number > 0 and math.isfinite(number)):
        what = "a whole number" if kind is int else "a number"
        raise RefusedError(
            "{variable} must be {what} above 0, got {text!r}.", variable=variable(name), what=what, text=text
        )
    return number
