"""Words of any script, as ranges: what n-grams, stop words and a minimum of text are counted in.

Where spaces part words, a word is a run of letters, marks, digits and joiners, with the apostrophes between its
letters and the marks between its digits: `ya'yansu`, `3.14`. Where they do not (Han, kana, Thai, Lao, Khmer,
Burmese), ICU's dictionaries part the run, at 30 MB/s. Tibetan syllables are words, separated by its mark (tsheg).
Every other sign is a token of its own, a run of the same sign one token, so that `...` is one. Marks and joiners go
with what they stand behind, so that those of an emoji make no word.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xdata.text import code_points as cp
from xdata.text.spans import Ints

_PIECE = 1 << 20
"""Code points that ICU sees at a time, so that its list of words stays small."""


def find_tokens(classes: npt.NDArray[np.uint8], points: npt.NDArray[np.uint32], texts: Sequence[str]) -> Ints:
    """(start, end) of the tokens of some texts, shape (n, 2).

    `points` are the code points of all texts, each followed by a line end at least, `classes` the classes of them
    after `resolve`; `texts` are needed for the scripts without spaces only.
    """
    same = (classes[1:] == classes[:-1]) & ((classes[1:] != cp.SYMBOL) | (points[1:] == points[:-1]))
    begins = np.ones(len(classes), dtype=bool)
    begins[1:] = ~same
    signs = np.flatnonzero(begins[1:] & (classes[1:] == cp.SYMBOL) & (classes[:-1] == cp.SYMBOL)) + 1
    begins[signs] = cp.classes()[points[signs]] != cp.EXTEND
    if cp.UNSPACED in classes:
        _add_dictionary_words(begins, classes, texts)
    edges = np.append(np.flatnonzero(begins), len(classes))
    token = classes[edges[:-1]] > cp.BREAK
    return np.stack([edges[:-1][token], edges[1:][token]], axis=1)


def resolve(
    classes: npt.NDArray[np.uint8], traits: npt.NDArray[np.uint8], points: npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint8]:
    """Classes in which only SPACE, BREAK, WORD, UNSPACED and SYMBOL are left; ends in a BREAK.

    A mark belongs to the character before it; an apostrophe between letters and a point between digits to the word.
    """
    classes = classes.copy()
    _extend(classes)
    places = np.flatnonzero((classes == cp.APOSTROPHE) | (classes == cp.NUMERIC))
    if len(places):
        before, behind = np.maximum(places - 1, 0), places + 1
        apostrophe = (classes[places] == cp.APOSTROPHE) & (classes[before] == cp.WORD) & (classes[behind] == cp.WORD)
        number = cp.has(traits[before], cp.Trait.DIGIT) & cp.has(traits[behind], cp.Trait.DIGIT)
        letter_like = cp.has(traits[places], cp.Trait.LETTER) & (
            (classes[before] == cp.WORD) | (classes[behind] == cp.WORD)
        )
        inside = apostrophe | number | letter_like
        classes[(classes == cp.APOSTROPHE) | (classes == cp.NUMERIC)] = cp.SYMBOL
        classes[places[inside]] = cp.WORD
    return classes


def _extend(classes: npt.NDArray[np.uint8]) -> None:
    marks = np.flatnonzero(classes == cp.EXTEND)
    if not len(marks):
        return
    first = np.flatnonzero(np.diff(marks, prepend=-2) > 1)
    run_starts = marks[first]
    before = np.where(run_starts > 0, classes[run_starts - 1], cp.SPACE)
    carried = np.where((before == cp.WORD) | (before == cp.UNSPACED), before, cp.SYMBOL).astype(np.uint8)
    classes[marks] = np.repeat(carried, np.diff(np.append(first, len(marks))))


def _add_dictionary_words(begins: npt.NDArray[np.bool_], classes: npt.NDArray[np.uint8], texts: Sequence[str]) -> None:
    from icu4py.breakers import WordBreaker

    start = 0
    for text in texts:
        for offset in range(0, len(text), _PIECE):
            piece = text[offset : offset + _PIECE]
            part = slice(start + offset, start + offset + len(piece))
            if cp.UNSPACED in classes[part]:
                whole = piece.encode("utf-8", "replace").decode()  # ICU refuses lone surrogates: `?` for each
                lengths = np.fromiter(map(len, WordBreaker(whole, "root")), dtype=np.int64)
                edges = part.start + np.cumsum(lengths)[:-1]
                begins[edges[classes[edges] == cp.UNSPACED]] = True
        start += len(text) + 2
