"""Shards and row groups end with the row that fills them, however the rows came in parts."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.run.corpora import build, hashes, recipe, table, write_crawl
from tests.texts import SCRIPTS, texts
from xdata.records import parquet_writer
from xdata.run.phases.shards import Shard, runs, whole_runs


def _units(sizes: list[int], seed: int) -> list[tuple[int, list[int]]]:
    """The sizes of rows as units of one row and more, which `seed` cuts."""
    units: list[tuple[int, list[int]]] = []
    random, begin = Random(seed), 0
    while begin < len(sizes):
        end = begin + random.randint(1, 9)
        units.append((2 * len(units) + 1, sizes[begin:end]))
        begin = end
    return units


def _rows(pieces: list[tuple[int, int, int | None]], units: dict[int, list[int]]) -> list[int]:
    return [size for number, begin, end in pieces for size in units[number][begin:end]]


@pytest.mark.parametrize("full", [1, 7, 40, 10_000])
@pytest.mark.parametrize("seed", range(6))
def test_runs_are_the_same_however_rows_come_in_units(full: int, seed: int) -> None:
    sizes = [Random(seed).choice([0, 0, 1, 5, 13, 90]) for _ in range(200)]
    found = []
    for cut in range(4):
        units = dict(_units(sizes, cut))
        asked: list[int] = []

        def sizes_of(number: int, asked: list[int] = asked, units: dict[int, list[int]] = units) -> Any:
            asked.append(number)
            return np.array(units[number])

        planned = list(runs([(number, sum(rows)) for number, rows in units.items()], full, sizes_of))
        found.append([_rows(pieces, units) for pieces, _ in planned])
        assert [size for _, size in planned] == [sum(rows) for rows in found[-1]]
        assert len(set(asked)) == len(asked) <= len(planned)
    assert all(one == found[0] for one in found)
    assert [size for rows in found[0] for size in rows] == sizes
    for rows in found[0][:-1]:
        assert sum(rows[:-1]) < full <= sum(rows)
    assert sum(found[0][-1][:-1]) < full


def test_whole_units_end_with_the_one_that_fills() -> None:
    assert list(whole_runs([(1, 4), (2, 5), (5, 1), (6, 9)], 6)) == [[1, 2], [5, 6]]
    assert list(whole_runs([], 6)) == []


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_a_file_has_the_same_bytes_however_its_rows_come(language: str, tmp_path: Path) -> None:
    rows = [
        {
            "id": str(number),
            "text": text,
            "scores": {"a": number / 3},
            "groups": [text[:3], text[3:5]] if number % 3 else None,
        }
        for number, text in enumerate(line for page in texts(language) for line in page.splitlines())
    ]
    schema = pa.schema(
        [
            pa.field("id", pa.string()),
            pa.field("text", pa.string()),
            pa.field("scores", pa.struct([pa.field("a", pa.float32())])),
            pa.field("groups", pa.list_(pa.string())),
        ]
    )
    whole = pa.Table.from_pylist(rows, schema=schema)
    found = []
    for seed in range(3):
        path = tmp_path / f"{seed}.parquet"
        with parquet_writer(path, schema, published=True) as writer:
            shard = Shard(_File(writer), full=2000)
            begin = 0
            for _, units in _units([1] * len(rows), seed):
                shard.add(whole.slice(begin, len(units)))
                begin += len(units)
            shard.flush()
        found.append(path.read_bytes())
        assert pq.read_table(path).equals(whole)
        assert pq.read_metadata(path).row_group(0).column(0).has_offset_index
        _check_row_groups(path, 2000)
    assert found[0] == found[1] == found[2]


class _File:
    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        self._writer.close()


def _check_row_groups(path: Path, full: int) -> None:
    file = pq.ParquetFile(path)
    sizes = [pc.binary_length(file.read_row_group(n)["text"]).to_pylist() for n in range(file.num_row_groups)]
    for rows in sizes[:-1]:
        assert sum(rows[:-1]) < full <= sum(rows)
    assert sum(sizes[-1][:-1]) < full


_SPLIT = {"splitting.splits": "{test: 0.2}", "splitting.subsets": "[0.3]", "thresholds": "none", "min_words": "5"}


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, _SPLIT], ids=["plain", "split"])
def test_part_sizes_and_workers_change_no_byte(settings: dict[str, str], tmp_path: Path) -> None:
    crawl = write_crawl(tmp_path)
    outs = []
    for number, (part_bytes, workers) in enumerate([(9_000, 1), (40_000, 2), (64 << 20, 1)]):
        outs.append(tmp_path / str(number))
        made = recipe([crawl], output={"shard_bytes": 6_000}, **settings)
        manifest = build(made, outs[-1], part_bytes=part_bytes, workers=workers)
        assert manifest.stages[1].num_parts == len(list((outs[-1] / "work").glob("annotate-*/commits/*")))
    parts = [len(list((out / "work").glob("annotate-*/commits/*"))) for out in outs]
    assert len(set(parts)) == 3, "part sizes made other parts"
    assert hashes(outs[0], "README.md") == hashes(outs[1], "README.md")
    assert hashes(outs[1], "README.md") == hashes(outs[2], "README.md")
    _check_shards(outs[0], 6_000)


def _check_shards(out: Path, full: int) -> None:
    """Each kept document is in one shard, in order of the corpus, and shards are full but not too full."""
    ledger = table(out, "ledger")
    keys = [(row["source"], row["path"], row["offset"]) for row in ledger]
    assert keys == sorted(keys)
    assert [row["id"] for row in table(out, "rejects")] == [row["id"] for row in ledger if row["decision"] == "dropped"]
    places = {row["id"]: number for number, row in enumerate(ledger)}
    seen: Counter[str] = Counter()
    for folder in sorted((out / "data").iterdir()):
        by_split: dict[str, list[Path]] = {}
        for path in sorted(folder.iterdir()):
            by_split.setdefault(path.name.rpartition("-of-")[0].rpartition("-")[0], []).append(path)
        for shards in by_split.values():
            tables = [pq.read_table(path) for path in shards]
            sizes = [pc.binary_length(each["text"]).to_pylist() for each in tables]
            assert all(sum(rows[:-1]) < full <= sum(rows) for rows in sizes[:-1]), shards
            ids = [identity for each in tables for identity in each["id"].to_pylist()]
            assert [places[identity] for identity in ids] == sorted(places[identity] for identity in ids)
            seen.update(ids)
    assert seen == Counter(row["id"] for row in ledger if row["decision"] == "kept")
