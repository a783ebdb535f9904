"""What is installed, which models and executors work: each is tried, not just looked for."""

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

import psutil
import regex

from xdata import __version__
from xdata.commands.answer import Answer, in_json
from xdata.errors import DISTRIBUTION, XdataError, install_command, one_line
from xdata.language_files import check_overlay, described_languages
from xdata.languages import Language
from xdata.models.language import XLID, load_identifier
from xdata.recipe.functions import find_recipe, recipe_functions
from xdata.resources import resources_folder

BROKEN = "broken"
_EXTRAS = {"datasets": "hub", "ray": "ray"}
"""Package that is not needed -> extra that it comes with."""
_NAME = regex.compile(r"[A-Za-z0-9_.\-]+")
_SAMPLES = ("deu_Latn", "sin_Sinh", "kat_Geor", "pes_Arab", "tha_Thai")


@dataclass(frozen=True)
class Finding:
    """What came of one trial."""

    what: str
    state: str
    """`ok`, `missing` (and not needed), or `broken`."""
    words: str


def run(*, as_json: bool = False) -> Answer:
    """The findings, with status 1 where a part that is needed is broken."""
    findings = list(examine())
    status = 1 if any(finding.state == BROKEN for finding in findings) else 0
    return in_json({"findings": findings}, status=status) if as_json else Answer(describe(findings), status)


def examine() -> Iterator[Finding]:
    """Tries everything, one thing after the other."""
    memory = psutil.virtual_memory().total / (1 << 30)
    yield Finding("machine", "ok", f"Python {platform.python_version()}, {os.cpu_count()} cores, {memory:.1f} GiB")
    yield _tried("resources", _resources)
    yield from _packages()
    yield _tried("model xlid", _identifier)
    yield _tried("recipes", lambda: ", ".join(recipe_functions()))
    yield _tried("executor local", _local)
    yield _ray()
    yield _slurm()


def describe(findings: list[Finding]) -> list[str]:
    """The findings in lines, and what they come to."""
    width = max(len(finding.what) for finding in findings)
    lines = [f"{finding.state:8}{finding.what.ljust(width)}  {finding.words}" for finding in findings]
    broken = [finding.what for finding in findings if finding.state == BROKEN]
    return [*lines, f"broken: {', '.join(broken)}" if broken else "all that is needed works"]


def _tried(what: str, trial: Callable[[], str]) -> Finding:
    try:
        return Finding(what, "ok", trial())
    except Exception as error:
        words = str(error) if isinstance(error, XdataError) else f"{type(error).__name__}: {error}"
        return Finding(what, BROKEN, one_line(words))


def _resources() -> str:
    check_overlay()
    return f"{resources_folder()}, {len(described_languages())} languages"


def _packages() -> Iterator[Finding]:
    """The required packages of xdata, and those of its extras."""
    try:
        needed = [line for line in metadata(DISTRIBUTION).get_all("Requires-Dist") or () if "extra ==" not in line]
    except PackageNotFoundError:
        yield Finding(
            "packages", BROKEN, f"xdata {__version__} is not installed, it runs from its source folder: pip install ."
        )
        return
    names = [match[0] for line in needed if (match := _NAME.match(line))]
    absent = [name for name in names if _version(name) is None]
    if absent:
        yield Finding("packages", BROKEN, f"not installed: {', '.join(absent)}: {install_command()}")
    else:
        yield Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in sorted(names)))
    for name, extra in _EXTRAS.items():
        found = _version(name)
        words = f"{name} {found}" if found else f"not installed: {install_command(extra)}"
        yield Finding(f"extra {extra}", "ok" if found else "missing", words)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _identifier() -> str:
    """Identifies the samples of some languages that it should know."""
    identifier = load_identifier(XLID)
    texts = [sample.text for code in _SAMPLES if (sample := Language(code).facts.sample)]
    found = identifier.identify(texts)
    right = sum(code.startswith(one.language or "?") for code, one in zip(_SAMPLES, found, strict=True))
    return f"knows {len(identifier.languages)} languages, named {right} of {len(_SAMPLES)} samples"


def _local() -> str:
    """Builds a corpus of one document in a folder that is removed."""
    from xdata.readers.source_specs import parse_sources
    from xdata.run.build import build

    with tempfile.TemporaryDirectory(prefix="xdata-doctor-") as folder:
        path = Path(folder) / "in.jsonl"
        path.write_text('{"text": "Kila mtu ana haki ya kuishi"}\n', encoding="utf-8")
        recipe = find_recipe("monolingual_corpus").make(
            sources=parse_sources([str(path)]),
            settings={"min_words": "1", "language.min_score": "0", "thresholds": "none"},
        )
        manifest = build(recipe, Path(folder) / "out")
        num = sum(facts.num_rows for facts in manifest.languages.values())
        if num != 1:
            raise XdataError(f"read one document, wrote {num}; expected 1")
    return "read and wrote one document"


def _ray() -> Finding:
    if _version("ray") is None:
        return Finding("executor ray", "missing", f"not installed: {install_command('ray')}")
    return _tried("executor ray", _one_task)


def _one_task() -> str:
    """Runs a task of Ray."""
    import ray

    from xdata.run.executors.ray import RayExecutor

    with RayExecutor(workers=1):
        num_cores = ray.get(ray.remote(_num_cores).remote())
    address = os.environ.get("RAY_ADDRESS")
    where = f"on the cluster {address}" if address else "on this machine"
    return f"ray {_version('ray')} ran a task {where}, {num_cores} cores"


def _num_cores() -> int:
    return os.cpu_count() or 1


def _slurm() -> Finding:
    if shutil.which("sbatch") is None:
        return Finding("executor slurm", "missing", "there is no sbatch on this machine")
    try:
        ran = subprocess.run(["sinfo", "--noheader"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(
            "executor slurm", "missing", f"sbatch is there, but Slurm does not answer: {one_line(str(error))}"
        )
    if ran.returncode != 0:
        return Finding("executor slurm", "missing", f"sbatch is there, but: {one_line(ran.stderr, limit=120)}")
    return Finding("executor slurm", "ok", one_line(ran.stdout, limit=120))
