"""The catalog as operators write it: in any editor and locale, and one sentence for what is none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sanet.checkpoints.catalog import entry_for, read_catalog
from sanet.paths import ROOT

ENTRIES = [{"id": "früh", "source": "embedded", "licence": "MIT", "description": "Schön – 好"}]


def written(folder: Path, encoding: str) -> Path:
    path = folder / "catalog.json"
    path.write_text(json.dumps(ENTRIES, ensure_ascii=False), encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_catalogs_of_every_editor_are_read(tmp_path, encoding):
    (entry,) = read_catalog(written(tmp_path, encoding))
    assert (entry.id, entry.description) == ("früh", "Schön – 好")


def test_ids_are_compared_however_they_are_spelt(tmp_path):
    entries = read_catalog(written(tmp_path, "utf-8"))
    assert entry_for("fru\u0308h", entries) is entries[0]


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "C.UTF-8"}])
@pytest.mark.slow
def test_the_list_is_printed_in_any_locale(tmp_path, locale):
    environment = {**os.environ, **locale, "SANET_CATALOG": str(written(tmp_path, "utf-8"))}
    command = [sys.executable, "-m", "sanet", "checkpoints", "list"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "früh  embedded  MIT  Schön – 好\n"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "[1]", '["a"]', '[{"id": "a"}]', '[{"id": 1, "source": "b"}]', "[" * 10_000]
)
def test_what_is_no_catalog_is_one_sentence(tmp_path, text):
    (tmp_path / "catalog.json").write_text(text)
    with pytest.raises(ValueError, match=r"^[^\n]*catalog\.json [^\n]*$"):
        read_catalog(tmp_path / "catalog.json")


def test_two_entries_of_one_id_are_refused(tmp_path):
    (tmp_path / "catalog.json").write_text(json.dumps(ENTRIES * 2))
    with pytest.raises(ValueError, match="ids that differ"):
        read_catalog(tmp_path / "catalog.json")
