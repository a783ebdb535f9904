"""Sizes of parts: they follow from the input, use all workers, and are never what a run's result depends on."""

from pathlib import Path

import pytest

from tests.run.corpora import hashes, part_options, recipe, write_crawl
from xdata.errors import ConfigError, UsageError
from xdata.run.build import build
from xdata.run.options import StageOptions, parse_options, part_bytes
from xdata.step import PART_BYTES


@pytest.mark.parametrize(
    ("total", "asked", "expected"),
    [
        (0, None, 1 << 20),
        (5 << 20, None, 1 << 20),
        (320 << 20, None, 10 << 20),
        (1 << 40, None, PART_BYTES),
        (1 << 40, 5000, 5000),
    ],
)
def test_parts_are_a_share_of_the_input_between_two_bounds(total: int, asked: int | None, expected: int) -> None:
    assert part_bytes(total, most=PART_BYTES, asked=asked) == expected


@pytest.mark.parametrize("megabytes", [40, 100, 1000, 2000])
def test_inputs_of_some_megabytes_keep_many_workers_busy(megabytes: int) -> None:
    size = part_bytes(megabytes << 20, most=PART_BYTES, asked=None)
    assert (megabytes << 20) // size >= 31


def test_options_of_stages_are_read_from_words() -> None:
    assert parse_options({"read.part_bytes": "5000", "annotate.part_bytes": "3000"}) == {
        "read": StageOptions(part_bytes=5000),
        "annotate": StageOptions(part_bytes=3000),
    }


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ({"part_bytes": "5000"}, UsageError, "--stage part_bytes=5000: expected NAME.OPTION=VALUE"),
        ({"edit.parts": "5"}, ConfigError, "--stage edit: unknown key 'parts': did you mean 'part_bytes'"),
        ({"read.part_bytes": "5"}, ConfigError, "expected greater than or equal to 1024, found 5"),
        ({"read.part_bytes": "many"}, ConfigError, "expected a valid integer, found 'many'"),
    ],
)
def test_wrong_options_are_refused(words: dict[str, str], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        parse_options(words)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [("edits", "--stage edits: unknown stage"), ("near", "does not support part_bytes")],
)
def test_options_of_stages_that_have_none_are_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(recipe([write_crawl(tmp_path)]), tmp_path / "out", options={name: StageOptions(part_bytes=5000)})


def test_a_resumed_run_keeps_its_parts(tmp_path: Path) -> None:
    made = recipe([write_crawl(tmp_path)])
    first = build(made, tmp_path / "out", options=part_options(made, 40_000))
    before = hashes(tmp_path / "out")
    (tmp_path / "out" / "manifest.json").unlink()
    again = build(made, tmp_path / "out")
    assert again.stages[0].num_parts == first.stages[0].num_parts > 5
    assert hashes(tmp_path / "out") == before


def test_parts_that_are_planned_anew_leave_nothing_of_the_old_ones(tmp_path: Path) -> None:
    made = recipe([write_crawl(tmp_path)])
    build(made, tmp_path / "out", options=part_options(made, 40_000))
    before = hashes(tmp_path / "out")
    for path in [tmp_path / "out" / "manifest.json", *(tmp_path / "out" / "work").glob("annotate-*/commits/*")]:
        path.unlink()
    again = build(made, tmp_path / "out")
    assert again.stages[1].num_parts == 1
    assert {path: sha for path, sha in hashes(tmp_path / "out").items() if path.startswith("data/")} == {
        path: sha for path, sha in before.items() if path.startswith("data/")
    }
