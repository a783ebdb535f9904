"""The reference is made from the code and complete, and the documentation builds without a warning."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import regex

import xdata
from docs import hooks
from tests.docs.pages import ROOT
from tests.texts import texts
from xdata.commands.columns import tables
from xdata.errors import XdataError
from xdata.filters.rules import RULES
from xdata.formats.table import FORMATS
from xdata.language_facts import LanguageFile
from xdata.readers.corpora import CORPORA
from xdata.recipe.functions import RUN_OPTIONS, recipe_functions
from xdata.recipe.steps import STEPS
from xdata.yaml_files import read_yaml


def _ids(page: str) -> set[str]:
    return set(regex.findall(r"\{ #([\w.-]+) \}", page))


def test_every_recipe_and_run_option_is_there_with_a_description() -> None:
    page = hooks.recipes()
    assert _ids(page) >= recipe_functions().keys()
    assert all(f"| `{name}` |" in hooks.run_options() for name in RUN_OPTIONS)
    assert all(f"{name}-{preset}" in _ids(page) for name, each in recipe_functions().items() for preset in each.presets)
    _assert_described(page)


def test_every_step_and_option_is_there_with_a_description() -> None:
    page = hooks.steps()
    assert _ids(page) == {str(each.model_fields["kind"].default).replace(".", "-") for each in STEPS}
    _assert_described(page)


def _assert_described(page: str) -> None:
    """Every option has a type, a default and a meaning."""
    rows = regex.findall(r"^\| (`[\w.]+`) \| (.*?) \| (`[^|]*`) \| (.*) \|$", page, regex.MULTILINE)
    assert len(rows) > 50
    assert [name for name, _, _, meaning in rows if not meaning.strip()] == []


def test_every_rule_is_there() -> None:
    page = hooks.rules()
    assert all(f"| `{rule.name}` | `{rule.path}` | {rule.side} |" in page for rule in RULES)


def test_every_public_name_is_there() -> None:
    page = hooks.api()
    assert _ids(page) >= {name for name in xdata.__all__ if not name.startswith("__")}
    assert regex.findall(r"^###.*\n\n(?=###|\Z)", page, regex.MULTILINE) == []


def test_every_error_is_there() -> None:
    def tree(kind: type[XdataError]) -> set[str]:
        return {kind.__name__}.union(*map(tree, kind.__subclasses__()))

    page = hooks.error_tree()
    public = {name for name in tree(XdataError) if name in xdata.__all__}
    assert all(f"| `{name}` |" in page for name in public)


def test_every_command_is_there() -> None:
    assert _ids(hooks.commands()) >= {"build", "check", "explain", "diff", "calibrate", "identify", "train", "doctor"}


def test_every_reader_is_in_the_how_to() -> None:
    page = (ROOT / "docs" / "how-to" / "own-files.md").read_text(encoding="utf-8")
    table = page.split("| reader | input |")[1].split("\n\n")[0]
    assert set(regex.findall(r"`(\w+)`", table)) == {*FORMATS, *CORPORA}


def test_groups_and_columns_that_concepts_name_exist() -> None:
    def named(page: str, head: str) -> set[str]:
        table = (ROOT / "docs" / "concepts" / page).read_text(encoding="utf-8").split(f"| {head} |")[1].split("\n\n")[0]
        return {name for row in table.splitlines()[2:] for name in regex.findall(r"`(\w+)`", row.split(" | ")[0])}

    assert named("languages.md", "group | used for") == LanguageFile.model_fields.keys() - {"code"}
    assert named("ledger.md", "column | meaning") <= set(tables()["ledger"].names)


def test_every_page_is_in_the_navigation() -> None:
    def pages(entry: Any) -> set[str]:
        if isinstance(entry, str):
            return {entry}
        return set().union(*map(pages, entry.values() if isinstance(entry, dict) else entry))

    written = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages(read_yaml(ROOT / "mkdocs.yml")["nav"]) == written


def test_every_generated_part_is_on_a_page() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")]
    assert {
        name for page in pages for name in regex.findall(r"<!-- generated: (\w+) -->", page)
    } == hooks.GENERATED.keys()


@pytest.mark.slow
def test_the_documentation_builds_without_a_warning_or_anything_from_elsewhere(tmp_path: Path) -> None:
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    for page in (tmp_path / "site").rglob("*.html"):
        loaded = regex.findall(
            r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(https?:[^\"]+)", page.read_text("utf-8")
        )
        assert [url for url in loaded if "canonical" not in url] == [], page


@pytest.mark.slow
def test_columns_of_an_output_are_on_the_page_of_columns(tmp_path: Path) -> None:
    rows = [{"id": f"{n}", "text": text} for n, text in enumerate(texts("swh_Latn")) for _ in range(2)]
    output = xdata.build(
        "monolingual_corpus",
        inputs=[rows],
        id="id",
        out=tmp_path / "corpus",
        language={"mixed": "score"},
        dedup={"exact_substring_words": 50},
        splitting={"splits": {"test": 0.2}},
        output={"sentences": True},
        executor="inline",
        progress=False,
    )
    for folder, schema in tables().items():
        (first, *_) = sorted((output.path / folder).rglob("*.parquet"))
        assert set(pq.read_schema(first).names) <= set(schema.names), folder
