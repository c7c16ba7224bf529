"""Imports go one way: leaf modules -> model, checkpoints -> engine -> command line, page."""

import ast

import pytest

from sanet.paths import ROOT

# Each line may import from the lines above it only. A new module has to be given its place here.
LINE = [
    {"products"},
    {"image", "convolution", "controls", "color", "masks", "sheets", "films"}
    | {"layout", "cards", "catalog", "hub_errors", "trainer", "spare_memory", "primitives"},
    {"encoder", "decoder"},
    {"attention", "tiling", "data", "logs", "vgg_files", "tours", "free_memory"},
    {"model", "distil", "squeezenet"},
    {"checkpoints", "losses", "estimate"},
    {"hub_cache"},
    {"hub", "publish", "engine"},
    {"sanet"},
    {"current", "painting_cli", "checkpoints_cli", "evaluate", "recipes"},
    {"studies"},
    {"training_cli"},
    {"cli", "web"},
    {"__main__", "app"},
]
RANK = {station: rank for rank, stations in enumerate(LINE) for station in stations}
FORBIDDEN = {
    "products": {"PIL", "numpy"},
    "attention": {"PIL", "numpy", "sanet.image.decode", "sanet.engine.controls"},
    "convolution": {"PIL", "numpy"},
    "encoder": {"PIL", "numpy"},
    "decoder": {"PIL", "numpy"},
    "tiling": {"PIL", "numpy", "sanet.image.decode", "sanet.network.attention"},
    "model": {"PIL", "numpy", "sanet.image.decode"},
    "color": {"PIL", "numpy"},
    "masks": {"torch"},
    "estimate": {"PIL", "torch"},
    "free_memory": {"PIL"},
    "spare_memory": {"PIL", "torch", "numpy"},
    "primitives": {"PIL", "torch", "numpy"},
    "sheets": {"torch"},
    "films": {"torch"},
    "tours": {"torch", "PIL"},
    "checkpoints": {"PIL", "sanet.image.decode"},
    "layout": {"PIL", "huggingface_hub"},
    "cards": {"PIL", "torch"},
    "catalog": {"PIL", "torch", "huggingface_hub"},
    "hub_errors": {"PIL", "torch"},
    "hub": {"PIL", "torch"},
    "hub_cache": {"PIL", "torch"},
    "publish": {"PIL", "torch"},
    "current": {"torch", "huggingface_hub"},
    "checkpoints_cli": {"torch", "huggingface_hub"},
    "painting_cli": {"torch"},
    "squeezenet": {"PIL", "numpy", "sanet.image.decode", "sanet.network.model"},
    "losses": {"PIL", "numpy", "sanet.image.decode", "sanet.training.trainer"},
    "trainer": {"PIL", "numpy", "sanet.network.encoder", "sanet.image.decode"},
    "training_cli": {"torch", "accelerate"},
    "cli": {"torch", "PIL"},
    "web": {
        "torch",
        "sanet.network.encoder",
        "sanet.network.decoder",
        "sanet.network.attention",
        "sanet.network.model",
        "sanet.checkpoints.load",
        "sanet.checkpoints.hub",
        "sanet.checkpoints.publish",
        "huggingface_hub",
        "sanet.network.color",
    },
}
FILES = [*sorted((ROOT / "sanet").rglob("*.py")), ROOT / "app.py"]


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def station(module):
    """The module's place on the line: its name, "web" for the whole page, "sanet" for the package itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "sanet" and len(parts) > 1 else parts[0]


MODULES = {module_of(path): path for path in FILES}


def imports(path):
    """All modules that a file names in an import, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
    return found


def test_every_module_has_its_place():
    assert {station(module) for module in MODULES} == set(RANK)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module):
    own = station(module)
    for imported in imports(MODULES[module]) & MODULES.keys():
        assert RANK[station(imported)] < RANK[own] or station(imported) == own == "web", f"{module} imports {imported}"


@pytest.mark.parametrize("module", MODULES)
def test_no_module_sees_what_it_should_not(module):
    barred = FORBIDDEN.get(station(module), set())
    if station(module) not in {"web", "app"}:
        barred = barred | {"gradio", "sanet.web"}
    for imported in imports(MODULES[module]):
        heads = {".".join(imported.split(".")[:n]) for n in (1, 2)}
        assert not heads & barred, f"{module} imports {imported}"


def test_the_check_sees_imports_inside_functions(tmp_path):
    path = tmp_path / "late.py"
    path.write_text("def late():\n    import torch.nn\n    from sanet import engine\n    from PIL import Image\n")
    assert imports(path) == {"torch.nn", "sanet.engine.stylizer", "PIL"}
