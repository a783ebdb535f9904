"""The structure of the code: imports flow one way, public names are listed, importing is light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import xdata

_ROOT = Path(__file__).resolve().parents[1]
_PACKAGE = _ROOT / "xdata"

LAYERS = (
    {"errors", "resources", "disk", "array_files", "terminal", "threads", "yaml_files", "validation"},
    {"language_facts", "language_files", "languages", "records", "references", "context"},
    {"language_options"},
    {"kept"},
    {"text"},
    {"step"},
    {"registry", "models"},
    {"formats"},
    {"export"},
    {"readers", "edits", "scores", "filters", "dedup"},
    {"recipe"},
    {"output"},
    {"run"},
    {"commands", "provenance"},
    {"api"},
    {"datatrove"},
    {"cli"},
)
"""What is in a layer imports from lower ones only; rooms of one layer do not know each other."""

_FREE = {
    "errors",
    "resources",
    "disk",
    "yaml_files",
    "validation",
    "language_files",
    "languages",
    "records",
    "references",
    "registry",
    "models",
}
"""Modules that may import others of their own layer."""


def _imports(path: Path) -> set[str]:
    """Names of the modules and rooms of xdata that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "xdata":
            parts = node.module.split(".")
            found.update([parts[1]] if len(parts) > 1 else [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            found.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("xdata."))
    return found - {"__version__"}


def _modules() -> list[Path]:
    return sorted(path for path in _PACKAGE.rglob("*.py") if path != _PACKAGE / "__init__.py")


def _room(path: Path) -> str:
    return path.relative_to(_PACKAGE).parts[0].removesuffix(".py")


def _layer(name: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if name in layer)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_imports_flow_one_way(path: Path) -> None:
    room = _room(path)
    for other in _imports(path) - {room}:
        allowed = _layer(other) < _layer(room) or (_layer(other) == _layer(room) and room in _FREE)
        assert allowed, f"{room} imports {other}"


def test_every_module_has_a_layer() -> None:
    assert {_room(path) for path in _modules()} == {name for layer in LAYERS for name in layer}


def test_recipes_import_nothing_but_xdata_and_types() -> None:
    for path in (_ROOT / "pipelines").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module is not None
                assert node.module.split(".")[0] in {"xdata", "typing", "pydantic"}, path
            assert not isinstance(node, ast.Import), path


def test_no_module_is_called_after_nothing() -> None:
    assert not [path for path in _modules() if path.stem in {"utils", "helpers", "common", "misc"}]


def test_public_names_are_those_listed() -> None:
    tree = ast.parse((_PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    for_types = next(node for node in tree.body if isinstance(node, ast.If))
    imported = {alias.name for node in for_types.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert set(xdata.__all__) == imported | {"__version__"}
    assert all(hasattr(xdata, name) for name in xdata.__all__)


def test_every_module_has_a_docstring() -> None:
    for path in _modules():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize("module", ["xdata", "xdata.cli", "xdata.recipe.functions"])
def test_importing_loads_no_heavy_package(module: str) -> None:
    heavy = {
        "torch",
        "spacy",
        "stanza",
        "datasets",
        "transformers",
        "pandas",
        "trafilatura",
        "fasttext",
        "ftfy",
        "rensa",
        "jinja2",
        "huggingface_hub",
        "datatrove.executor",
        "datatrove",
    }
    program = f"import {module}, sys; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert heavy.isdisjoint(ran.stdout.split())
