from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xdata.disk import hash_file
from xdata.run.commit import RankOutput, commit_path, read_commit


def test_nothing_is_there_before_the_commit_and_everything_after(tmp_path: Path) -> None:
    output = RankOutput(tmp_path, 3)
    file = output.parquet("data/a.parquet", pa.schema([("n", pa.int64())]))
    file.write(pa.table({"n": [1, 2]}))
    file.write(pa.table({"n": pa.array([], pa.int64())}))
    file.write(pa.table({"n": [3]}))
    assert not (tmp_path / "data").exists()
    assert not commit_path(tmp_path, 3).exists()
    commit = output.commit({"groups": [1]})
    assert read_commit(tmp_path, 3) == commit
    (written,) = commit.outputs
    assert (written.name, written.num_rows) == ("data/a.parquet", 3)
    assert written.sha256 == hash_file(tmp_path / "data" / "a.parquet")
    assert written.num_bytes == (tmp_path / "data" / "a.parquet").stat().st_size
    assert pq.ParquetFile(tmp_path / "data" / "a.parquet").metadata.num_row_groups == 2


def test_equal_rows_make_equal_bytes(tmp_path: Path) -> None:
    hashes = set()
    for name in ("one", "two"):
        output = RankOutput(tmp_path / name, 0)
        output.parquet("a.parquet", pa.schema([("t", pa.string())])).write(pa.table({"t": ["ක", "ख"] * 500}))
        hashes.add(output.commit({}).outputs[0].sha256)
    assert len(hashes) == 1


def test_an_empty_table_is_a_file_with_a_schema(tmp_path: Path) -> None:
    output = RankOutput(tmp_path, 0)
    output.parquet("a.parquet", pa.schema([("t", pa.string())]))
    assert output.commit({}).outputs[0].num_rows == 0
    assert pq.read_table(tmp_path / "a.parquet").schema.names == ["t"]
