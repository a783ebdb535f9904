"""What in an output folder is ours: the files that runs wrote there, and nothing else.

A hidden file in the folder names what runs have put into it, before they put it there. What it does not name, and
what no manifest of ours names, belongs to somebody else: a run neither removes nor replaces it, but refuses.
"""

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from xdata.card import CARD
from xdata.disk import write_atomically
from xdata.errors import CheckError, ConfigError
from xdata.manifest import MANIFEST, RECIPE, TABLE_FOLDERS, Manifest
from xdata.report import REPORT
from xdata.step import InputFile

MARK = ".xdata"
"""Name of the hidden file."""
WORK = "work"
"""What is between stages, unless it lies elsewhere."""
DOCUMENTS = (MANIFEST, CARD, REPORT, RECIPE)
"""The files of an output folder that are no tables."""


def owned(out: Path) -> set[str]:
    """Paths under an output folder that runs wrote, whether or not they are there."""
    try:
        paths = {MANIFEST, *(file.path for file in Manifest.read(out).files)}
    except CheckError:
        paths = set()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        paths.update(orjson.loads((out / MARK).read_bytes())["files"])
    return paths


def own(out: Path, paths: Iterable[str]) -> None:
    """Writes down that runs put these files into the folder, with those of before."""
    files = sorted(owned(out) | set(paths))
    write_atomically(out / MARK, orjson.dumps({"files": files}, option=orjson.OPT_INDENT_2))


def refuse_foreign(out: Path) -> None:
    """Raises ConfigError where a file stands where ours go that no run wrote."""
    known = owned(out)
    there = [out / name for name in DOCUMENTS if (out / name).exists()]
    for path in [*there, *tables(out)]:
        name = path.relative_to(out).as_posix()
        if name not in known:
            raise ConfigError(f"{out}: has a {name} that no run of xdata wrote: give an --out of its own")


def refuse_own_inputs(out: Path, work: Path, files: Sequence[InputFile]) -> None:
    """Raises ConfigError for input that lies where the run writes."""
    folders = [(out / name).resolve() for name in (*TABLE_FOLDERS, WORK)]
    for file in files:
        location = Path(file.location).resolve()
        for folder in (*folders, work.resolve()):
            if location.is_relative_to(folder):
                raise ConfigError(f"{location}: is input, but lies where this run writes: give another --out")


def tables(out: Path) -> list[Path]:
    """All files in the table folders of an output folder, sorted."""
    return sorted(path for folder in TABLE_FOLDERS for path in (out / folder).rglob("*") if not path.is_dir())
