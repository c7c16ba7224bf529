"""Batches from and to Parquet, and at URLs."""

import subprocess
import sys

import fsspec
import pyarrow
import pytest
from pyarrow import parquet

from sanet.cli.batch.manifest import read_manifest
from sanet.cli.batch.recipes import hash_in
from sanet.cli.batch.storage import Url, to_file
from sanet.engine.controls import Controls
from sanet.image.decode import open_picture
from sanet.paths import ROOT
from tests.support.command_line import call, expected, one_line

DEFAULTS = {"alpha": 0.25, "max_side": 96}


@pytest.fixture
def memory(folder):
    """The folder's pictures in `memory://photos`; its style beside them."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    for name in ("content.png", "style2.png"):
        system.pipe_file(f"/photos/{name}", (folder / name).read_bytes())
    system.pipe_file("/style.png", (folder / "style.png").read_bytes())
    yield system
    system.store.clear()


def write(folder, columns):
    parquet.write_table(pyarrow.table(columns), folder / "rows.parquet")
    return folder / "rows.parquet"


def batch(folder, *words, out="out"):
    out = out if "://" in out else folder / out
    return call("batch", *words, "-o", out, "--checkpoint", folder / "net", "--workers", 1)


def test_a_manifest_in_parquet_says_the_same_as_one_in_csv(folder):
    (folder / "rows.csv").write_text(
        "name,content,styles,alpha,mix,reconstruct,max_side,dpi,masks\n"
        "a,content.png,style.png;style2.png,.5,1;3,yes,64,150,mask.png;mask.png\n"
        "b,content.png,style.png,,,no,,,\n"
    )
    rows = write(
        folder,
        {
            "name": ["a", "b"],
            "content": ["content.png"] * 2,
            "styles": [["style.png", "style2.png"], ["style.png"]],
            "alpha": [0.5, None],
            "mix": [[1.0, 3.0], []],
            "reconstruct": [True, False],
            "max_side": [64.0, float("nan")],  # as pandas has whole numbers with gaps
            "dpi": [150, None],
            "masks": ["mask.png;mask.png", None],
        },
    )
    found, refused = read_manifest(rows, DEFAULTS)
    assert refused == []
    assert [row.number for row in found] == [1, 2]
    assert [row.request for row in found] == [row.request for row in read_manifest(folder / "rows.csv", DEFAULTS)[0]]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"alpha": [2.0]}, "between 0 and 1, got 2"),
        ({"max_side": [64.5]}, "max_side: expected a whole number"),
        ({"reconstruct": ["perhaps"]}, "reconstruct: expected yes or no, got 'perhaps'"),
        ({"polish": [b"1"]}, "Cells are text, numbers, yes or no, and lists of them, got bytes."),
        ({"masks": [["a;b.png"]]}, "A value in a list must have no ;, got 'a;b.png'."),
        ({"styles": [[]]}, "The row names no styles."),
        ({"name": ["../up"]}, "A name must have no /"),
    ],
)
def test_a_row_of_parquet_that_cannot_be_is_refused(folder, column, said):
    good = {"content": ["content.png"], "styles": [["style.png"]]}
    found, (refused,) = read_manifest(write(folder, good | column), {})
    assert found == []
    assert (refused.number, said in refused.problem) == (1, True)


def test_a_file_that_is_not_parquet_is_one_line(folder, capsys):
    (folder / "rows.parquet").write_text("content,styles\n")
    assert batch(folder, folder / "rows.parquet") == 2
    assert "rows.parquet is not Parquet: " in one_line(capsys)
    write(folder, {"content": ["content.png"], "style": ["style.png"]})
    assert batch(folder, folder / "rows.parquet") == 2
    assert "has a column 'style'; there are name, content, styles, alpha" in one_line(capsys)


def test_shards_in_parquet_hold_pictures_and_recipes_and_are_not_painted_again(folder, capsys):
    rows = write(folder, {"name": list("abc"), "content": ["content.png"] * 3, "styles": ["style.png"] * 3})
    words = (rows, "--shards", 2, "--shard-format", "parquet")
    assert batch(folder, *words) == 0
    shards = [folder / "out/00000.parquet", folder / "out/00001.parquet"]
    assert sorted((folder / "out").glob("0*")) == shards
    samples = [sample for shard in shards for sample in parquet.read_table(shard).to_pylist()]
    assert [sample["name"] for sample in samples] == list("abc")
    assert {open_picture(sample["picture"]).tobytes() for sample in samples} == {expected(folder)}
    assert all(len(hash_in(sample["recipe"])) == 64 for sample in samples)
    before = [shard.stat().st_mtime_ns for shard in shards]
    assert batch(folder, *words) == 0
    assert [shard.stat().st_mtime_ns for shard in shards] == before
    assert batch(folder, *words, "--alpha", 0.5) == 2
    assert "The parquet files in" in capsys.readouterr().err


def test_photographs_and_results_lie_where_a_url_says(folder, memory, capsys):
    words = ("memory://photos", "memory://style.png", "--alpha", 0.5)
    assert batch(folder, *words, out="memory://out") == 0
    assert sorted(memory.ls("/out", detail=False)) == ["/out/content.png", "/out/style2.png"]
    result, written = memory.cat_file("/out/content.png"), memory.modified("/out/content.png")
    assert open_picture(result).tobytes() == expected(folder, Controls(alpha=0.5))
    assert batch(folder, *words, out="memory://out") == 0
    assert memory.modified("/out/content.png") == written


def test_what_fails_at_a_url_is_reported_there(folder, memory, capsys):
    memory.pipe_file("/rows.csv", b"content,styles\nphotos/content.png,style.png\nphotos/none.png,style.png\n")
    assert batch(folder, "memory://rows.csv", out="memory://out") == 1
    assert b"memory://photos/none.png: No such file or folder." in memory.cat_file("/out/failed.csv")
    assert "1 of 2 pictures are in memory://out" in capsys.readouterr().out
    memory.pipe_file("/photos/none.png", memory.cat_file("/style.png"))
    assert batch(folder, "memory://rows.csv", out="memory://out") == 0
    assert not memory.exists("/out/failed.csv")


@pytest.mark.parametrize(
    ("words", "out", "said"),
    [
        ((), "nowhere://out", "Nothing reads nowhere:// here"),
        ((), "memory://photos", "is an input; choose another name"),
        (("--shards",), "memory://out", "--shards grow in a folder of this machine"),
        (("--ray", "local"), "memory://out", "is seen by no other; choose another OUT with --ray"),
        (("--gpus", "0.5"), "out", "--gpus is said of the workers of --ray"),
        (("--ray", "local", "--gpus", "1.5"), "out", "expected a share of a GPU such as 0.25"),
        (("--ray", "local", "--device", "cuda"), "out", "--device cuda needs --gpus"),
        (("--ray", "nowhere"), "out", "is 'local', 'auto' or HOST:PORT, got 'nowhere'"),
        (("--ray", "127.0.0.1:1"), "out", "There is no Ray cluster at 127.0.0.1:1: "),
        (("--ray", "local", "--dry-run"), "out", "leave --ray out"),
    ],
)
def test_what_does_not_go_together_is_one_line(folder, memory, capsys, words, out, said):
    assert batch(folder, "memory://photos", "memory://style.png", *words, out=out) == 2
    assert said in one_line(capsys)


def test_a_file_by_its_url():
    assert to_file("file:///a/b.png").as_posix() == "/a/b.png"
    url = to_file("c.png", Url("s3://bucket/folder/"))
    assert (str(url), url.name, url.stem, url.suffix) == ("s3://bucket/folder/c.png", "c.png", "c", ".png")
    assert url.parent == Url("s3://bucket/folder")
    assert str(Url("memory://rows.csv").parent / "a.png") == "memory://a.png"


@pytest.mark.parametrize(
    ("missing", "words", "said"),
    [
        ("ray", ["photos", "style.png", "--ray", "local"], "--ray needs the package ray: "),
        ("pyarrow", ["rows.parquet"], "A manifest in Parquet needs the package pyarrow: "),
        ("fsspec", ["memory://photos", "style.png"], "memory:// needs the package fsspec: "),
    ],
)
def test_without_the_extra_it_says_what_to_install(folder, missing, words, said):
    write(folder, {"content": ["content.png"], "styles": ["style.png"]})
    (folder / "photos").mkdir()
    (folder / "content.png").rename(folder / "photos/content.png")
    program = f"import sys; sys.modules[{missing!r}] = None; from sanet.cli.main import main; sys.exit(main())"
    words = [str(folder / word) if (folder / word).exists() else word for word in words]
    command = [sys.executable, "-c", program, "batch", *words, "-o", folder / "out", "--checkpoint", folder / "net"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"sanet: {said}pip install 'sanet-studio[scale]'."
