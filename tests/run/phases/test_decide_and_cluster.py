"""What user steps may give back, and what is refused before a document is lost."""

import numpy as np
import numpy.typing as npt
import pytest

from xdata.dedup.exact import ExactDuplicates
from xdata.errors import RunError
from xdata.filters.errors import DropErrors
from xdata.run.phases import cluster, decide
from xdata.step import Drops, Survivors


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


def test_survivors_of_other_corpora_are_behind_the_rows() -> None:
    found = Survivors(np.array([0, 2]), known=["a"])
    assert cluster._checked(ExactDuplicates(), found, 2) == Survivors(found.rows, ["a"])
    with pytest.raises(RunError, match="step 'exact' gave"):
        cluster._checked(ExactDuplicates(), Survivors(np.array([0, 3]), known=["a"]), 2)
