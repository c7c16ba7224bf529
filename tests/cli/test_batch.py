"""Many pictures from the command line: rows, results, going on, and what fails."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image

from sanet.cli.batch.manifest import read_manifest
from sanet.cli.batch.recipes import hash_in
from sanet.cli.batch.rows import pair
from sanet.cli.batch.workers import Place, paint_in_workers
from sanet.engine.controls import Controls
from sanet.engine.request import UPLOADED, Regions, Request
from sanet.engine.stylizer import Stylizer
from sanet.image.decode import open_picture
from sanet.image.save import read_note
from sanet.paths import EXAMPLES, ROOT
from sanet.web.sharing.recipe import from_note
from tests.support.command_line import call, expected, one_line, result
from tests.support.fatal_place import FATAL, FatalPlace


@pytest.fixture
def folder(folder, noise):
    """With three photographs and two styles in folders."""
    for kind, count in (("photos", 3), ("styles", 2)):
        (folder / kind).mkdir()
        for i in range(count):
            noise(48, 33, i).save(folder / kind / f"{kind[0]}{i}.png")
    return folder


def batch(folder, *words, source="photos", styles=("styles",), out="out"):
    """The exit code, with one worker unless told otherwise."""
    paths = [folder / name for name in (source, *styles)]
    return call("batch", *paths, "-o", folder / out, "--checkpoint", folder / "net", "--workers", 1, *words)


def manifest(folder, *lines, name="rows.csv"):
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


def names(folder, out="out"):
    return sorted(path.name for path in (folder / out).iterdir() if not path.name.startswith("."))


@pytest.fixture
def painted(monkeypatch):
    """The contents that are painted, as they are."""
    seen, paint = [], Stylizer.paint

    def noted(engine, request, *progress):
        seen.append(request.content.tobytes())
        return paint(engine, request, *progress)

    monkeypatch.setattr(Stylizer, "paint", noted)
    return seen


def test_every_photograph_in_every_style_is_what_each_by_itself_would_be(folder, capsys):
    assert batch(folder, "--pairs", "all", "--alpha", 0.5) == 0
    assert capsys.readouterr().out == f"6 of 6 pictures are in {folder / 'out'}\n"
    assert names(folder) == [f"p{i}-s{j}.png" for i in range(3) for j in range(2)]
    for i in range(3):
        for j in range(2):
            paths = {"content": f"photos/p{i}.png", "styles": (f"styles/s{j}.png",)}
            assert result(folder, f"out/p{i}-s{j}.png") == expected(folder, Controls(alpha=0.5), **paths)


def test_a_style_is_encoded_once(folder, monkeypatch):
    encoded, encode = [], Stylizer._encode
    monkeypatch.setattr(Stylizer, "_encode", lambda *words: encoded.append(words[1].tobytes()) or encode(*words))
    assert batch(folder, "--pairs", "all") == 0
    for j in range(2):
        assert encoded.count(open_picture(folder / f"styles/s{j}.png").tobytes()) == 1


def test_the_first_in_the_first(folder, capsys):
    assert batch(folder, "--pairs", "zip") == 2
    assert "got 3 photographs and 2 styles" in one_line(capsys)
    (folder / "photos/p2.png").unlink()
    assert batch(folder, "--pairs", "zip") == 0
    assert names(folder) == ["p0-s0.png", "p1-s1.png"]


def test_a_folder_in_a_mix_of_styles(folder):
    styles = ("styles/s0.png", "styles/s1.png")
    assert batch(folder, "--mix", "1,3", "--format", "webp", styles=styles) == 0
    assert names(folder) == ["p0.webp", "p1.webp", "p2.webp"]
    choice = from_note(read_note(folder / "out/p0.webp"))
    assert (choice.tab, choice.request.controls.mix[0]) == ("mix", pytest.approx(1 / 3))


def test_a_manifest_says_any_field_of_a_request(folder, noise):
    noise(48, 33, 9).save(folder / "mask.png")
    head = "name,content,styles,alpha,mix,colors,reconstruct,max_side,enlarge,polish,stroke_size,match_regions,dpi,"
    head += "regions,masks,softness,strengths,style_regions,style_masks"
    rows = [
        "all,content.png,style.png; style2.png,.5,1;3,photo,yes,64,yes,0,2,.5,150,,mask.png;mask.png,.1,1;.5,Centre,",
        "none,content.png,style.png" + "," * 16,
        "parts,content.png,style.png,,,,no,,,3,,,,Left / right,,,,,mask.png",
    ]
    found, refused = read_manifest(manifest(folder, head, *rows), {"alpha": 0.25, "max_side": 96})
    assert refused == []
    assert [(row.number, row.name) for row in found] == [(2, "all"), (3, "none"), (4, "parts")]
    content, style, style2, mask = (folder / f"{name}.png" for name in ("content", "style", "style2", "mask"))
    assert found[0].request == Request(
        content,
        (style, style2),
        Controls(alpha=0.5, mix=(1, 3), colors="photo", reconstruct=True),
        64,
        Regions(UPLOADED, (mask, mask), 0.1, (1, 0.5)),
        0,
        2,
        True,
        150,
        0.5,
        Regions("Centre"),
    )
    assert found[1].request == Request(content, (style,), Controls(alpha=0.25), 96)
    regions = Regions("Left / right", strengths=(1.0,))
    parts = Regions(UPLOADED, (mask,))
    assert found[2].request == Request(content, (style,), Controls(alpha=0.25), 96, regions, 3, style_regions=parts)


def test_masks_of_a_manifest_are_painted(folder, noise):
    for i in range(2):
        noise(48, 33, i).convert("L").save(folder / f"mask{i}.png")
    manifest(folder, "content;styles;masks;softness", 'content.png;"style.png;style2.png";"mask0.png;mask1.png";0')
    assert batch(folder, source="rows.csv", styles=()) == 0
    masks = tuple(Image.open(folder / f"mask{i}.png") for i in range(2))
    assert result(folder, "out/content-style-style2.png") == expected(
        folder, Controls(masks=masks), styles=("style.png", "style2.png")
    )


def test_rows_that_fail_are_reported_and_the_others_go_on(folder, capsys):
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    lines = ["name,content,styles,alpha", "good,content.png,style.png,", "far,nowhere.png,style.png,"]
    lines += ["bad,broken.png,style.png,", "odd,content.png,style.png,2", "no,content.png,,", "../up,content.png,a,"]
    lines += ["long,content.png,style.png,,5"]
    manifest(folder, *lines)
    for _ in range(2):  # what failed is tried again
        assert batch(folder, source="rows.csv", styles=()) == 1
        out, err = capsys.readouterr()
        assert out == f"1 of 7 pictures are in {folder / 'out'}\n"
        assert f"6 failed; why is in {folder / 'out/failed.csv'}, first: {folder / 'nowhere.png'}: No such" in err
        with (folder / "out/failed.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [(row["number"], row["name"]) for row in rows] == [
            *(("3", "far"), ("4", "bad"), ("5", "odd"), ("6", "no"), ("7", "../up"), ("8", "long"))
        ]
        said = ["No such file", "broken.png: The file is not a picture", "between 0 and 1, got 2.0", "names no styles"]
        for row, words in zip(rows, [*said, "A name must have no /", "more cells"], strict=True):
            assert words in row["problem"]
    noise = Image.open(folder / "style2.png")
    for name in ("nowhere.png", "broken.png"):
        noise.save(folder / name)
    manifest(folder, *lines[:4])
    assert batch(folder, source="rows.csv", styles=()) == 0
    assert names(folder) == ["bad.png", "far.png", "good.png"]


def test_names_of_any_bytes_are_painted_and_reported(folder, capsysbinary):
    photos = os.fsencode(folder / "photos")
    shutil.copy(folder / "content.png", photos + b"/\xff.png")
    with open(photos + b"/\xfe.png", "wb") as broken:
        broken.write(b"no picture")
    for words in ((), ("--shards",)):
        out = "shards" if words else "out"
        assert batch(folder, "--pairs", "all", *words, out=out) == 1
        assert capsysbinary.readouterr().out == f"8 of 10 pictures are in {folder / out}\n".encode()
        report = (folder / out / "failed.csv").read_bytes()
        assert report.count(b"/photos/\xfe.png: The file is not a picture") == 2
    assert os.path.exists(os.fsencode(folder / "out") + b"/\xff-s0.png")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["content,style"], "has a column 'style'; there are name, content, styles, alpha"),
        (["content,alpha"], "has no column 'styles'"),
        (["content,styles"], "has no rows"),
        (["content,styles", '"a,b'], "is not CSV"),
        (["name,content,styles", "a,b,c", "A,d,e"], "2 rows are called 'a'"),
    ],
)
def test_a_manifest_that_cannot_be_is_one_line(folder, capsys, lines, said):
    manifest(folder, *lines)
    assert batch(folder, source="rows.csv", styles=()) == 2
    assert said in one_line(capsys)
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "nowhere.csv", "styles": ()}, "No such file"),
        ({"source": "content.png", "styles": ()}, "A manifest is a .csv or .parquet file"),
        ({"styles": ()}, "name styles, or --pairs"),
        ({"words": ("--pairs", "all"), "styles": ("styles", "styles")}, "one folder of styles, got 2"),
        ({"words": ("--alpha", "2", "--pairs", "all")}, "between 0 and 1, got 2"),
        ({"words": ("--workers", "0")}, "expected a whole number of 1 or more"),
        ({"words": ("--pairs", "all"), "out": "content.png"}, "OUT must be a folder"),
        ({"words": (), "styles": ("style.png",), "out": "photos"}, "is the input"),
        ({"source": "rows.csv"}, "A manifest says which styles"),
    ],
)
def test_what_cannot_be_painted_is_one_line(folder, capsys, change, said):
    manifest(folder, "content,styles", "content.png,style.png")
    assert batch(folder, *change.pop("words", ()), **change) == 2
    assert said in one_line(capsys)


def test_results_carry_what_they_were_made_of(folder):
    lines = ["name,content,styles,stroke_size", f"a,{EXAMPLES / 'content/koala.jpg'},style.png,2"]
    manifest(folder, *lines)
    assert batch(folder, "--max-side", 64, source="rows.csv", styles=()) == 0
    note = read_note(folder / "out/a.png")
    data = json.loads(note.partition("recipe ")[2])
    assert data["files"] == {"content": "koala.jpg", "styles": ["style.png"]}
    assert (data["content"], data["styles"]) == ("example:content/koala", [None])
    assert data["settings"]["stroke_size"] == 2
    assert len(hash_in(note)) == 64


def test_what_is_whole_is_painted_again_only_for_another_request(folder, painted, noise):
    assert batch(folder, "--pairs", "all") == 0
    assert batch(folder, "--pairs", "all") == 0
    assert len(painted) == 6
    noise(48, 33, 7).save(folder / "photos/p1.png")
    (folder / "out/p0-s0.png").write_bytes((folder / "out/p0-s0.png").read_bytes()[:100])
    assert batch(folder, "--pairs", "all") == 0
    assert sorted(painted[6:]) == sorted(open_picture(folder / f"photos/p{i}.png").tobytes() for i in (0, 1, 1))
    assert batch(folder, "--pairs", "all", "--alpha", 0.5) == 0
    assert len(painted) == 6 + 3 + 6


def test_tar_files_hold_pictures_and_their_recipes(folder, painted):
    (folder / "photos/p0.png").rename(folder / "photos/p.0.png")
    assert batch(folder, "--pairs", "all", "--shards", 4) == 0
    assert names(folder) == ["00000.tar", "00001.tar"]
    found = {}
    for name, count in (("00000.tar", 8), ("00001.tar", 4)):
        with tarfile.open(folder / "out" / name) as tar:
            assert len(tar.getnames()) == count
            found |= {member.name: tar.extractfile(member).read() for member in tar}
    assert json.loads(found["p_0-s1.json"])["files"] == {"content": "p.0.png", "styles": ["s1.png"]}
    assert batch(folder, "--pairs", "all", "--shards", 4) == 0
    assert len(painted) == 6
    picture = open_picture(found["p1-s0.png"])
    assert picture.tobytes() == expected(folder, content="photos/p1.png", styles=("styles/s0.png",))


def test_tar_files_keep_what_they_hold(folder, capsys, noise):
    assert batch(folder, "--pairs", "all", "--shards") == 0
    before = (folder / "out/00000.tar").read_bytes()
    capsys.readouterr()
    assert batch(folder, "--pairs", "all", "--shards", "--alpha", 0.5) == 2
    assert "hold p0-s0 of another request; choose another folder" in capsys.readouterr().err
    noise(48, 33, 7).save(folder / "photos/p3.png")
    assert batch(folder, "--pairs", "all", "--shards") == 0
    assert (folder / "out/00000.tar").read_bytes() == before
    with tarfile.open(folder / "out/00001.tar") as tar:
        assert [name for name in tar.getnames() if name.endswith(".png")] == ["p3-s0.png", "p3-s1.png"]


def test_a_tar_file_that_was_cut_off_anywhere_goes_on(folder, painted):
    assert batch(folder, "--pairs", "all", "--shards") == 0
    whole = (folder / "out/00000.tar").read_bytes()
    with tarfile.open(folder / "out/00000.tar") as tar:
        members = tar.getmembers()
    ends = [member.offset_data + -(-member.size // 512) * 512 for member in members if member.name.endswith(".json")]
    growing = folder / "out/00000.tar.part"
    for cut in (0, 100, ends[0] - 1, ends[0], members[2].offset + 100, members[2].offset_data + 700, ends[1] + 512):
        (folder / "out/00000.tar").unlink()
        growing.write_bytes(whole[:cut])
        painted.clear()
        assert batch(folder, "--pairs", "all", "--shards") == 0
        assert len(painted) == 6 - sum(end <= cut for end in ends)
        assert (folder / "out/00000.tar").read_bytes() == whole


@pytest.mark.parametrize("words", [("--workers", "2"), ("--workers", "1", "--shards", "1000")])
def test_killed_in_the_middle_the_same_command_repeats_nothing_that_was_whole(folder, painted, noise, words):
    for i in range(3, 60):
        noise(48, 33, i).save(folder / "photos" / f"p{i}.png")
    out = folder / "out"
    command = ["batch", folder / "photos", folder / "style.png", "-o", out, "--checkpoint", folder / "net"]
    command = [*map(str, command), *words]

    def whole():
        growing = out / "00000.tar.part"
        return growing.stat().st_size // 4000 if growing.exists() else len(list(out.glob("p*.png")))

    process = subprocess.Popen([sys.executable, "-m", "sanet", *command], cwd=ROOT, stderr=subprocess.PIPE)
    while whole() < 10:
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (out / ".123.part.png").write_bytes(b"half")
    before = {path: path.stat().st_mtime_ns for path in out.glob("p*.png")}
    command += ["--workers", "1"]
    assert call(*command) == 0
    assert 0 < len(painted) < 60
    assert all(path.stat().st_mtime_ns == time_ns for path, time_ns in before.items())
    if "--shards" in words:
        with tarfile.open(out / "00000.tar") as tar:
            assert len(set(tar.getnames())) == len(tar.getnames()) == 120
    else:
        assert len(painted) == 60 - len(before)
        assert sorted(path.name for path in out.iterdir() if path.suffix != ".png") == [".lock"]
    rest = len(painted)
    assert call(*command) == 0
    assert len(painted) == rest


def test_a_picture_that_ends_its_process_fails_and_the_others_are_painted(folder, noise):
    """It ends the process that has all of them, and then one that has it alone."""
    noise(FATAL, 33, 3).save(folder / "photos/p1.png")
    place = FatalPlace(str(folder / "net"), "cpu", 1, ".png")
    rows = pair(sorted((folder / "photos").iterdir()), [folder / "style.png"], "all", {"alpha": 0.5})
    outcomes = {outcome.row.name: outcome for outcome in paint_in_workers(place, rows, 1)}
    assert set(outcomes) == {row.name for row in rows}
    failed = {name: outcome.problem for name, outcome in outcomes.items() if outcome.problem}
    ended = "The process that painted it ended (signal 9), perhaps for want of memory."
    assert failed == {"p1-style": f"{folder / 'photos/p1.png'}: {ended}"}
    for name in ("p0", "p2"):
        picture = open_picture(outcomes[f"{name}-style"].data)
        alone = expected(folder, Controls(alpha=0.5), content=f"photos/{name}.png")
        assert picture.tobytes() == alone


def test_workers_without_an_engine_say_so(folder):
    with pytest.raises(ValueError, match="photos"):
        next(paint_in_workers(Place(str(folder / "photos"), "cpu", 1, ".png"), [], 1))


def test_two_commands_do_not_write_to_one_folder(folder, capsys):
    (folder / "out").mkdir()
    with FileLock(folder / "out/.lock"):
        assert batch(folder, "--pairs", "all") == 2
    assert "Another sanet batch writes to" in one_line(capsys)


def test_a_dry_run_writes_nothing_and_says_how_long_it_takes(folder, capsys, painted):
    assert batch(folder, "--pairs", "all", "--dry-run") == 0
    said = capsys.readouterr().out
    assert said.startswith("6 rows: 0 done, 0 refused, 6 to paint by 1 process(es): about ")
    assert not (folder / "out").exists()
    assert 0 < len(painted) <= 6
    assert batch(folder, "--pairs", "all") == 0
    capsys.readouterr()
    assert batch(folder, "--pairs", "all", "--dry-run") == 0
    assert capsys.readouterr().out == "6 rows: 6 done, 0 refused, none to paint.\n"


def test_ctrl_c_keeps_what_is_done(folder, monkeypatch):
    paint, done = Stylizer.paint, []

    def interrupted(engine, request):
        done.append(1)
        if len(done) == 5:
            raise KeyboardInterrupt
        return paint(engine, request)

    monkeypatch.setattr(Stylizer, "paint", interrupted)
    assert batch(folder, "--pairs", "all") == 130
    kept = len(names(folder))
    assert kept >= 2
    assert batch(folder, "--pairs", "all") == 0
    assert len(done) == 5 + 6 - kept


def test_a_full_disk_stops_it_in_one_line(folder, capsys, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert batch(folder, "--pairs", "all") == 2
    assert "could not be written: No space left on device." in capsys.readouterr().err.splitlines()[-1]
