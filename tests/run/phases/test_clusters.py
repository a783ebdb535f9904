"""What is known of clusters, whether their arrays lie in memory or in files."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from xdata.run.phases import clusters as module
from xdata.run.phases.clusters import Clusters
from xdata.run.phases.columns import KeptColumns
from xdata.step import ReferenceMatches, Survivors

NUM = 60


class _Columns:
    """Sixty documents that are all kept, in groups of seven; each stands for one more than the last digit says."""

    language = "und"
    totals: ClassVar[Mapping[str, int]] = {}
    num_rows = NUM

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.ids = [f"{number * 7919 % 101:032x}" for number in range(NUM)]

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        wanted = range(NUM) if rows is None else rows.tolist()
        values = self.ids if path == "id" else [f"http://site{number % 2}.org/{number}" for number in range(NUM)]
        return pa.chunked_array([pa.array([values[row] for row in wanted], pa.string())])

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        raise AssertionError(f"nobody asked for {paths}")

    def decided(self) -> Iterator[tuple[Any, pa.Table, npt.NDArray[np.bool_], npt.NDArray[np.int64]]]:
        for start in range(0, NUM, 7):
            numbers = np.arange(start, min(start + 7, NUM))
            table = pa.table({"cluster_size": pa.array(numbers % 10 + 1, pa.int32())})
            yield None, table, np.ones(len(numbers), dtype=bool), numbers


def _made(tmp_path: Path) -> tuple[Clusters, list[int], _Columns]:
    """Rows 0 to 29 go with the row that is their rest by five, row 40 with a document of another corpus."""
    rows = [row % 5 if row < 30 else row for row in range(NUM)]
    columns = _Columns(tmp_path)
    matches = ReferenceMatches(np.array([40]), pa.array(["old"]), np.array([2]))
    return Clusters(cast(KeptColumns, columns), Survivors(np.array(rows), matches)), rows, columns


@pytest.fixture(params=["memory", "files", "one hash"], autouse=True)
def _where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "memory":
        monkeypatch.setattr(module, "_MOST_BYTES", 0)
        monkeypatch.setattr(module, "_ROWS_AT_A_TIME", 11)
    if request.param == "one hash":
        monkeypatch.setattr(module, "_hashes", lambda ids: np.zeros(len(ids), dtype=np.uint64))


def test_each_row_has_its_survivor_and_the_size_of_its_cluster(tmp_path: Path) -> None:
    clusters, rows, columns = _made(tmp_path)
    everything = np.arange(NUM)
    assert clusters.survivors(everything).tolist() == rows
    assert clusters.kept(everything).tolist() == [row == number != 40 for number, row in enumerate(rows)]
    assert clusters.references_of(np.array([40])) == [("old", 2)]
    sizes = [sum(other % 10 + 1 for other in range(NUM) if rows[other] == row) for row in rows]
    assert clusters.sizes.tolist() == sizes
    assert clusters.names_of_survivors(np.arange(30)) == [columns.ids[row] for row in rows[:30]]


def test_survivors_of_earlier_stages_are_found_by_their_ids(tmp_path: Path) -> None:
    clusters, rows, columns = _made(tmp_path)
    expected = [
        (columns.ids[rows[number]], int(clusters.sizes[number])) if clusters.sizes[number] > 1 else None
        for number in range(NUM)
    ]
    assert clusters.now(columns.ids) == expected
    assert clusters.now(["f" * 32, "0" * 31 + "z", columns.ids[7]]) == [None, None, expected[7]]
    assert clusters.now([]) == []


def test_large_clusters_that_grew_are_named_with_their_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE_CLUSTER", 8)
    clusters, _, columns = _made(tmp_path)
    found = list(clusters.large())
    assert [each["survivor"] for each in found] == [columns.ids[row] for row in (4, 3, 2, 1, 0)]
    assert found[0] == {
        "language": "und",
        "survivor": columns.ids[4],
        "size": sum(row % 10 + 1 for row in range(4, 30, 5)),
        "sites": {"site1.org": 3, "site0.org": 2},
    }
