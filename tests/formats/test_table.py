"""Formats are told apart by their facts alone, and a new one is one file."""

import gzip
import textwrap
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest

import xdata.formats
from tests.run.corpora import build, table
from tests.texts import SCRIPTS, texts
from xdata.errors import ConfigError
from xdata.export.shards import Shards
from xdata.filters.errors import DropErrors
from xdata.formats.format import Format
from xdata.formats.table import FORMATS, OUTPUT_NAMES, FormatName, format_by_name, format_of, register
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe.recipe import Recipe, Stage
from xdata.recipe.user_code import load_code
from xdata.scores.length import NumWords


@pytest.fixture
def verses(tmp_path: Path) -> Iterator[Path]:
    """A Python file with the format that the documentation of formats shows; it is forgotten after the test."""
    code = tmp_path / "verses.py"
    shown = str(xdata.formats.__doc__).split("it says that they split:\n\n")[1].split("\n\nA format of xdata gets")[0]
    code.write_text(textwrap.dedent(shown), encoding="utf-8")
    before = dict(FORMATS)
    yield code
    FORMATS.clear()
    FORMATS.update(before)


def _recipe(code: Path, folder: Path, *, reader: str | None = None) -> Recipe:
    source = Source(name="bible", root=str(folder), patterns=(".",), language="swh_Latn", reader=reader, id="reference")
    stages = (
        Stage("read", (Files(sources=(source,)),)),
        Stage("annotate", (NumWords(),)),
        Stage("decide", (DropErrors(),)),
        Stage("corpus", (Shards(),)),
    )
    return Recipe("verses", stages, code=(str(code),))


def _write(folder: Path) -> list[tuple[str, str]]:
    """Verses in eight scripts, plain and compressed, with one line that is none."""
    rows = [
        (f"{code} {number}", " ".join(line.split()))
        for code in SCRIPTS.values()
        for number, line in enumerate(texts(code))
    ]
    lines = [f"{reference}\t{text}\n" for reference, text in rows]
    folder.mkdir()
    (folder / "a.verses").write_text("".join(lines[::2]) + "no tab\n", encoding="utf-8")
    (folder / "b.verses.gz").write_bytes(gzip.compress("".join(lines[1::2]).encode()))
    return rows


def test_a_new_format_is_one_file(tmp_path: Path, verses: Path) -> None:
    rows = _write(tmp_path / "in")
    manifest = build(_recipe(verses, tmp_path / "in"), tmp_path / "out", part_bytes=4096)
    found = table(tmp_path / "out", "data")
    assert sorted((row["original_id"], row["text"]) for row in found) == sorted(rows)
    assert manifest.num_unreadable == 1
    build(_recipe(verses, tmp_path / "in"), tmp_path / "whole", part_bytes=1 << 20)
    assert table(tmp_path / "whole", "data") == found, "wherever the files are cut"


@pytest.mark.slow
def test_a_format_of_a_user_is_known_to_all_ranks(tmp_path: Path, verses: Path) -> None:
    rows = _write(tmp_path / "in")
    load_code(verses)
    recipe = _recipe(verses, tmp_path / "in", reader="verses")
    build(recipe, tmp_path / "out", part_bytes=4096, workers=2)
    assert len(table(tmp_path / "out", "data")) == len(rows)


@pytest.mark.parametrize(("name", "suffix"), [("jsonl", ".other"), ("other", ".jsonl")])
def test_names_and_suffixes_are_taken_once(name: str, suffix: str) -> None:
    with pytest.raises(ConfigError, match=r"is that of the format 'jsonl': choose another"):
        register(Format(name=name, title="Other", expected="other", suffixes=(suffix,)))
    assert "other" not in FORMATS


def test_no_two_formats_look_alike() -> None:
    for one, other in combinations(FORMATS.values(), 2):
        assert set(one.suffixes).isdisjoint(other.suffixes)
        assert not any(first.startswith(second) for first in one.magic for second in other.magic)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_found_by_the_suffixes_of_its_files(name: str) -> None:
    suffixes = FORMATS[name].suffixes
    found = [format_by_name(f"A.b{each.upper()}{ending}") for each in suffixes for ending in ("", ".gz", ".zstd")]
    assert found == [FORMATS[name]] * len(found)


def test_names_of_outputs_are_those_of_their_files() -> None:
    assert set(get_args(FormatName)) < set(OUTPUT_NAMES)
    assert all(format_of(f"train-00000.{name}").name == name.split(".")[0] for name in OUTPUT_NAMES)
