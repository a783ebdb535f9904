"""Finds the data that comes with xdata (`resources/`) and its recipes (`pipelines/`).

In a clone or an editable install they are folders beside the package; in a wheel they are inside it, as
`xdata/_resources` and `xdata/_pipelines`, because their plain names are taken on PyPI. One resolver serves both.
"""

from functools import cache
from pathlib import Path

from xdata.errors import ResourceError

_PACKAGE = Path(__file__).resolve().parent


def resources_folder() -> Path:
    """The folder of data files: languages, models, samples, scripts."""
    return _folder("resources", _PACKAGE)


def pipelines_folder() -> Path:
    """The folder of the recipes that come with xdata."""
    return _folder("pipelines", _PACKAGE)


def resource(*parts: str) -> Path:
    """The path of one data file or folder, as `resource("models", "lid.176.ftz")`.

    Raises ResourceError where it is missing, which means a broken installation.
    """
    path = resources_folder().joinpath(*parts)
    if not path.exists():
        raise ResourceError(f"{'/'.join(parts)} is missing from {resources_folder()}: install xdata again")
    return path


@cache
def _folder(name: str, package: Path) -> Path:
    inside = package / f"_{name}"
    beside = package.parent / name
    if inside.is_dir():
        return inside
    if beside.is_dir() and (package.parent / "pyproject.toml").is_file():
        return beside
    raise ResourceError(f"the folder {name!r} of xdata is neither {inside} nor {beside}: install xdata again")
