"""What a server finds on its machine: it starts, or says in one sentence what has to be set."""

import asyncio
import importlib
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from sanet.paths import ROOT
from sanet.web.serving.serve import without_stubs
from sanet.web.serving.server import bound_socket, local_address
from sanet.web.serving.surroundings import OWN_FOLDER, prepare, writable
from tests.support.served import free_port, served


def refused(folder: Path, **environment: str) -> str:
    """What `python app.py` says when it does not start."""
    env = os.environ | {"GRADIO_TEMP_DIR": str(folder), "GRADIO_SERVER_PORT": "0"} | environment
    ended = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 1
    return ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SANET_SHARE_DIR": "/proc/shares"}, "/proc/shares cannot be written"),
        ({"GRADIO_TEMP_DIR": "/proc/uploads"}, "set GRADIO_TEMP_DIR to one that can"),
        ({"GRADIO_SERVER_PORT": "many"}, "GRADIO_SERVER_PORT must be the number of a port, got 'many'"),
        ({"GRADIO_SERVER_NAME": "192.0.2.1"}, "'192.0.2.1' is no address of this machine"),
        ({"SANET_QUEUE_SIZE": "0"}, "SANET_QUEUE_SIZE must be a whole number above 0, got '0'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_keeps_it_from_starting_is_one_sentence(environment: dict[str, str], said: str, tmp_path: Path) -> None:
    (line,) = refused(tmp_path, **environment).splitlines()
    assert line.startswith("SANet Studio: ")
    assert said in line


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        (line,) = refused(tmp_path, GRADIO_SERVER_PORT=port).splitlines()
    assert f"Port {port} is taken" in line


@pytest.mark.slow
def test_it_starts_among_proxies_and_at_all_addresses(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    surroundings = {
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "ALL_PROXY": "socks://127.0.0.1:1",
        "no_proxy": "",
        "NO_PROXY": "",
        "GRADIO_SERVER_NAME": "::",
    }
    with served(tmp_path, **surroundings) as server:
        assert httpx.get(f"{server.url}/", trust_env=False, timeout=60).status_code == 200
        assert "Traceback" not in server.log
        assert "ALL_PROXY" in server.log


def test_proxies_are_not_asked_for_the_page_itself(tmp_path: Path) -> None:
    environment = {
        "http_proxy": "http://proxy.example:3128",
        "NO_PROXY": "example.com",
        "GRADIO_TEMP_DIR": str(tmp_path),
    }
    prepare(environment)
    assert environment["no_proxy"] == environment["NO_PROXY"] == "example.com,127.0.0.1,localhost,::1"
    assert environment["http_proxy"] == "http://proxy.example:3128"


def test_what_else_lies_in_a_folder_that_is_named_stays(tmp_path: Path) -> None:
    environment = {"GRADIO_TEMP_DIR": str(tmp_path)}
    for _ in range(2):  # a process that inherits the environment takes the same folder
        prepare(environment)
        assert environment["GRADIO_TEMP_DIR"] == str(tmp_path / OWN_FOLDER)


def test_a_folder_of_another_user_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"sanet-studio-{os.getuid()}").symlink_to(elsewhere)
    environment: dict[str, str] = {}
    prepare(environment)
    assert Path(environment["GRADIO_TEMP_DIR"]).parent == tmp_path
    assert not Path(environment["GRADIO_TEMP_DIR"]).is_symlink()


def test_uploads_lie_at_the_same_place_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    prepare(first)
    prepare(second)
    assert first["GRADIO_TEMP_DIR"] == second["GRADIO_TEMP_DIR"]
    assert Path(first["GRADIO_TEMP_DIR"]).stat().st_mode & 0o77 == 0


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"cannot be written \(.*\): set SOME_FOLDER to one that can"):
        writable(tmp_path / "file", "SOME_FOLDER")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "0.0.0.0", "::", "[::1]"])
def test_any_address_of_the_machine_can_be_bound(name: str) -> None:
    with bound_socket(name, 0) as bound:
        assert bound.getsockname()[1]


def test_answers_are_not_held_back() -> None:
    """Nagle's algorithm is off: the body would wait until the browser has confirmed the head, 40 ms."""

    async def without_delay() -> int:
        found = asyncio.get_running_loop().create_future()

        def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken = writer.get_extra_info("socket")
            found.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with bound_socket("127.0.0.1", 0) as bound:
            async with await asyncio.start_server(accepted, sock=bound):
                _, writer = await asyncio.open_connection(*bound.getsockname())
                switched_off = await found
                writer.close()
        return switched_off

    assert asyncio.run(without_delay())


def test_no_stubs_are_written_beside_widgets_while_the_page_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("first_widget", "second_widget"):
        (tmp_path / f"{name}.py").write_text("import gradio as gr\n\n\nclass Widget(gr.HTML):\n    pass\n")
    with without_stubs():
        importlib.import_module("first_widget")
    importlib.import_module("second_widget")
    assert [path.stem for path in tmp_path.glob("*.pyi")] == ["second_widget"]


def test_the_page_is_found_where_it_is() -> None:
    assert local_address("::", 80) == "http://[::1]:80/"
    assert local_address("0.0.0.0", 80) == "http://127.0.0.1:80/"
    assert local_address("studio.example", 80) == "http://studio.example:80/"
