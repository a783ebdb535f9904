"""The distribution: its name, licenses, citation and changelog, and what the wheel and the source archive contain."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
import regex
from packaging.licenses import canonicalize_license_expression

import xdata
from xdata.errors import DISTRIBUTION, install_command
from xdata.resources import resource
from xdata.yaml_files import read_yaml

_ROOT = Path(__file__).resolve().parents[1]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_LICENSES = set(_PROJECT["license"].split(" AND "))
_RESOURCES = (_ROOT / "resources" / "README.md").read_text(encoding="utf-8")


def _texts() -> list[Path]:
    """Files in which a user may read an install command."""
    folders = [_ROOT / name for name in ("xdata", "pipelines", "docs")]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".md", ".jinja"}]
    return [*found, *_ROOT.glob("*.md")]


def test_install_commands_name_the_distribution_and_extras_that_exist() -> None:
    assert _PROJECT["name"] == DISTRIBUTION
    assert install_command("hub") == "pip install 'xdata-corpora[hub]'"
    assert install_command() == "pip install xdata-corpora"
    extras = _PROJECT["optional-dependencies"]
    command = regex.compile(r"pip install [^\n`]*?([\w-]*xdata[\w-]*)\[([\w,]+)\]")
    for path in _texts():
        for name, extra in command.findall(path.read_text(encoding="utf-8")):
            assert name == DISTRIBUTION, path
            assert set(extra.split(",")) <= extras.keys(), path


def test_every_license_of_the_expression_has_its_text() -> None:
    assert canonicalize_license_expression(_PROJECT["license"]) == _PROJECT["license"]
    assert {path.stem for path in (_ROOT / "LICENSES").iterdir()} | {"Apache-2.0"} == _LICENSES
    assert "Apache License\n                           Version 2.0" in (_ROOT / "LICENSE").read_text(encoding="utf-8")


def test_resources_have_the_licenses_of_the_expression() -> None:
    rows = [line.split(" | ") for line in _RESOURCES.splitlines() if regex.match(r"\| `\w+/", line)]
    assert all(len(row) == 5 for row in rows)
    named = {license for row in rows for cell in regex.findall("`([^`]+)`", row[4]) for license in cell.split(" AND ")}
    codes = set(regex.findall(r"`(\w{3}_\w{4})`", _RESOURCES))
    assert named - codes == _LICENSES


def test_languages_whose_stop_words_have_another_license_are_named() -> None:
    from xdata.language_files import described_languages
    from xdata.languages import Language

    others = set()
    for code in described_languages():
        words = Language(code).facts.stop_words
        if words and words.license != "MIT":
            assert words.license == "CC-BY-SA-4.0"
            others.add(code)
    (row,) = (line for line in _RESOURCES.splitlines() if line.startswith("| `languages/"))
    assert set(regex.findall(r"`(\w{3}_\w{4})`", row)) == others


def test_licenses_of_the_training_text_of_the_identifier_are_those_of_its_card() -> None:
    card = read_yaml(resource("models", "xlid.yaml"))
    counted = {license: int(number) for license, number in regex.findall(r"\n\| `([^`]+)` \| (\d+) \| ", _RESOURCES)}
    assert counted == card["license_of_training_text"]
    assert sum(counted.values()) == len(card["packages"])
    for license in counted:
        assert any(package.endswith(f"({license})") for package in card["packages"])


def test_citation_and_changelog_are_of_this_version() -> None:
    citation = read_yaml(_ROOT / "CITATION.cff")
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert (citation["cff-version"], citation["version"], citation["type"]) == ("1.2.0", xdata.__version__, "software")
    assert _PROJECT["version"] == xdata.__version__
    changelog = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert regex.findall(r"^## \[(.*?)\]", changelog, regex.M)[:2] == ["Unreleased", xdata.__version__]
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(regex.findall(r"^### (.*)$", changelog, regex.M)) <= kinds


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=_ROOT, check=True, capture_output=True
    )
    return folder


@pytest.mark.slow
def test_the_wheel_has_recipes_resources_and_licenses_and_no_tests(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        facts = message_from_bytes(wheel.read(metadata))
    folder = metadata.split("/")[0]
    assert (facts["Name"], facts["License-Expression"]) == (DISTRIBUTION, _PROJECT["license"])
    assert {name.split("/")[0] for name in names} == {"xdata", folder}
    licenses = {name.removeprefix(f"{folder}/licenses/") for name in names if name.startswith(f"{folder}/licenses/")}
    assert licenses == {"LICENSE", *(f"LICENSES/{file.name}" for file in (_ROOT / "LICENSES").iterdir())}
    assert not [name for name in names if regex.search(r"provenance|test_|/tests/|__pycache__", name)]
    assert "xdata/py.typed" in names
    for there, ours in (("xdata/_pipelines", "pipelines"), ("xdata/_resources", "resources")):
        files = [file for file in (_ROOT / ours).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        assert {f"{there}/{file.relative_to(_ROOT / ours).as_posix()}" for file in files} <= names


@pytest.mark.slow
def test_the_source_archive_has_all_that_tests_and_docs_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = "README.md LICENSE CHANGELOG.md CITATION.cff CONTRIBUTING.md mkdocs.yml constraints.txt docs/index.md"
    assert {*wanted.split(), "tests/test_distribution.py", "xdata/provenance/identifier.py"} <= names
    assert not [name for name in names if regex.search(r"__pycache__|\.hypothesis|\.pyc$|^dist/", name)]
