"""What Python code gives as input becomes sources: names, what is described, and what is refused."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from xdata.errors import ConfigError, InputError
from xdata.readers.inputs import sources_of
from xdata.readers.memory import FILE
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source

ROWS = [{"text": "Habari ya leo"}, {"text": "Habari za jioni"}]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.jsonl").write_text('{"text": "x"}\n')
    return folder


def _sources(inputs: Any, tmp_path: Path) -> tuple[Source, ...]:
    return sources_of(inputs, folder=tmp_path / "work" / "inputs")


def test_paths_are_as_of_the_command_line(tmp_path: Path, files: Path) -> None:
    expected = parse_sources([str(files / "a.jsonl"), str(files / "b.jsonl")])
    for inputs in (
        [files / "a.jsonl", str(files / "b.jsonl")],
        (path for path in (files / "b.jsonl", files / "a.jsonl")),
        [[str(files / "a.jsonl")], [files / "b.jsonl"]],
    ):
        assert _sources(inputs, tmp_path) == expected
    assert _sources(str(files / "*.jsonl"), tmp_path) == parse_sources([str(files / "*.jsonl")])
    assert _sources(files, tmp_path) == parse_sources([str(files)])
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("inputs", [None, [], (), {}])
def test_nothing_is_no_source(tmp_path: Path, inputs: Any) -> None:
    assert _sources(inputs, tmp_path) == ()


def test_sources_stay_as_they_are(tmp_path: Path, files: Path) -> None:
    source = Source(name="docs", root=str(files), patterns=("a.jsonl",), license="CC0-1.0")
    assert _sources(source, tmp_path) == (source,)
    assert _sources([source, ROWS], tmp_path)[0] == source


def test_rows_have_names_by_their_order(tmp_path: Path) -> None:
    found = _sources([ROWS, pd.DataFrame(ROWS), pa.Table.from_pylist(ROWS[1:])], tmp_path)
    assert [source.name for source in found] == ["rows", "rows-2", "rows-3"]
    for source in found:
        assert (Path(source.root) / FILE).is_file()
        assert source.patterns == (FILE,) and source.content is not None
    assert _sources(ROWS, tmp_path) == _sources(iter(ROWS), tmp_path) == found[:1]


def test_names_are_those_of_a_dict(tmp_path: Path, files: Path) -> None:
    found = _sources({"web": ROWS, "books": files / "a.jsonl", "more": [files / "b.jsonl"]}, tmp_path)
    assert [(source.name, source.patterns) for source in found] == [
        ("books", ("a.jsonl",)),
        ("more", ("b.jsonl",)),
        ("web", (FILE,)),
    ]


def test_sources_are_described_with_the_keys_of_a_sources_file(tmp_path: Path, files: Path) -> None:
    web, books = _sources(
        {
            "web": {"data": ROWS, "license": "CC-BY-4.0", "language": "sw", "keep": ["year"]},
            "books": {"path": files, "license": "CC0-1.0", "domain": "fiction"},
        },
        tmp_path,
    )[::-1]
    assert (web.license, web.language, web.keep, web.content is None) == (
        "CC-BY-4.0",
        "swh_Latn",
        {"year": "year"},
        False,
    )
    assert (books.root, books.license, books.domain) == (str(files), "CC0-1.0", "fiction")


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        (7, InputError, "inputs: expected a path, .* found int"),
        ([7], InputError, "inputs: expected a path, .* found int"),
        (b"docs", InputError, "inputs: expected a path, .* found bytes"),
        (["nowhere.jsonl"], InputError, "nowhere.jsonl: there is no such file"),
        ({"a/b": ROWS}, ConfigError, r"inputs\['a/b'\]: name"),
        ({3: ROWS}, ConfigError, r"inputs\[3\]: name: expected a valid string, found 3"),
        ({"a": [ROWS, ROWS]}, ConfigError, r"inputs\['a'\]: expected one source, found 2"),
        ({"a": []}, ConfigError, r"inputs\['a'\]: expected one source, found 0"),
        ({"a": {"data": "docs"}}, InputError, r"inputs\['a'\]\['data'\]: expected one table .* give files as path"),
        ({"a": {"data": ROWS, "licence": "x"}}, ConfigError, "unknown key 'licence': did you mean 'license'"),
        ({"a": {"license": "x"}}, ConfigError, r"inputs\['a'\]: .*give either path or hub"),
        ({"a": {"text": ["x"]}}, ConfigError, "unknown key 'text'"),
        ([ROWS, [{"text": ""}, 4]], InputError, r"rows-2: row 1: expected a dict"),
    ],
)
def test_what_is_no_input_is_refused(tmp_path: Path, inputs: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        _sources(inputs, tmp_path)


def test_a_dict_among_paths_is_refused(tmp_path: Path, files: Path) -> None:
    with pytest.raises(InputError, match=r"expected a path, .* found dict"):
        _sources([files, {"text": "x"}], tmp_path)
