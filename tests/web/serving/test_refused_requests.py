"""What the server refuses before the page sees it is said in the visitor's language, wherever a person may read it."""

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn
from unittest.mock import patch

import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from sanet.engine.cost import Estimate
from sanet.progress import unreported
from sanet.web.serving import bodies, clearing, uploads
from sanet.web.serving.bodies import BoundedBodies, Pieces
from sanet.web.serving.calls import check_call
from sanet.web.serving.clearing import UploadFolder
from sanet.web.serving.limits import Limits
from sanet.web.serving.refusals import RequestRefusedError, answer_refusal
from sanet.web.serving.runs import Run
from sanet.web.serving.turns import Turns
from sanet.web.serving.uploads import upload_route
from sanet.web.serving.visitors import Visitors
from sanet.web.sharing.folder_store import FolderStore
from sanet.web.sharing.per_visitor import PerVisitor
from tests.support.locales import asking_for, check_said

HEADERS = Headers({"content-length": "99"})


def upload(folder: Path, count: int, limits: Limits = Limits()) -> None:
    app = Starlette(routes=[upload_route(limits, UploadFolder(folder, 1_000_000))])
    with TestClient(app) as client:
        client.post("/gradio_api/upload", files=[("files", ("a.png", b"a picture"))] * count or [("other", b"a")])


def upload_of_too_much(folder: Path) -> None:
    with patch.object(uploads, "largest_file", lambda limits: 4):
        upload(folder, 1)


def upload_without_room(folder: Path) -> None:
    with patch.object(clearing, "FREE", 1 << 62):
        UploadFolder(folder, 1).check_room()


def paint_for_ever() -> None:
    with Run(Turns(), -1.0).turn(unreported, None) as watched:
        watched(0.0, "Painting")


def ask_while_others_wait() -> None:
    line: Any = type("Line", (list,), {"event_ids_to_events": {}})()
    page: Any = SimpleNamespace(_queue=line)
    Visitors(Limits(visitor_requests=0)).check_room(page, "a", "127.0.0.1")


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"{}", "more_body": False}


async def never() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError


def ask_while_all_ask() -> None:
    with patch.object(bodies, "AT_ONCE", 0):
        asyncio.run(BoundedBodies(Starlette(), Limits())._read({}, Pieces(receive, 99, 60, HEADERS), receive))


def share_on_a_full_disk(folder: Path) -> None:
    with patch.object(FolderStore, "_write", side_effect=OSError(errno.ENOSPC, "full")):
        FolderStore(folder).put({}, {"result": b"a picture"})


def share_too_often(folder: Path) -> None:
    with patch("sanet.web.sharing.per_visitor._askers", return_value=[("visitor", "a")]):
        PerVisitor(FolderStore(folder), 0, 1).put({}, {})


LARGE = Estimate((9000, 9000), seconds=1e6, memory=1, free=None)
# What each text is the answer to; called with an empty folder.
OF_THE_SERVER: dict[str, Callable[[Path], Any]] = {
    "error_room": upload_without_room,
    "error_upload": lambda folder: upload(folder, 0),
    "error_upload_size": upload_of_too_much,
    "error_upload_count": lambda folder: upload(folder, 2, Limits(upload_files=1)),
    "error_long": lambda folder: Run(Turns(), 1).refuse_too_long(LARGE),
    "error_given_up": lambda folder: paint_for_ever(),
    "error_waiting": lambda folder: ask_while_others_wait(),
    "error_busy": lambda folder: ask_while_all_ask(),
    "error_request_size": lambda folder: Pieces(receive, 9, 60, HEADERS),
    "error_request_slow": lambda folder: asyncio.run(Pieces(never, 9, 0, Headers()).next()),
    "error_stale": lambda folder: check_call(
        gr.Blocks(), "/gradio_api/queue/join", {"session_hash": "a", "fn_index": 1}
    ),
    "error_shares_full": share_on_a_full_disk,
    "error_shares_many": share_too_often,
}


@pytest.mark.parametrize("locale", ["en", "zh-CN", "ko"])
@pytest.mark.parametrize("key", OF_THE_SERVER)
def test_what_the_server_refuses(key: str, locale: str, tmp_path: Path) -> None:
    def refuse() -> None:
        try:
            OF_THE_SERVER[key](tmp_path)
        except RequestRefusedError as refused:
            raise refused.reason from refused

    check_said(key, locale, refuse)


@pytest.mark.parametrize("sent", [{"files": {"files": b"a"}}, {"json": {}}], ids=["upload", "call"])
def test_a_refusal_is_where_the_page_looks_for_it(sent: dict[str, Any]) -> None:
    """The page shows the whole answer of an upload, and "detail" or "error" of others."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await answer_refusal(RequestRefusedError(413, ValueError("Too much.")), scope, receive, send)

    with asking_for("en"):
        answer = TestClient(app).post("/", **sent)
    assert answer.status_code == 413
    if "files" in sent:
        assert answer.text == "Too much."
    else:
        assert answer.json() == {"detail": "Too much.", "error": "Too much."}
