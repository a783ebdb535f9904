"""What in an output folder is ours: the files that runs wrote there, and nothing else.

A hidden file in the folder names what runs have put into it, before they put it there. What it does not name, and
what no manifest of ours names, belongs to somebody else: a run neither removes nor replaces it, but refuses.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import orjson

from xdata.disk import write_atomically
from xdata.errors import CheckError, ConfigError
from xdata.output.card import CARD
from xdata.output.manifest import MANIFEST, RECIPE, TABLE_FOLDERS, Manifest
from xdata.output.report import REPORT

MARK = ".xdata"
"""Name of the hidden file."""
WORK = "work"
"""What is between stages, unless it lies elsewhere."""
DOCUMENTS = (MANIFEST, CARD, REPORT, RECIPE)
"""The files of an output folder that are no tables."""
RANKS_RECIPE = "recipe.json"
"""In the work folder: the recipe as ranks read it."""
LAST_RUN = "run.json"
"""In the work folder: the folder of each stage, as the last run had them."""
INPUTS = "inputs"
"""In the work folder: rows that were given in memory, as the files that ranks read."""
WORK_FILES = (RECIPE, RANKS_RECIPE, LAST_RUN)
"""Files that a run writes into the work folder itself."""


def owned(folder: Path) -> set[str]:
    """Paths under a folder that runs wrote, whether or not they are there.

    Raises ConfigError where the file that should say so is not ours.
    """
    try:
        paths = {MANIFEST, *(file.path for file in Manifest.read(folder).files)}
    except CheckError:
        paths = set()
    mark = folder / MARK
    if os.path.lexists(mark):
        try:
            paths.update(map(str, orjson.loads(mark.read_bytes())["files"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise _foreign(folder, MARK) from None
    return paths


def own(folder: Path, paths: Iterable[str]) -> None:
    """Writes down that runs put these files into the folder, with those of before."""
    files = sorted(owned(folder) | set(paths))
    write_atomically(folder / MARK, orjson.dumps({"files": files}, option=orjson.OPT_INDENT_2))


def refuse_foreign(out: Path, work: Path) -> None:
    """Raises ConfigError where something stands where our files go that no run wrote."""
    known = owned(out)
    there = [out / name for name in DOCUMENTS if os.path.lexists(out / name)]
    for path in [*there, *tables(out)]:
        name = path.relative_to(out).as_posix()
        if name not in known:
            raise _foreign(out, name)
    known = owned(work)
    for name in WORK_FILES:
        if os.path.lexists(work / name) and name not in known:
            raise _foreign(work, name)


def _foreign(folder: Path, name: str) -> ConfigError:
    return ConfigError(f"{folder}: has a {name} that no run of xdata wrote: give another --out")


def refuse_own_inputs(out: Path, work: Path, inputs: Iterable[str], resources: Iterable[Path] = ()) -> None:
    """Raises ConfigError for an input file below the output folder, and for another file that the run reads where it
    writes. Rows that came from memory lie in the work folder, and data sets of the hub have no path.
    """
    work = work.resolve()
    tables = [out / name for name in (*TABLE_FOLDERS, WORK)]
    for location in (Path(path) for path in inputs if path):
        if not location.resolve().is_relative_to(work / INPUTS):
            _refuse_below(location, (out, work))
    for resource in resources:
        _refuse_below(resource, (*tables, work))


def _refuse_below(path: Path, folders: Iterable[Path]) -> None:
    location = path.resolve()
    if any(location.is_relative_to(folder.resolve()) for folder in folders):
        raise ConfigError(f"{location}: is input, but lies where this run writes: give another --out")


def tables(out: Path) -> list[Path]:
    """All that is in the table folders of an output folder but folders, sorted; links are not gone through."""
    found = [out / folder for folder in TABLE_FOLDERS if (out / folder).is_symlink()]
    for folder in TABLE_FOLDERS:
        found += [path for path in (out / folder).rglob("*") if path.is_symlink() or not path.is_dir()]
    return sorted(found)
