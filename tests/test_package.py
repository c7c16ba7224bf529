"""The package as others get it: cheap to import, and whole in a wheel that is far from the checkout."""

import subprocess
import sys
import sysconfig
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from PIL import Image

import sanet
from sanet.engine import controls, stylizer
from sanet.paths import EXAMPLES, ROOT
from tests.support.browser import app_process


def test_importing_the_package_imports_no_torch() -> None:
    code = "import sys, sanet, sanet.paths, sanet.errors; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_names_of_the_package_are_there_when_asked_for() -> None:
    assert sanet.Controls is controls.Controls
    assert (sanet.Stylizer, sanet.Prepared) == (stylizer.Stylizer, stylizer.Prepared)
    assert set(sanet.__all__) <= set(dir(sanet))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        sanet.Nothing  # noqa: B018


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment into which the wheel was installed; what it needs comes from the tests' own."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build = ["wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, *build], check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("sanet_studio-*.whl")
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    programs = environment / "bin"
    subprocess.run([*pip, "--python", str(programs / "python"), "install", "--quiet", "--no-deps", wheel], check=True)
    packages = next(environment.glob("lib/python*/site-packages"))
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib"))  # after the install, which would look there
    return programs


@pytest.mark.slow
def test_the_command_line_of_a_wheel_paints_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where = "from sanet.paths import EXAMPLES; print(EXAMPLES)"
    ask = [installed / "python", "-c", where]
    examples = Path(subprocess.run(ask, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip())
    assert examples.is_relative_to(installed.parent)
    pictures = [examples / "content/koala.jpg", examples / "style/ducks.jpg"]
    command = [installed / "sanet", "stylize", *pictures, "-o", "out.png", "--max-side", "64", "--device", "cpu"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert max(Image.open(tmp_path / "out.png").size) == 64
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


@pytest.mark.slow
def test_the_page_of_a_wheel_is_served_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    command = [installed / "sanet", "serve", "--shares", ""]
    with app_process(tmp_path / "gradio", command=command, cwd=empty) as (url, _):
        assert b"SANet Studio" in urllib.request.urlopen(url).read()
        pictures = [handle_file(EXAMPLES / name) for name in ("content/koala.jpg", "style/ducks.jpg")]
        file, *_ = Client(url, verbose=False).predict(*pictures, 1.0, 256, False, api_name="/stylize")
        assert max(Image.open(file).size) == 256
    assert list(empty.iterdir()) == []
