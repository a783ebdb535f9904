"""Writes `constraints.txt`: the versions of everything that xdata needs, as they are where its tests were run.

    python -m tests.constraints [PYTHON ...]

Run it in the environment whose versions have passed the tests, with further interpreters (`python3.12 python3.13`) that
the versions shall hold for: pip is asked there, installs nothing, and what only those interpreters need is added with
a marker. The extras that bring torch are left out, so that each machine gets the torch that is for it.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

_ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = _ROOT / "constraints.txt"
EXTRAS = ("dev", "hub", "local", "ray")
_INSTALLERS = frozenset({"pip", "setuptools", "wheel"})
"""Come with each Python, in the version that is for it."""

_HEADER = """\
# Versions that the tests of xdata have passed with: pip install -c constraints.txt .
# Made by `python -m tests.constraints`, not by hand. Torch is chosen by the machine, and is in no list.
"""


def requirements() -> list[Requirement]:
    """What xdata and its extras require, as pyproject.toml has it."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (line for extra in EXTRAS for line in project["optional-dependencies"][extra])
    return [*map(Requirement, project["dependencies"]), *map(Requirement, extras)]


def installed(wanted: Sequence[Requirement]) -> dict[str, Version]:
    """Name -> version of requirements and of all that they require, in this environment.

    Raises PackageNotFoundError where one is not installed.
    """
    found: dict[str, Version] = {}
    waiting = [(requirement, "") for requirement in wanted]
    seen = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        there = distribution(requirement.name)
        found[name] = Version(there.version)
        for own in ("", *requirement.extras):
            if (name, own) not in seen:
                seen.add((name, own))
                waiting += [(Requirement(line), own) for line in there.requires or ()]
    return found


def resolved(python: str, wanted: Sequence[Requirement], constraints: Path) -> dict[str, Version]:
    """Name -> version of what pip would install for another interpreter. Raises CalledProcessError where it cannot."""
    command = [python, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-"]
    asked = subprocess.run(
        [*command, "--constraint", str(constraints), *map(str, wanted)], stdout=subprocess.PIPE, check=True
    )
    packages = (package["metadata"] for package in json.loads(asked.stdout)["install"])
    return {canonicalize_name(package["name"]): Version(package["version"]) for package in packages}


def lines(versions: Mapping[str, Version], others: Mapping[str, Mapping[str, Version]]) -> list[str]:
    """A line for each version; `others` are those that other Pythons (`3.12`) need besides, with their marker."""
    marked = [
        f'{name}=={version.public} ; python_version == "{python}"'
        for python, found in others.items()
        for name, version in found.items()
        if name not in versions and name not in _INSTALLERS
    ]
    plain = [f"{name}=={version.public}" for name, version in versions.items() if name not in _INSTALLERS]
    return sorted([*plain, *marked])


def _version_of(python: str) -> str:
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def main(pythons: Sequence[str]) -> None:
    """Writes the file."""
    wanted = requirements()
    versions = installed(wanted)
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("".join(f"{line}\n" for line in lines(versions, {})), encoding="utf-8")
        others = {_version_of(python): resolved(python, wanted, constraints) for python in pythons}
    CONSTRAINTS.write_text(_HEADER + "".join(f"{line}\n" for line in lines(versions, others)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
