"""Words as identification of languages sees them, and the n-grams of their letters, for a whole batch at once.

A word is a run of letters, marks and joiners of any script, with apostrophes inside; digits, signs and blanks part
words. Words are folded (case, forms of the apostrophe) and composed (NFC), each different word once. An n-gram is of
one to five code points of a word between its two boundary marks, or the whole word; each is a bucket of a table.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xdata.text import code_points as cp
from xdata.text.hashes import hash_words, mix
from xdata.text.scripts import CJK, script_members, script_numbers, scripts_of
from xdata.text.spans import Ints, cumulated

CodePoints = npt.NDArray[np.uint32]
Buckets = npt.NDArray[np.int64]

SIZES = (1, 2, 3, 4, 5)
"""Code points of n-grams."""
NO_BUCKET = 0
"""Of places where no n-gram begins."""

_START, _END = 1, 2
"""Code points that no word has, in place of its boundaries."""
_LONGEST = 32
"""Code points of a word; a longer run is cut."""
_DROPPED = dict.fromkeys((0x00AD, 0x2060))
"""Soft hyphen and word joiner."""
_BASE = np.uint32(0x01000193)
_SALT = np.uint32(0x9E3779B1)


@dataclass(frozen=True)
class LetterWords:
    """The words of some texts."""

    points: CodePoints
    """Of all different words one behind the other, each between boundary marks."""
    offsets: Ints
    """Where each different word begins in `points`; one more for the end."""
    words: Ints
    """Number of the different word, of each word of the texts in order."""
    starts: Ints
    """First code point of each word, in the texts joined by one code point each."""
    ends: Ints
    text_offsets: Ints
    """First word of each text; one more for the end."""
    text_starts: Ints
    """First code point of each text, in the texts joined."""


def letter_words(texts: Sequence[str]) -> LetterWords:
    """The words of some texts."""
    joined = cp.to_array("\n".join(texts))
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    text_starts = np.cumsum(lengths) - lengths
    starts, ends = _runs(joined)
    folded = cp.folds()[joined]
    _, first, words = np.unique(hash_words(folded, starts, ends), return_index=True, return_inverse=True)
    points, offsets = _composed(*_bounded(folded, starts[first], ends[first]))
    text_offsets = np.append(np.searchsorted(starts, text_starts), len(starts))
    return LetterWords(points, offsets, words.astype(np.int64), starts, ends, text_offsets, text_starts)


def word_scripts(words: LetterWords) -> npt.NDArray[np.int16]:
    """Number of the script of each word by its first letter: Han, kana and Hangul as one, since they are mixed.

    A word that begins with a mark is in the script of the one before; -1 at the start of a text.
    """
    firsts = scripts_of(words.points[words.offsets[:-1] + 1])
    firsts[np.isin(firsts, script_numbers(CJK))] = _han()
    scripts = firsts[words.words]
    if (firsts < 0).any():
        places = np.where(scripts >= 0, np.arange(len(scripts)), 0)
        text_firsts = words.text_offsets[:-1][np.diff(words.text_offsets) > 0]
        places[text_firsts] = text_firsts
        scripts = scripts[np.maximum.accumulate(places)]
    return scripts


def in_main_script(words: LetterWords, scripts: Sequence[str | None]) -> npt.NDArray[np.bool_]:
    """Which words begin in the script that their text is in (`main_scripts`); all of a text of which none does.

    Unidentified letters count as in it.
    """
    numbers = {script: _number(script) for script in set(scripts)}
    lengths = np.diff(words.text_offsets)
    mains = np.repeat(np.array([numbers[script] for script in scripts], dtype=np.int16), lengths)
    found = word_scripts(words)
    inside: npt.NDArray[np.bool_] = found == mains
    if not inside.all():
        inside |= (found < 0) | (mains < 0)
        inside |= np.repeat(np.diff(cumulated(inside)[words.text_offsets]) == 0, lengths)
    return inside


def buckets_of(points: CodePoints, offsets: Ints, num_buckets: int) -> tuple[Buckets, Buckets]:
    """(bucket of the n-gram of each size that begins at each place: (sizes, places), bucket of each whole word).

    NO_BUCKET stands where there is no n-gram, and for a word that is one of its n-grams.
    """
    mask = np.uint32(num_buckets - 1)
    lengths = np.diff(offsets)
    left = np.repeat(offsets[1:], lengths) - np.arange(len(points))
    found = np.zeros((len(SIZES), len(points)), dtype=np.int64)
    values = _spread(points)
    hashes = np.zeros(len(points), dtype=np.uint32)
    for row, size in enumerate(SIZES):
        step = np.zeros_like(hashes)
        step[: max(len(points) - size + 1, 0)] = values[size - 1 :]
        hashes = hashes * _BASE + step
        bucket = _spread(hashes + np.uint32(size)) & mask
        found[row] = np.where(left >= size, np.maximum(bucket, 1), NO_BUCKET)
    found[0] = np.where(points > _END, found[0], NO_BUCKET)  # a boundary alone is no evidence
    whole = (mix(hash_words(points, offsets[:-1], offsets[1:])) & np.uint64(mask)).astype(np.int64)
    return found, np.where(lengths > SIZES[-1], np.maximum(whole, 1), NO_BUCKET)


def _number(script: str | None) -> int:
    """Number that words in a script have; -1 for none."""
    if script is None:
        return -1
    is_cjk = not script_members(script).isdisjoint(CJK)
    return _han() if is_cjk else script_numbers((script,))[0]


def _han() -> int:
    return script_numbers(("Hani",))[0]


def _spread(values: CodePoints) -> CodePoints:
    mixed = (values ^ (values >> np.uint32(16))) * np.uint32(0x7FEB352D)
    mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(0x846CA68B)
    return mixed ^ (mixed >> np.uint32(16))


def _runs(points: CodePoints) -> tuple[Ints, Ints]:
    """(starts, ends) of the words, long ones cut."""
    inside = cp.is_lettering()[points]
    between = cp.classes()[points[1:-1]] == cp.APOSTROPHE
    inside[1:-1] |= between & inside[:-2] & inside[2:]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inside, [False]))))
    starts, ends = edges[::2], edges[1::2]
    lengths = ends - starts
    if len(lengths) and int(lengths.max()) > _LONGEST:
        pieces = -(-lengths // _LONGEST)
        within = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        starts = np.repeat(starts, pieces) + within * _LONGEST
        ends = np.minimum(starts + _LONGEST, np.repeat(ends, pieces))
    return starts, ends


def _bounded(points: CodePoints, starts: Ints, ends: Ints) -> tuple[CodePoints, Ints]:
    """Some words with boundary marks, composed, and where each begins; one more for the end."""
    lengths = ends - starts + 2
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    bounded = np.empty(int(offsets[-1]), dtype=np.uint32)
    within = np.arange(len(bounded)) - np.repeat(offsets[:-1], lengths)
    source = np.repeat(starts - 1, lengths) + within
    bounded[:] = points[np.clip(source, 0, max(len(points) - 1, 0))] if len(points) else 0
    bounded[offsets[:-1]], bounded[offsets[1:] - 1] = _START, _END
    return bounded, offsets


def _composed(points: CodePoints, offsets: Ints) -> tuple[CodePoints, Ints]:
    """The same words in NFC, without soft hyphens and word joiners; only those with such marks are touched."""
    marked = np.flatnonzero(cp.classes()[points] == cp.EXTEND)
    numbers = np.unique(np.searchsorted(offsets, marked, side="right") - 1)
    if not len(numbers):
        return points, offsets
    pieces, done, lengths = [], 0, np.diff(offsets)
    for number in numbers.tolist():
        start, end = int(offsets[number]), int(offsets[number + 1])
        word = points[start:end].tobytes().decode("utf-32-le", "surrogatepass")
        new = cp.to_array(unicodedata.normalize("NFC", word.translate(_DROPPED)))
        pieces += [points[done:start], new]
        done, lengths[number] = end, len(new)
    return np.concatenate([*pieces, points[done:]]), np.concatenate(([0], np.cumsum(lengths)))
