"""Removes text that occurs in several places of a language, in all of them or all but one, and leaves clean edges.

The rest of a text may repeat another text across a seam: so it is searched once more, until
nothing more is to go. Later rounds write down only what can be the same as something at a seam, so they cost an
analysis of the text and little else; a language with repeats takes two or three.

    round 1    all texts -> occurrences -> files by hash -> ranges that go -> edges cleaned -> cuts
    round n    all texts as they are left -> occurrences that may be at a seam of the last round -> the same
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xdata.dedup.occurrences import Occurrences, Policy, Repeats
from xdata.records import EARLIER, TEXT, TEXT_BYTES, URL
from xdata.step import TextColumns
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes
from xdata.text.removed_spans import Range, RemovedSpans, cut_out, seams
from xdata.text.spans import Ints, cumulated

READS = frozenset({TEXT, TEXT_BYTES, URL, EARLIER})
"""Columns that finding repeats takes."""
MOST_ROUNDS = 8
"""More are only of texts that were written to need them; what they would cut stays."""

_FILTER_BITS = 24
_REACH = 2
"""Code points away from a seam at which it may change what words there are."""

Find = Callable[[Analyses, Ints], Occurrences]
"""Function from texts and their rows to what is to be compared."""


def cut_repeats(
    columns: TextColumns,
    find: Find,
    policy: Policy,
    *,
    bytes_each: int,
    rounds: int = MOST_ROUNDS,
    cuts: RemovedSpans | None = None,
) -> RemovedSpans:
    """What is to go by `policy`, of what `find` finds: about one occurrence in `bytes_each` bytes of text.

    `cuts` are what is to go already; they are among what is given back.
    """
    total = int(np.sum(columns.read(TEXT_BYTES).to_numpy())) if columns.num_rows else 0
    cuts, fresh = RemovedSpans.of(()) if cuts is None else cuts, None
    for number in range(rounds):
        folder = columns.scratch / f"{number}"
        repeats = Repeats(folder, columns, policy, expected=total // bytes_each if fresh is None else 0)
        for rows, analyses in analysed(columns, cuts):
            found = find(analyses, rows)
            repeats.add(found if fresh is None else found.where(fresh.may_have(found.high)))
        fresh = Filter()
        new = RemovedSpans.joined([_cut(columns, cuts, ranges, find, fresh) for ranges in repeats.ranges()])
        if not len(new):
            break
        cuts = cuts.then(new)
    return cuts


class Filter:
    """Bloom filter of the hashes at seams: no false negatives, some false positives."""

    def __init__(self) -> None:
        self._bits = np.zeros(1 << _FILTER_BITS, dtype=bool)

    def add(self, hashes: Hashes) -> None:
        self._bits[hashes >> np.uint64(64 - _FILTER_BITS)] = True

    def may_have(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self._bits[hashes >> np.uint64(64 - _FILTER_BITS)]
        return found


def analysed(columns: TextColumns, cuts: RemovedSpans, *, rows: Ints | None = None) -> Iterator[tuple[Ints, Analyses]]:
    """(rows, what `cuts` leave of their texts), some at a time."""
    for some, table in columns.batches((TEXT, URL), rows=rows):
        gone = cuts.where(int(some[0]), int(some[-1]) + 1).by_row()
        texts = table[TEXT].to_pylist()
        if gone:
            texts = [cut_out(text, gone.get(row, ())) for row, text in zip(some.tolist(), texts, strict=True)]
        yield some, _analyses(texts, table[URL].to_pylist(), columns.language)


def _analyses(texts: Sequence[str], urls: Sequence[str | None], language: str) -> Analyses:
    return Analyses(texts, declared_languages=[language] * len(texts), urls=urls)


def _cut(columns: TextColumns, cuts: RemovedSpans, ranges: RemovedSpans, find: Find, fresh: Filter) -> RemovedSpans:
    """The ranges with clean edges; the hashes at the seams are then added to the filter."""
    parts, wanted = [], ranges.by_row()
    for rows, analyses in analysed(columns, cuts, rows=np.unique(ranges.rows)):
        found = [clean(analyses, number, wanted[row]) for number, row in enumerate(rows.tolist())]
        left = [cut_out(text, gone) for text, gone in zip(analyses.texts, found, strict=True)]
        occurrences = find(_analyses(left, analyses.urls, columns.language), np.arange(len(left)))
        places = [(number << 32) + place for number, gone in enumerate(found) for place in seams(gone)]
        fresh.add(occurrences.where(_are_near(occurrences, np.array(places, dtype=np.int64))).high)
        parts.append(RemovedSpans.of((row, gone) for row, gone in zip(rows.tolist(), found, strict=True) if gone))
    return RemovedSpans.joined(parts)


def _are_near(found: Occurrences, places: Ints) -> npt.NDArray[np.bool_]:
    """Which occurrences have a seam in them or touch one."""
    rows = found.rows << 32
    first = np.searchsorted(places, rows + np.maximum(found.starts - _REACH, 0))
    mask: npt.NDArray[np.bool_] = first < np.searchsorted(places, rows + found.ends + _REACH, side="right")
    return mask


def clean(analyses: Analyses, number: int, ranges: Sequence[Range]) -> list[Range]:
    """Ranges of one text, that begin and end with words, as they are to be cut out of it.

    No other word is removed. Signs between two ranges are removed, or between one and an end of the text, and those
    that hang on one where white space stands behind them. Of the white space before and behind, that with more line
    ends stays, or the latter. No grapheme cluster is cut, and no two words become one: where they would, the last
    character of the range stays."""
    base = int(analyses.text_starts[number])
    edges = _Edges(analyses, number)
    found = []
    for start, end in edges.without_signs_between([(base + start, base + end) for start, end in ranges]):
        start, end = edges.around(start, end)
        if start < end:
            found.append((start - base, end - base))
    return found


class _Edges:
    """The surroundings of ranges of one text; places are those of its batch."""

    def __init__(self, analyses: Analyses, number: int) -> None:
        begin = int(analyses.text_starts[number])
        end = begin + int(analyses.lengths[number])
        part = slice(begin, end)
        self._begin, self._end = begin, end
        self._text = analyses.texts[number]
        self._classes = analyses.classes[part].tobytes()
        self._clusters = cp.clusters()[analyses.points[part]].tobytes()
        words = (analyses.classes[part] == cp.WORD) | (analyses.classes[part] == cp.UNSPACED)
        self._num_words = cumulated(words)
        self._closes = cp.has(analyses.traits[part], cp.Trait.TERMINAL | cp.Trait.CLOSER).tobytes()

    def without_signs_between(self, ranges: Sequence[Range]) -> list[Range]:
        """Those with nothing but signs and white space between them made one."""
        apart = [self._has_words(one[1], then[0]) for one, then in pairwise(ranges)]
        firsts = [True, *apart]
        lasts = [*apart, True]
        return list(
            zip(
                [start for (start, _), first in zip(ranges, firsts, strict=True) if first],
                [end for (_, end), last in zip(ranges, lasts, strict=True) if last],
                strict=True,
            )
        )

    def around(self, start: int, end: int) -> Range:
        """One range with the signs and the white space that go with it."""
        start, end = self._first_sign(self._back(start)), self._behind_signs(end)
        start = self._begin if not self._has_words(self._begin, start) else start
        end = self._end if not self._has_words(end, self._end) else end
        before, behind = start, end
        while before > self._begin and self._is_white(before - 1):
            before -= 1
        while behind < self._end and self._is_white(behind):
            behind += 1
        if behind < self._end and self._continues(behind):
            behind = end
        if before > self._begin and self._separates(before) and not self._separates(end):
            before += 1
        if before == self._begin or behind == self._end:
            return before, behind
        if before < start and behind > end:
            more_before = self._num_breaks(before, start) > self._num_breaks(end, behind)
            return (start, behind) if more_before else (before, end)
        if before == start and behind == end and self._class(start - 1) == self._class(end) == cp.WORD:
            end = self._back(end - 1)
        return start, end

    def _first_sign(self, start: int) -> int:
        """Where the signs begin that hang on what begins at a place, if white space is before them."""
        first = start
        while first > self._begin and self._class(first - 1) == cp.SYMBOL:
            first -= 1
        alone = first == self._begin or (self._is_white(first - 1) and not self._continues(first))
        return first if alone else start

    def _behind_signs(self, end: int) -> int:
        """Where the signs end that hang on what ends at a place: all before white space, else closing ones."""
        last = end
        while last < self._end and self._class(last) == cp.SYMBOL:
            last += 1
        if last < self._end and not self._is_white(last):
            last = end
            while last < self._end and self._class(last) == cp.SYMBOL and self._closes[last - self._begin]:
                last += 1
        while last < self._end and self._continues(last):
            last += 1
        return last

    def _back(self, place: int) -> int:
        """The begin of the cluster that a place is in."""
        while place > self._begin and self._continues(place):
            place -= 1
        return place

    def _continues(self, place: int) -> bool:
        """Whether a cluster continues at a position."""
        place -= self._begin
        return bool(self._clusters[place] & 1 or (place and self._clusters[place - 1] & 2))

    def _class(self, place: int) -> int:
        return self._classes[place - self._begin]

    def _is_white(self, place: int) -> bool:
        return self._classes[place - self._begin] <= cp.BREAK

    def _separates(self, place: int) -> bool:
        """Whether a word separator stands at a position: it belongs to the word before it."""
        return place < self._end and self._text[place - self._begin] in cp.WORD_SEPARATORS

    def _has_words(self, start: int, end: int) -> bool:
        return bool(self._num_words[start - self._begin] < self._num_words[end - self._begin])

    def _num_breaks(self, start: int, end: int) -> int:
        return self._classes.count(cp.BREAK, start - self._begin, end - self._begin)


def span_occurrences(
    analyses: Analyses, rows: Ints, texts: Ints, starts: Ints, ends: Ints, *, high: Hashes, low: Hashes
) -> Occurrences:
    """Occurrences from ranges of a batch and the number of the text of each."""
    base = analyses.text_starts[texts]
    return Occurrences(rows[texts], high, low, starts - base, ends - base)
