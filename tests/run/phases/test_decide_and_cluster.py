"""What user steps may give back, and what is refused before a document is lost."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from xdata.dedup.exact import ExactDuplicates
from xdata.errors import RunError
from xdata.filters.errors import DropErrors
from xdata.run.phases import cluster, decide
from xdata.step import Drops, ReferenceMatches, Survivors


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [([-1], ["x"]), ([3], ["x"]), ([1, 0], ["x", "y"]), ([1, 1], ["x", "y"]), ([0], []), ([0], [""]), ([0], [None])],
)
def test_drops_that_make_no_sense_are_refused(rows: list[int], reasons: list[str]) -> None:
    nothing = [None] * len(rows)
    with pytest.raises(RunError, match="step 'errors' gave"):
        decide.check_drops(DropErrors(), Drops(rows, reasons, nothing, nothing), 3)


@pytest.mark.parametrize(
    "survivors",
    [
        np.array([1, 0]),
        np.array([1, 2]),
        np.array([-1, 1]),
        np.array([0]),
        np.array([0.0, 1.0]),
        np.array([[0, 1]]),
    ],
)
def test_survivors_that_make_no_sense_are_refused(survivors: npt.NDArray[np.int64]) -> None:
    with pytest.raises(RunError, match="step 'exact' gave"):
        cluster._checked(ExactDuplicates(), survivors, 2)
    assert cluster._checked(ExactDuplicates(), np.array([1, 1], dtype=np.int32), 2).rows.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("rows", "ids", "corpora"),
    [([2], ["a"], [0]), ([-1], ["a"], [0]), ([1, 0], ["a", "b"], [0, 0]), ([1], [], [0]), ([0], ["a"], [0])],
)
def test_copies_of_references_that_make_no_sense_are_refused(
    rows: list[int], ids: list[str], corpora: list[int]
) -> None:
    survivors = np.array([1, 1])
    good = Survivors(survivors, ReferenceMatches(np.array([1]), pa.array(["a"]), np.array([0])))
    assert cluster._checked(ExactDuplicates(), good, 2).references == good.references
    matches = ReferenceMatches(np.array(rows), pa.array(ids, pa.string()), np.array(corpora))
    with pytest.raises(RunError, match="step 'exact' gave copies of references"):
        cluster._checked(ExactDuplicates(), Survivors(survivors, matches), 2)
