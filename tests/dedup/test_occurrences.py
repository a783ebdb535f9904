"""Occurrences that are compared in pieces: which go, by hand, and that files stay small."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.columns import MadeTexts
from xdata.dedup.occurrences import Occurrences, Policy, Repeats

_Found = Sequence[tuple[int, int]]
"""(row, hash), the place of each being its number."""


def _goes(found: _Found, policy: Policy, folder: Path, *, earlier: Sequence[int] = (), **options: int) -> set[int]:
    columns = MadeTexts(["x"] * 6, folder, earlier=earlier)
    repeats = Repeats(folder / "files", columns, policy, expected=options.pop("expected", 1), **options)
    for row in range(6):
        places = np.array([place for place, one in enumerate(found) if one[0] == row], dtype=np.int64)
        hashes = np.array([found[place][1] for place in places], dtype=np.uint64) << np.uint64(32)
        high = hashes >> np.uint64(33)  # two have the same 64 bits, and differ in the 32 others
        starts = places * 10
        repeats.add(Occurrences(np.full(len(places), row), high, hashes, starts, starts + 5))
    gone = {start // 10 for cuts in repeats.ranges() for start in cuts.starts.tolist()}
    assert not [path for path in folder.rglob("*") if path.is_file()]
    return gone


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=25).map(sorted),
    st.integers(2, 4),
    st.sampled_from(["first", "none"]),
    st.sampled_from(["document", "occurrence"]),
    st.sets(st.integers(0, 5), max_size=2),
    st.sampled_from([1, 100, 1 << 20]),
)
def test_they_are_those_of_counting_by_hand(
    tmp_path_factory: pytest.TempPathFactory,
    found: _Found,
    least: int,
    stays: Literal["first", "none"],
    each: Literal["document", "occurrence"],
    earlier: set[int],
    waiting_bytes: int,
) -> None:
    expected = set()
    for value in {one[1] for one in found}:
        places = [place for place, one in enumerate(found) if one[1] == value]
        places.sort(key=lambda place: (found[place][0] not in earlier, place))
        counted = {found[place][0] for place in places} if each == "document" else set(places)
        first = {place for place in places if found[place][0] == found[places[0]][0]}
        kept = (first if each == "document" else {places[0]}) if stays == "first" else set()
        if len(counted) >= least:
            expected |= {place for place in places if place not in kept and found[place][0] not in earlier}
    for num in (1, 1000):  # records expected decide the number of files
        policy = Policy(least=least, stays=stays, each=each)
        folder = tmp_path_factory.mktemp("files")
        gone = _goes(
            found, policy, folder, earlier=sorted(earlier), waiting_bytes=waiting_bytes, expected=num, bucket_bytes=280
        )
        assert gone == expected


def test_hashes_that_are_equal_in_64_bits_alone_cut_nothing(tmp_path: Path) -> None:
    columns = MadeTexts(["x", "y"], tmp_path)
    repeats = Repeats(tmp_path, columns, Policy(each="occurrence"), expected=2)
    one = np.array([7], dtype=np.uint64)
    for row in range(2):
        low = np.array([row << 32], dtype=np.uint64)
        repeats.add(Occurrences(np.array([row]), one, low, np.array([0]), np.array([1])))
    assert not list(repeats.ranges())


def test_what_stands_in_very_many_places_is_written_a_few_times_only(tmp_path: Path) -> None:
    """Files hold one of each for every time that memory was full, whatever the text."""
    columns = MadeTexts(["x"] * 100, tmp_path)
    for stays, each in (("first", "occurrence"), ("none", "document")):
        policy = Policy(least=5, stays=stays, each=each)  # type: ignore[arg-type]
        repeats = Repeats(tmp_path, columns, policy, expected=1, waiting_bytes=28_000)
        for row in range(100):
            starts = np.arange(100) * 10
            equal = np.full(100, 3, dtype=np.uint64)
            repeats.add(Occurrences(np.full(100, row), equal, equal, starts, starts + 5))
        written = sum(path.stat().st_size for path in (tmp_path / "occurrences").iterdir())
        assert written == 28 * 10
        gone = sum(len(cuts) for cuts in repeats.ranges())
        assert gone == (9999 if stays == "first" else 10_000)
