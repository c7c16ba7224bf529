"""Serving the page as the environment says: what `python app.py` and `sanet serve` do."""

import inspect
import logging
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sanet.errors import RefusedError
from sanet.web.replicas.settings import Replicas, replicas_from
from sanet.web.serving.limits import Limits, limits_from
from sanet.web.serving.logs import keep_log_brief
from sanet.web.serving.surroundings import address_of, port_of, prepare, writable

if TYPE_CHECKING:
    from sanet.checkpoints.catalog import Entry
    from sanet.votes.store import VoteStore
    from sanet.web.serving.hot_swap import HotSwapEngine
    from sanet.web.sharing.store import ShareStore
    from sanet.web.tabs.vote import Booth

logger = logging.getLogger(__name__)


def serve() -> None:
    """Serve until Ctrl-C. Raises ValueError for settings that cannot hold and a catalog that cannot be read."""
    limits, replicas = limits_from(os.environ), replicas_from(os.environ)
    prepare(os.environ)
    _serve(limits, replicas)


def _serve(limits: Limits, replicas: Replicas | None) -> None:
    # Not before the environment is as it should be, which these read.
    import httpx

    with without_stubs():
        from gradio import http_server

        from sanet.checkpoints.catalog import entry_for, read_catalog
        from sanet.web.page import build_app, launch_options
        from sanet.web.serving.metrics import MeteredEngine, metrics_from
        from sanet.web.serving.readiness import ready_route
        from sanet.web.serving.server import bound_socket, server_within
        from sanet.web.serving.zero_gpu import on_zero_gpu

    bound_socket(address_of(os.environ), port_of(os.environ)).close()  # says at once that it is taken
    entries = read_catalog()
    store = share_store(os.environ, limits)
    booth = voting_booth(os.environ, limits)
    wanted = entry_for(os.environ.get("SANET_CHECKPOINT") or "embedded", entries)
    swap = _engine(wanted, entries, limits, replicas)
    metrics = metrics_from(os.environ)
    engine = MeteredEngine(on_zero_gpu(swap), metrics) if metrics else on_zero_gpu(swap)
    page = build_app(engine, store, swap, limits, booth, replicas.replicas_max if replicas else 1)
    routes = [ready_route(engine), *([metrics.route(lambda: len(page._queue))] if metrics else [])]
    http_server.start_server = server_within(limits)
    keep_log_brief()
    page.launch(**launch_options(store, limits, routes), prevent_thread_lock=True, quiet=True)
    httpx.get(page.local_url, timeout=None, trust_env=False)  # or the first visitor would wait until it is written
    print(f"SANet Studio is at {page.local_url}", flush=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if replicas:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # or Ray's processes would not be told
    page.block_thread()


def _engine(
    wanted: "Entry", entries: "tuple[Entry, ...]", limits: Limits, replicas: Replicas | None
) -> "HotSwapEngine":
    """What paints, and can be exchanged: here, or in replicas."""
    from sanet.web.serving.hot_swap import HotSwapEngine

    if replicas is None:
        return HotSwapEngine(wanted, entries)
    from sanet.web.replicas.cluster import Cluster
    from sanet.web.replicas.engine import RayEngine, engine_for

    cluster = Cluster(replicas, "embedded", limits.picture_seconds)
    return HotSwapEngine(
        wanted, entries, load=partial(engine_for, cluster), stand_in=lambda: RayEngine(cluster, "embedded")
    )


@contextmanager
def without_stubs() -> Iterator[None]:
    """Within it, Gradio 6.31 writes no stubs (.pyi) of its widgets' classes, which take a third of its import.

    It leaves out a class whose file cannot be found.
    """
    found = inspect.getfile

    def found_unless_widget(thing: Any) -> str:
        if type(thing).__module__ == "gradio.component_meta":
            raise OSError
        return found(thing)

    inspect.getfile = found_unless_widget  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = found


def share_store(environment: Mapping[str, str], limits: Limits) -> "ShareStore | None":
    """The folder `SANET_SHARE_DIR`. A Space has no folder that lasts unless one is mounted and named.

    Raises `RefusedError` if the folder that is named cannot be written; without a name there are no shares then.
    """
    from sanet.web.sharing.folder_store import FolderStore
    from sanet.web.sharing.per_visitor import PerVisitor

    named, folder = environment.get("SANET_SHARE_DIR"), _share_folder(environment)
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


def _share_folder(environment: Mapping[str, str]) -> str:
    return environment.get("SANET_SHARE_DIR", "" if "SPACE_ID" in environment else "shares")


def voting_booth(environment: Mapping[str, str], limits: Limits) -> "Booth | None":
    """What visitors vote on, and where votes go; None where no pictures for it ship.

    Raises `RefusedError` if the file that `SANET_VOTES` names cannot be used.
    """
    from sanet.paths import EXAMPLES
    from sanet.votes.pictures import read_exhibition
    from sanet.web.tabs.vote import Booth

    shown = read_exhibition(EXAMPLES / "votes")
    return Booth(shown, _vote_store(environment, limits)) if shown else None


def _vote_store(environment: Mapping[str, str], limits: Limits) -> "VoteStore":
    from sanet.votes.store import VoteStore

    bounds = limits.browser_votes, limits.minute_votes, limits.votes_bytes
    path = votes_file(environment)
    if path is None:
        return VoteStore(None, *bounds)
    try:
        return VoteStore(writable(path.parent, "SANET_VOTES") / path.name, *bounds)
    except RefusedError as error:
        if environment.get("SANET_VOTES"):
            raise
        logger.warning("%s Until then votes are forgotten when the server ends.", error)
        return VoteStore(None, *bounds)


def votes_file(environment: Mapping[str, str]) -> Path | None:
    """The file `SANET_VOTES`, by default in the folder of the shares; None where there is neither."""
    named, folder = environment.get("SANET_VOTES"), _share_folder(environment)
    if named is not None:
        return Path(named) if named else None
    return Path(folder) / "votes.sqlite" if folder else None
