"""Other ways to write a language: found all at once, folded where words are compared, rewritten on request.

A form of up to three code points is a variant of a standard form that is not longer (`variants` of a language file), so
that what is found can be written in place, and what is left over is left out. The longest form wins, then the first.

An apostrophe is a letter of some languages and a quotation mark of all. It is taken for a letter inside of a word; at
the edge of a word only where the form allows it, and only in a line that has no apostrophes or quotation
marks at both edges of words, since those may be a quotation. Where it is taken for a letter, it is part of its word.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from xdata.language_facts import Variants
from xdata.language_files import variants_of
from xdata.text import code_points as cp
from xdata.text.spans import Ints

Points = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

MARKS = cp.APOSTROPHES + '\u2018`\u00b4"\u05f3\u05f4'
"""Apostrophes, and marks that are written in their place."""

_JOINERS = {"ZWNJ": 0x200C, "ZWJ": 0x200D}
_LONGEST = 3
_BITS = 21
"""Of a code point."""
_END = ord("\n")


@dataclass(frozen=True)
class Forms:
    """The forms of a language as arrays, in order of `keys`."""

    names: tuple[str, ...]
    """What a rewriting is counted as, as `ي>ی`; empty for a standard form that maps to itself."""
    begins: Mask
    """Code points that forms begin with, as `_table` has them."""
    alone: Mask
    """Code points that are a form."""
    follows: Mask
    """Code points that are the second one of a form."""
    keys: Ints
    """Three code points as one number, 0 behind the last."""
    lengths: Ints
    marks: Ints
    """Place of the apostrophe in each form, -1 without."""
    standard: Points
    """Shape (n, 3), 0 behind the last."""
    folded: Points
    """The same as words are compared."""
    kept: Ints
    """Code points of each standard form."""
    before: Mask | None
    """Code points that can follow a form with an apostrophe; None where any can."""
    ignored: Points
    """Joiners that make no difference."""


@dataclass(frozen=True)
class Found:
    """Forms in some code points: where each begins, ascending, and its number."""

    starts: Ints
    numbers: Ints


def forms_of(language: str | None) -> Forms | None:
    """The forms of a language, by its code; None where its file has none."""
    variants = variants_of(language) if language else None
    return None if variants is None else _compile(_Key(variants))


def find_forms(points: Points, forms: Forms) -> Found:
    """The forms in some code points, none over another."""
    padded = np.concatenate([[_END], points, [_END] * _LONGEST]).astype(np.uint32)
    places = np.flatnonzero(_are_in(padded, forms.begins))
    places = places[_are_in(padded[places], forms.alone) | _are_in(padded[places + 1], forms.follows)]
    numbers = _longest(padded, places, forms)
    places, numbers = places[numbers >= 0], numbers[numbers >= 0]
    mask = _may_be(padded, places, numbers, forms)
    places, numbers = places[mask], numbers[mask]
    apart = _first_of_overlapping(places, places + forms.lengths[numbers])
    return Found(places[apart] - 1, numbers[apart])


def write_standard(points: Points, found: Found, forms: Forms, *, folded: bool = False) -> Ints:
    """Writes standard forms over what was found, in place; the places that are left over, ascending."""
    standard, left_over = forms.folded if folded else forms.standard, []
    for offset in range(_LONGEST):
        written = forms.kept[found.numbers] > offset
        points[found.starts[written] + offset] = standard[found.numbers[written], offset]
        left_over.append(found.starts[~written & (forms.lengths[found.numbers] > offset)] + offset)
    return np.sort(np.concatenate(left_over))


def fold(points: Points, folded: Points, found: Found, forms: Forms) -> Ints:
    """Writes folded standard forms over what was found in `points` into `folded`; the places to leave out."""
    places = write_standard(folded, found, forms, folded=True)
    return np.union1d(places, np.flatnonzero(np.isin(points, forms.ignored))) if len(forms.ignored) else places


def mark_places(found: Found, forms: Forms) -> Ints:
    """Where the apostrophes of what was found are."""
    marks = forms.marks[found.numbers]
    return (found.starts + marks)[marks >= 0]


def rewrite(text: str, forms: Forms) -> tuple[str, Counter[str]]:
    """The text with every form in its standard form, and how often each was rewritten; joiners stay."""
    points = cp.to_array(text).copy()
    found = find_forms(points, forms)
    counts = np.bincount(found.numbers, minlength=len(forms.names))
    changes: Counter[str] = Counter()
    for number in np.flatnonzero(counts).tolist():
        if forms.names[number]:
            changes[forms.names[number]] += int(counts[number])
    if not changes:
        return text, changes
    left_over = write_standard(points, found, forms)
    return np.delete(points, left_over).astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"), changes


class _Key:
    """Variants by identity: they are read once for each state of a file, and hold a mapping."""

    def __init__(self, variants: Variants) -> None:
        self.variants = variants

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.variants is self.variants

    def __hash__(self) -> int:
        return id(self.variants)


@cache
def _compile(key: _Key) -> Forms:
    variants = key.variants
    folds = {
        form: (standard, _name(low, variants.folds[low])) for form, standard, low in _cased(variants.folds.items())
    }
    for standard in [standard for standard, _ in folds.values()]:
        if len(standard) == 1 and standard in MARKS and not standard.isalpha():
            folds.setdefault(standard, (standard, ""))
    rows = sorted((_key(form), form, standard, name) for form, (standard, name) in folds.items())
    forms = [form for _, form, _, _ in rows]
    standards = np.array([_padded(standard) for _, _, standard, _ in rows], dtype=np.uint32).reshape(-1, _LONGEST)
    return Forms(
        names=tuple(name for *_, name in rows),
        begins=_table(form[0] for form in forms),
        alone=_table(form for form in forms if len(form) == 1),
        follows=_table(form[1] for form in forms if len(form) > 1),
        keys=np.array([number for number, *_ in rows], dtype=np.int64),
        lengths=np.array([len(form) for form in forms], dtype=np.int64),
        marks=np.array([_mark(form) for form in forms], dtype=np.int64),
        standard=standards,
        folded=cp.folds()[standards],
        kept=np.array([len(standard) for _, _, standard, _ in rows], dtype=np.int64),
        before=_table(c for letter in variants.before.split() for c in (letter, letter.upper()) if len(c) == 1)
        if variants.before
        else None,
        ignored=np.array([_JOINERS[name] for name in variants.ignored], dtype=np.uint32),
    )


def _cased(folds: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """(form, standard form, form in lower case), in each case that has as many code points."""
    for low, standard in folds:
        yield low, standard, low
        for case in (str.upper, lambda text: text[:1].upper() + text[1:]):
            if case(low) != low and len(case(low)) == len(low) and len(case(standard)) == len(standard):
                yield case(low), case(standard), low


def _name(form: str, standard: str) -> str:
    """`form>standard`, with what cannot be seen by its number."""
    return "".join(c if c == " " or c.isprintable() else f"U+{ord(c):04X}" for c in f"{form}>{standard}")


def _key(form: str) -> int:
    return sum(ord(c) << _BITS * (_LONGEST - 1 - place) for place, c in enumerate(form))


def _mark(form: str) -> int:
    return next((place for place, c in enumerate(form) if c in MARKS), -1)


def _padded(standard: str) -> list[int]:
    return [*map(ord, standard), *[0] * (_LONGEST - len(standard))]


def _table(characters: Iterable[str]) -> Mask:
    """Code point -> whether it is one of them, as far as the last one and one more; for `_are_in`."""
    numbers = [ord(c) for c in characters]
    table = np.zeros(max(numbers, default=0) + 2, dtype=bool)
    table[numbers] = True
    return table


def _are_in(points: Points, table: Mask) -> Mask:
    mask: Mask = table[np.minimum(points, len(table) - 1)]
    return mask


def _longest(padded: Points, places: Ints, forms: Forms) -> Ints:
    """Number of the longest form at each position, -1 for none."""
    numbers = np.full(len(places), -1, dtype=np.int64)
    key = np.zeros(len(places), dtype=np.int64)
    for size in range(_LONGEST):
        key += padded[places + size].astype(np.int64) << _BITS * (_LONGEST - 1 - size)
        at = np.minimum(np.searchsorted(forms.keys, key), len(forms.keys) - 1)
        hit = forms.keys[at] == key
        numbers[hit] = at[hit]
    return numbers


def _may_be(padded: Points, places: Ints, numbers: Ints, forms: Forms) -> Mask:
    """Mask of the forms that are true variants, by the rules of this module."""
    ends, marks = places + forms.lengths[numbers], forms.marks[numbers]
    mask = np.ones(len(places), dtype=bool)
    marked = np.flatnonzero(marks >= 0)
    if len(marked):
        at, behind = (places + marks)[marked], padded[ends[marked]]
        alone = (forms.lengths[numbers[marked]] == 1) & (forms.before is None)
        inside = _is_letter(padded[at - 1]) & _is_letter(padded[at + 1])
        mask[marked] = inside | (~alone & ~_may_quote(padded, at, ~inside & ~alone))
        mask[marked] &= True if forms.before is None else _are_in(behind, forms.before)
    removed = np.flatnonzero(forms.kept[numbers] == 0)
    if len(removed):
        mask[removed] = _inside_of_words(padded, places[removed])
    return mask


def _may_quote(padded: Points, at: Ints, asked: Mask) -> Mask:
    """Which of the apostrophes that are asked for are in a line with such marks at both edges of words."""
    mask = np.zeros(len(at), dtype=bool)
    asked = asked & _are_in(padded[at], _quotes())
    if asked.any():
        marks = np.flatnonzero(_are_in(padded, _quotes()))
        lines = np.searchsorted(np.flatnonzero(cp.classes()[padded] == cp.BREAK), marks)
        before, behind = padded[marks - 1], padded[marks + 1]
        opens = ~_is_letter(before) & _is_letter(behind)
        closes = ~_is_letter(behind) & (cp.classes()[before] > cp.BREAK)
        both = np.intersect1d(lines[opens], lines[closes])
        mask[asked] = np.isin(lines[np.searchsorted(marks, at[asked])], both)
    return mask


def _inside_of_words(padded: Points, places: Ints) -> Mask:
    """Which code points that are to be removed, runs of them together, have letters around."""
    first = np.diff(places, prepend=-_LONGEST) > 1
    starts, ends = places[first], places[np.append(first[1:], True)] + 1
    around = _is_letter(padded[starts - 1]) & _is_letter(padded[ends])
    return np.repeat(around, ends - starts)


def _first_of_overlapping(starts: Ints, ends: Ints) -> Mask:
    """Of forms that are over each other the first one, and so on behind it."""
    mask = np.ones(len(starts), dtype=bool)
    over = np.append(False, starts[1:] < ends[:-1])[: len(starts)]
    some = np.flatnonzero(over | np.append(over[1:], False)[: len(over)])
    last = 0
    for number, start, end in zip(some.tolist(), starts[some].tolist(), ends[some].tolist(), strict=True):
        if start < last:
            mask[number] = False
        else:
            last = end
    return mask


def _is_letter(points: Points) -> Mask:
    """Letters of any kind, and marks and joiners that go with them."""
    classes, traits = cp.classes()[points], cp.traits()[points]
    letters: Mask = (classes == cp.WORD) | (classes == cp.UNSPACED) | (classes == cp.EXTEND)
    letters &= ~cp.has(traits, cp.Trait.DIGIT)
    letters |= cp.has(traits, cp.Trait.LETTER)
    return letters


@cache
def _quotes() -> Mask:
    """Marks that may be quotation marks; modifier letters are none."""
    return _table(c for c in MARKS if not c.isalpha())
