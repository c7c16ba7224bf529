"""Serving the page as the environment says: what `python app.py` and `sanet serve` do."""

import logging
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sanet.errors import RefusedError
from sanet.web.serving.limits import Limits, limits_from
from sanet.web.serving.logs import keep_log_brief
from sanet.web.serving.surroundings import address_of, port_of, prepare, writable

if TYPE_CHECKING:
    from sanet.web.sharing.store import ShareStore

logger = logging.getLogger(__name__)


def serve() -> None:
    """Serve until Ctrl-C. Raises ValueError for settings that cannot hold and a catalog that cannot be read."""
    limits = limits_from(os.environ)
    prepare(os.environ)
    _serve(limits)


def _serve(limits: Limits) -> None:
    # Not before the environment is as it should be, which these read.
    import httpx
    from gradio import http_server

    from sanet.checkpoints.catalog import entry_for, read_catalog
    from sanet.web.page import build_app, launch_options
    from sanet.web.serving.hot_swap import HotSwapEngine
    from sanet.web.serving.server import bound_socket, server_within
    from sanet.web.serving.zero_gpu import on_zero_gpu

    bound_socket(address_of(os.environ), port_of(os.environ)).close()  # says at once that it is taken
    entries = read_catalog()
    store = share_store(os.environ, limits)
    engine = HotSwapEngine(entry_for(os.environ.get("SANET_CHECKPOINT") or "embedded", entries), entries)
    page = build_app(on_zero_gpu(engine), store, engine, limits)
    http_server.start_server = server_within(limits)
    keep_log_brief()
    page.launch(**launch_options(store, limits), prevent_thread_lock=True, quiet=True)
    httpx.get(page.local_url, timeout=None, trust_env=False)  # or the first visitor would wait until it is written
    print(f"SANet Studio is at {page.local_url}", flush=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    page.block_thread()


def share_store(environment: Mapping[str, str], limits: Limits) -> "ShareStore | None":
    """The folder `SANET_SHARE_DIR`. A Space has no folder that lasts unless one is mounted and named.

    Raises `RefusedError` if the folder that is named cannot be written; without a name there are no shares then.
    """
    from sanet.web.sharing.folder_store import FolderStore
    from sanet.web.sharing.per_visitor import PerVisitor

    named = environment.get("SANET_SHARE_DIR")
    folder = named if named is not None else "" if "SPACE_ID" in environment else "shares"
    if not folder:
        return None
    try:
        path = writable(Path(folder), "SANET_SHARE_DIR")
    except RefusedError as error:
        if named:
            raise
        logger.warning("%s Until then nothing can be shared.", error)
        return None
    store = FolderStore(path, limits.share_folder_bytes, limits.share_days, limits.share_links, limits.share_bytes)
    return PerVisitor(store, limits.visitor_shares, limits.address_shares)
