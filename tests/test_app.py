"""What Ctrl-C does to app.py while it starts, and once it serves."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import app
from sanet.paths import ROOT


@pytest.mark.parametrize("imported", ["torch.version", "sanet.web.page"])
@pytest.mark.slow
def test_an_interrupted_start_leaves_no_traceback(imported: str) -> None:
    command = [sys.executable, "-X", "importtime", "app.py"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any(line.split()[-1] == imported for line in process.stderr)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == -signal.SIGINT  # 130 in a shell
    assert "Traceback" not in said


def test_gradio_takes_the_interrupt_once_the_page_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handlers: list[Any] = []

    class Page:
        local_url = "http://127.0.0.1/"

        def launch(self, **options: Any) -> None:
            handlers.append(signal.getsignal(signal.SIGINT))

        def block_thread(self) -> None:
            handlers.append(signal.getsignal(signal.SIGINT))

    monkeypatch.setattr("sanet.web.page.build_app", lambda *parts: Page())
    monkeypatch.setattr("gradio.http_server.start_server", None)
    monkeypatch.setattr("httpx.get", lambda *address, **options: None)  # the first look at the page
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(os, "environ", os.environ | {"GRADIO_SERVER_PORT": "0", "GRADIO_TEMP_DIR": str(tmp_path)})
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        app.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert handlers == [signal.SIG_DFL, signal.default_int_handler]
