"""Batches painted by actors of Ray: the same pictures, whatever ends in the middle."""

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sanet.cli.batch.ray_cluster import LOCAL, connect
from sanet.cli.batch.ray_pool import Actor, RayPool, paint_by_ray
from sanet.cli.batch.rows import pair
from sanet.cli.batch.workers import Place
from sanet.paths import ROOT
from tests.support.command_line import call
from tests.support.fatal_place import FATAL, FatalPlace

pytestmark = pytest.mark.slow
PHOTOS = 12


@pytest.fixture(scope="module")
def ray():
    """Of this machine, with two processors; its files lie in a folder of their own."""
    with TemporaryDirectory(prefix="ray", dir="/tmp") as files, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_TMPDIR", files)  # a short path, as sockets need
        with connect(LOCAL, 2) as ray:
            yield ray
        assert not processes(files)


@pytest.fixture
def folder(folder, noise):
    """With photographs, the third of which is `FATAL`."""
    (folder / "photos").mkdir()
    for i in range(PHOTOS):
        noise(FATAL if i == 2 else 48, 33, i).save(folder / f"photos/p{i:02}.png")
    return folder


def processes(said):
    """The ids of those whose command line says so."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if said in path.read_text(errors="replace"):
                found.append(int(path.parent.name))
        except OSError:  # it has ended
            continue
    return found


def paint(rows, place):
    return {outcome.row.name: outcome for outcome in paint_by_ray(RayPool(LOCAL), place, rows, 2, None)}


def rows_of(folder):
    return pair(sorted((folder / "photos").iterdir()), [folder / "style.png"], "all", {})


def batch(folder, *words, source="photos", out="out"):
    styles = [folder / "style.png"] if source == "photos" else []
    command = ["batch", folder / source, *styles, "-o", folder / out, "--checkpoint", folder / "net", *words]
    return [str(word) for word in command]


def test_a_process_that_ends_in_the_middle_loses_nothing(ray, folder, tmp_path):
    rows = rows_of(folder)
    marker = tmp_path / "ended"
    outcomes = paint(rows, FatalPlace(str(folder / "net"), "cpu", 1, ".png", marker))
    assert marker.exists()
    plain = list(Place(str(folder / "net"), "cpu", 1, ".png").painter().paint(rows))
    assert {outcome.row.name: outcome.data for outcome in plain} == {row: found.data for row, found in outcomes.items()}


def test_a_picture_that_ends_every_process_fails_and_the_others_are_painted(ray, folder):
    outcomes = paint(rows_of(folder), FatalPlace(str(folder / "net"), "cpu", 1, ".png"))
    assert len(outcomes) == PHOTOS
    failed = {name: outcome.problem for name, outcome in outcomes.items() if not outcome.data}
    ended = "The process that painted it ended, perhaps for want of memory."
    assert failed == {"p02-style": f"{folder / 'photos/p02.png'}: {ended}"}


def test_what_fails_is_reported_and_the_rest_is_as_without_ray(ray, folder, capsys):
    lines = [f"p{i:02},photos/p{i:02}.png,style.png" for i in range(PHOTOS)]
    (folder / "rows.csv").write_text("\n".join(["name,content,styles", *lines, "none,none.png,style.png"]))
    assert call(*batch(folder, "--ray", LOCAL, "--workers", 2, source="rows.csv")) == 1
    out, err = capsys.readouterr()
    assert out == f"{PHOTOS} of {PHOTOS + 1} pictures are in {folder / 'out'}\n"
    assert f"first: {folder / 'none.png'}: No such file" in err
    assert call(*batch(folder, "--workers", 1, source="rows.csv", out="plain")) == 1
    painted = {path.name: path.read_bytes() for path in (folder / "out").glob("*.*")}
    assert painted == {path.name: path.read_bytes() for path in (folder / "plain").glob("*.*")}


def test_an_actor_without_an_engine_says_so(folder):
    actor = Actor(Place(str(folder / "photos"), "cpu", 1, ".png"), None)
    (answer,) = actor({"rows": [pickle.dumps(rows_of(folder))]})["answers"]
    assert isinstance(error := pickle.loads(answer), ValueError)
    assert "photos" in str(error)


def test_a_local_cluster_is_of_this_machine_alone(ray):
    assert [node["NodeManagerAddress"] for node in ray.nodes()] == ["127.0.0.1"]


def test_killed_with_its_cluster_it_repeats_nothing_that_was_whole(folder, noise):
    for i in range(PHOTOS, 150):
        noise(48, 33, i).save(folder / f"photos/p{i:02}.png")
    command = batch(folder, "--workers", 2)
    with TemporaryDirectory(prefix="ray", dir="/tmp") as files:
        environment = os.environ | {"RAY_TMPDIR": files}
        killed = subprocess.Popen(
            [sys.executable, "-m", "sanet", *command, "--ray", LOCAL], cwd=ROOT, env=environment, stderr=subprocess.PIPE
        )
        while len(list((folder / "out").glob("p*.png"))) < 5:
            assert killed.poll() is None, killed.stderr.read().decode()
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        while processes(files):
            time.sleep(0.1)
    before = {path: path.stat().st_mtime_ns for path in (folder / "out").glob("p*.png")}
    assert 5 <= len(before) < 150
    assert call(*command) == 0
    assert len(list((folder / "out").glob("p*.png"))) == 150
    assert all(path.stat().st_mtime_ns == written for path, written in before.items())
