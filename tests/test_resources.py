"""The data that comes with xdata: it is there, says where it is from, and runs."""

import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest

from tests.texts import side_file, texts
from xdata.edits.repair import repair
from xdata.language_files import described_languages
from xdata.languages import Language
from xdata.models.language import LID_176, load_identifier
from xdata.provenance.declarations import DECLARATIONS
from xdata.resources import pipelines_folder, resource, resources_folder
from xdata.text.analysis import Analyses
from xdata.text.scripts import count_scripts, dominant_script

_ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("code", described_languages())
def test_each_language_file_is_valid_and_names_its_sources(code: str) -> None:
    facts = Language(code).facts
    assert facts.names is not None
    assert facts.names.source
    assert "nknown" not in facts.names.english
    assert facts.aliases is None or facts.aliases.source


def test_there_are_at_least_two_hundred_languages_in_twenty_five_scripts() -> None:
    assert len(described_languages()) >= 200
    assert len({code.split("_")[1] for code in described_languages()}) >= 25


_SAMPLED = [code for code in described_languages() if Language(code).facts.sample]


@pytest.mark.parametrize("code", _SAMPLED)
def test_the_sample_of_a_language_runs_and_matches_its_file(code: str) -> None:
    facts = Language(code).facts
    assert facts.sample is not None
    assert facts.writing is not None
    text = facts.sample.text
    analysis = Analyses([text])[0]
    assert analysis.script == code.split("_")[1] or analysis.script == "Hani"
    assert analysis.num_words >= (5 if facts.writing.segmenter != "none" else 1)
    assert repair(text) == unicodedata.normalize("NFC", text)
    if facts.letters:
        letters = f"{facts.letters.main} {facts.letters.auxiliary or ''}"
        own = set(unicodedata.normalize("NFD", letters))
        seen = [c for c in unicodedata.normalize("NFD", text.lower()) if c.isalpha()]
        assert sum(c in own for c in seen) >= 0.85 * len(seen)
    for other in facts.neighbours.codes if facts.neighbours else ():
        assert other.split("_")[1] == code.split("_")[1]
        assert other in described_languages()
    if facts.digits:
        assert [int(digit) for digit in facts.digits.digits] == list(range(10))
    if facts.punctuation:
        assert set(facts.punctuation.sentence_end.split()) <= set(facts.punctuation.marks.split())


def test_every_alias_means_one_language() -> None:
    owners: dict[str, set[str]] = {}
    for code in described_languages():
        aliases = Language(code).facts.aliases
        for alias in aliases.codes if aliases else ():
            owners.setdefault(alias, set()).add(code.split("_")[0])
    assert {alias for alias, codes in owners.items() if len(codes) > 1} == set()


def test_every_file_is_in_the_list_of_sources_and_licenses() -> None:
    listed = (resources_folder() / "README.md").read_text(encoding="utf-8")
    for path in resources_folder().rglob("*"):
        if path.is_file() and path.name != "README.md":
            relative = path.relative_to(resources_folder())
            names = {str(relative), f"{relative.parts[0]}/*{relative.suffix}", f"{relative.parts[0]}/"}
            assert any(f"`{name}`" in listed for name in names), relative


def test_samples_are_in_at_least_forty_languages_with_every_kind_of_plant() -> None:
    facts = side_file().values()
    assert len({page["language"] for page in facts if page["plant"] is None}) == len(DECLARATIONS) >= 40
    assert {page["plant"] for page in facts} == {None, "exact_duplicate", "near_duplicate", "wrong_language", "junk"}


@pytest.mark.parametrize("code", DECLARATIONS)
def test_each_sample_language_has_text_on_its_pages_whatever_their_encoding(code: str) -> None:
    pages = texts(code)
    assert all(len(text) > 300 for text in pages)
    assert all(text.count("\ufffd") == 0 for text in pages)


@pytest.mark.parametrize("code", DECLARATIONS)
def test_each_sample_is_in_the_script_of_its_language(code: str) -> None:
    text = "\n".join(texts(code))
    script = dominant_script(count_scripts(text), text)
    assert script is not None
    assert script == code.split("_")[1]


def test_the_identifier_labels_are_all_mapped() -> None:
    assert len(load_identifier(LID_176).languages) > 170


@pytest.mark.slow
def test_a_wheel_finds_its_resources_and_recipes(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(_ROOT)], check=True
    )
    (wheel,) = tmp_path.glob("xdata_corpora-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
        top = {name.split("/")[0] for name in archive.namelist()}
    assert not top & {"resources", "pipelines", "tests"}
    program = (
        "import xdata.resources as r; from xdata.recipe.functions import recipe_functions;"
        "print(r.resource('models', 'lid.176.ftz')); print(*recipe_functions())"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": ""},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    path, recipes = ran.stdout.splitlines()
    assert path == str(tmp_path / "site" / "xdata" / "_resources" / "models" / "lid.176.ftz")
    assert recipes.split() == sorted(path.stem for path in (_ROOT / "pipelines").glob("*.py"))


def test_a_clone_finds_its_resources_and_recipes() -> None:
    assert resources_folder() == _ROOT / "resources"
    assert pipelines_folder() == _ROOT / "pipelines"
    assert resource("scripts", "ranges.tsv").is_file()
