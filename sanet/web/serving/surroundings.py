"""What a server finds on its machine: folders, proxies, a port. Made usable, or refused with what has to be set.

To be called before Gradio is imported, which reads the environment then.
"""

import logging
import os
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path

import httpx

from sanet.errors import RefusedError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORT = 7860
OWN_FOLDER = "sanet-studio"
PROXIES = ("all_proxy", "http_proxy", "https_proxy")
NO_FOLDER = "The folder {folder} cannot be written ({reason}): set {variable} to one that can."
NO_PORT = "GRADIO_SERVER_PORT must be the number of a port, got {given!r}."
NO_PROXY = "The proxy in {variable} is none that can be used here, and is passed over: name an http:// one instead."
logger = logging.getLogger(__name__)


def prepare(environment: MutableMapping[str, str]) -> None:
    """Set what Gradio and the Hub's client will read. Raises `RefusedError`."""
    port_of(environment)
    _settle_proxies(environment)
    environment["GRADIO_TEMP_DIR"] = str(_uploads(environment))
    if "SPACE_ID" in environment:  # nobody reaches a Space but through Hugging Face's proxies, which tell who asks
        environment.setdefault("FORWARDED_ALLOW_IPS", "*")


def address_of(environment: MutableMapping[str, str]) -> str:
    """The name or address to serve at."""
    return environment.get("GRADIO_SERVER_NAME") or "127.0.0.1"


def port_of(environment: MutableMapping[str, str]) -> int:
    """The port to serve at. Raises `RefusedError`."""
    given = environment.get("GRADIO_SERVER_PORT") or str(PORT)
    if not given.isdecimal() or int(given) > 65535:
        raise RefusedError(NO_PORT, given=given)
    return int(given)


def writable(folder: Path, variable: str) -> Path:
    """`folder`, made if need be. Raises `RefusedError` that says which variable names another."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise RefusedError(NO_FOLDER, folder=folder, reason=error.strerror, variable=variable) from error


def _uploads(environment: MutableMapping[str, str]) -> Path:
    """A folder for this page alone, the same after a restart: whatever lies there is deleted after a while."""
    if given := environment.get("GRADIO_TEMP_DIR"):
        parent = Path(given).resolve()
        return writable(parent if parent.name == OWN_FOLDER else parent / OWN_FOLDER, "GRADIO_TEMP_DIR")
    owner = os.getuid() if hasattr(os, "getuid") else 0
    try:
        folder = Path(tempfile.gettempdir()).resolve() / f"sanet-studio-{owner}"
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if folder.is_symlink() or folder.stat().st_uid != owner:  # put there by somebody else
            folder = Path(tempfile.mkdtemp(prefix="sanet-studio-"))
    except OSError as error:
        raise RefusedError(
            NO_FOLDER, folder="for temporary files", reason=error.strerror, variable="GRADIO_TEMP_DIR"
        ) from error
    return writable(folder, "GRADIO_TEMP_DIR")


def _settle_proxies(environment: MutableMapping[str, str]) -> None:
    """Gradio asks the page itself at the start, which no proxy can do; and one of an unknown kind ends the start."""
    for name in _unusable(environment):
        logger.warning(NO_PROXY.format(variable=name))
        del environment[name]
    for name in ("no_proxy", "NO_PROXY"):
        given = environment.get(name) or environment.get(name.swapcase()) or ""
        here = (address_of(environment), *LOOPBACK)
        environment[name] = ",".join(dict.fromkeys((*filter(None, given.split(",")), *here)))


def _unusable(environment: MutableMapping[str, str]) -> Iterator[str]:
    for name in [name for name in environment if name.lower() in PROXIES and environment[name]]:
        address = environment[name]
        try:
            httpx.Client(proxy=address if "://" in address else f"http://{address}").close()
        except (ValueError, ImportError, httpx.InvalidURL):
            yield name
