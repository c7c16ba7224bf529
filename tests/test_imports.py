"""Imports go one way, as LINE has it: what paints first, then what measures and shows, the app last."""

import ast

import pytest

from sanet.paths import ROOT

# Each district may import itself and the districts of the lines above it.
LINE = [
    {"paths", "errors", "progress"},
    {"text_files"},
    {"network", "image", "votes"},
    {"engine", "checkpoints"},
    {"sanet"},
    {"methods"},
    {"training", "video"},
    {"measures"},
    {"web"},
    {"cli"},
    {"app"},
]
RANK = {district: rank for rank, districts in enumerate(LINE) for district in districts}
BARRED = {
    "network": {"PIL", "numpy", "huggingface_hub", "safetensors", "gradio"},
    "image": {"huggingface_hub", "gradio"},
    "votes": {"torch", "PIL", "huggingface_hub", "gradio"},
    "engine": {"huggingface_hub", "gradio"},
    "checkpoints": {"PIL", "gradio"},
    "training": {"gradio"},
    "methods": {"huggingface_hub", "gradio"},
    "measures": {"huggingface_hub", "gradio"},
    "video": {"huggingface_hub", "gradio"},
    "cli": {"gradio"},
    "web": {"torch", "huggingface_hub"},
}
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / "sanet").rglob("*.py")}


def district(module):
    """The folder under sanet/ that a module lies in, "sanet" for the package's own two modules."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] not in {"__init__", "__main__", "load"} else parts[0]


def imports(path):
    """All modules that a file names in an import, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module):
    own = district(module)
    for imported in imports(MODULES[module]):
        package, other = imported.split(".")[0], district(imported)
        assert package not in BARRED.get(own, set()), f"{module} imports {imported}"
        if package == "sanet" and module != "sanet.__main__":
            assert other == own or RANK[other] < RANK[own], f"{module} imports {imported}"


def test_the_check_sees_imports_inside_functions(tmp_path):
    path = tmp_path / "late.py"
    path.write_text("def late():\n    import torch.nn\n    from sanet.engine import stylizer\n")
    assert imports(path) == {"torch.nn", "sanet.engine.stylizer"}
