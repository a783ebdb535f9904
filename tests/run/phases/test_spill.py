from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.run.phases.spill import Spill

_SCHEMA = pa.schema([pa.field("text", pa.string())])


@pytest.mark.parametrize("full_bytes", [1, 200, 1 << 20])
@given(st.lists(st.lists(st.tuples(st.text(max_size=9), st.integers(0, 5)), max_size=8), max_size=6))
def test_every_row_is_read_back_from_its_bucket_in_order(
    tmp_path_factory: pytest.TempPathFactory, full_bytes: int, added: list[list[tuple[str, int]]]
) -> None:
    spill = Spill(tmp_path_factory.mktemp("spill") / "new", _SCHEMA, full_bytes=full_bytes)
    for rows in added:
        table = pa.table({"text": pa.array([text for text, _ in rows], pa.string())}, schema=_SCHEMA)
        spill.add(table, np.array([bucket for _, bucket in rows], dtype=np.int64))
    for bucket in range(7):
        expected = [text for rows in added for text, found in rows if found == bucket]
        assert spill.read(bucket)["text"].to_pylist() == expected


def test_what_fits_into_memory_writes_nothing_and_files_are_removed(tmp_path: Path) -> None:
    table = pa.table({"text": ["a", "b"]}, schema=_SCHEMA)
    small, large = Spill(tmp_path / "small", _SCHEMA), Spill(tmp_path / "large", _SCHEMA, full_bytes=1)
    for spill in (small, large):
        spill.add(table, np.array([1, 0]))
        assert spill.read(0)["text"].to_pylist() == ["b"]
    assert not (tmp_path / "small").exists()
    assert len(list((tmp_path / "large").iterdir())) == 1
    large.close()
    assert list((tmp_path / "large").iterdir()) == []
