"""Loads recipes and steps out of Python files: ours in `pipelines/`, and those of users, by path."""

import importlib.util
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from xdata.errors import ConfigError, XdataError, one_line
from xdata.formats.format import Format
from xdata.formats.table import FORMATS, register
from xdata.recipe.steps import STEPS, registry
from xdata.step import Step

_loaded: dict[Path, ModuleType] = {}


def load_code(path: Path) -> ModuleType:
    """The module of a Python file, its steps and formats registered; each file is loaded once a process.

    Raises ConfigError where the file is missing, fails, or defines a kind, or a name or suffix of a format, that is
    taken.
    """
    resolved = path.expanduser().resolve()
    if resolved in _loaded:
        return _loaded[resolved]
    if not resolved.is_file():
        raise ConfigError(f"{path}: Python file not found")
    name = f"xdata_code_{sha256(str(resolved).encode()).hexdigest()[:12]}_{resolved.stem}"
    spec = importlib.util.spec_from_file_location(name, resolved)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except XdataError:
        raise
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ConfigError(f"{path}: cannot be loaded: {type(error).__name__}: {one_line(str(error))}") from error
    for step in _steps_of(module):
        registry().add(step)
    for format_ in _formats_of(module):
        register(format_)
    _loaded[resolved] = module
    return module


def source_of(step: type[Step]) -> Path | None:
    """The user's file that a step's class is defined in, None for a step of xdata."""
    if step in STEPS:
        return None
    return next((path for path, module in _loaded.items() if module.__name__ == step.__module__), None)


def _steps_of(module: ModuleType) -> list[type[Step]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Step)
        and value.__module__ == module.__name__
        and not value.__name__.startswith("_")
    ]


def _formats_of(module: ModuleType) -> list[Format]:
    """The formats that a module defines, and not those of xdata that it imports."""
    found = [value for value in vars(module).values() if isinstance(value, Format)]
    return [value for value in found if not any(value is known for known in FORMATS.values())]
