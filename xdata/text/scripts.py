"""Which scripts a text is written in, counted over all its code points at once.

A lookup table of one byte a code point (1.1 MB, Unicode property Script) turns a text into an array of script
numbers, so counting costs no Python per letter. Common and inherited code points (digits, punctuation, joiners,
most combining marks) belong to every script and are not counted.

Script codes are ISO 15924. Three of them stand for several Unicode scripts: `Jpan` (Han, Hiragana, Katakana),
`Kore` (Hangul, Han) and `Hans`/`Hant`, which Unicode does not tell apart: `han_variety` does, by the characters
that only one of the two national standards has.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from xdata.resources import resource
from xdata.text.code_points import to_array

SHARED = frozenset({"Zyyy", "Zinh", "Zzzz"})
"""Common, inherited and unassigned code points: of no script of their own."""

_COMPOSITE: dict[str, frozenset[str]] = {
    "Hans": frozenset({"Hani", "Bopo"}),
    "Hant": frozenset({"Hani", "Bopo"}),
    "Jpan": frozenset({"Hani", "Hira", "Kana"}),
    "Kore": frozenset({"Hang", "Hani"}),
}

CJK = ("Bopo", "Hang", "Hani", "Hira", "Kana")
"""Scripts that one text may have together."""
_CJK = ("Hani", "Hira", "Kana", "Hang")

_KANA_SHARE = 0.05
"""Least share of kana among Han and kana that makes a text Japanese; UDHR Japanese has 0.55."""

_HANGUL_SHARE = 0.05
"""Least share of Hangul among Han and Hangul that makes a text Korean."""


def script_members(script: str) -> frozenset[str]:
    """The Unicode scripts that a text in `script` is made of: `Jpan` -> Hani, Hira, Kana; `Latn` -> Latn."""
    return _COMPOSITE.get(script, frozenset({script}))


def count_scripts(text: str | npt.NDArray[np.uint32]) -> dict[str, int]:
    """Number of code points of each script in a text, most frequent first, ties by code; shared ones left out.

    The text may be given as its code points.
    """
    points = to_array(text) if isinstance(text, str) else text
    counts = np.bincount(_table()[points], minlength=len(script_codes()))
    found = [(code, int(n)) for code, n in zip(script_codes(), counts, strict=True) if n and code not in SHARED]
    return dict(sorted(found, key=lambda item: (-item[1], item[0])))


def scripts_of(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.int16]:
    """Number of the script of each code point, -1 for those of no script of their own."""
    numbers = _table()[points].astype(np.int16)
    numbers[np.isin(numbers, script_numbers(SHARED))] = -1
    return numbers


def script_numbers(codes: Iterable[str]) -> list[int]:
    """The numbers that `scripts_of` gives some scripts."""
    return [script_codes().index(code) for code in sorted(codes) if code in script_codes()]


def is_in_scripts(points: npt.NDArray[np.uint32], scripts: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Which code points are of one of some Unicode scripts."""
    mask: npt.NDArray[np.bool_] = _members(scripts)[_table()[points]]
    return mask


def dominant_script(counts: Mapping[str, int], text: str) -> str | None:
    """The script of a text from its `count_scripts`, which distinguishes Japanese, Korean, Hans and Hant.

    None where the text has no letter of any script; `Hani` where Hans and Hant cannot be distinguished.
    """
    script = _main_script(counts)
    return han_variety(text) or "Hani" if script == "Hani" else script


def main_scripts(texts: Sequence[str]) -> list[str | None]:
    """The script that most letters of each text are of: as `dominant_script`, but `Hani` for all Chinese."""
    lengths = [len(text) for text in texts]
    numbers = _table()[to_array("".join(texts))].astype(np.int64)
    kinds = len(script_codes())
    rows = np.repeat(np.arange(len(texts), dtype=np.int64) * kinds, lengths)
    counts = np.bincount(rows + numbers, minlength=len(texts) * kinds).reshape(len(texts), kinds)
    counts[:, script_numbers(SHARED)] = 0
    codes: list[str | None] = [script_codes()[number] for number in counts.argmax(axis=1).tolist()]
    for row in np.flatnonzero(counts[:, script_numbers(_CJK)].any(axis=1)).tolist():
        found = np.flatnonzero(counts[row]).tolist()
        codes[row] = _main_script({script_codes()[number]: int(counts[row, number]) for number in found})
    for row in np.flatnonzero(~counts.any(axis=1)).tolist():
        codes[row] = None
    return codes


def _main_script(counts: Mapping[str, int]) -> str | None:
    """The script that most letters are of, the first by its code of those that have as many; Han, kana and Hangul are
    counted as one, which is `Jpan`, `Kore` or `Hani`."""
    joined = dict(counts)
    cjk: dict[str, int] = {code: joined.pop(code) for code in _CJK if code in joined}
    if cjk:
        joined[cjk_script(cjk)] = sum(cjk.values())
    return min(joined, key=lambda code: (-joined[code], code), default=None)


def han_variety(text: str) -> str | None:
    """`Hans` or `Hant` for Chinese text, None where neither has more characters of its own.

    A character is simplified where GB 2312 has it and Big5 has not, traditional the other way round.
    """
    sides = np.bincount(han_sides(to_array(text)), minlength=3)
    simplified, traditional = int(sides[1]), int(sides[2])
    if simplified == traditional:
        return None
    return "Hans" if simplified > traditional else "Hant"


def han_sides(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """1 for each code point that only simplified Chinese has, 2 for one that only traditional Chinese has, else 0."""
    return _han_sides()[np.minimum(points, 0xFFFF)]


@cache
def script_ranges() -> tuple[tuple[int, int, str], ...]:
    """(first, last, code) of each run of code points of one script, in order."""
    rows = []
    for line in resource("scripts", "ranges.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            first, last, code = line.split("\t")
            rows.append((int(first, 16), int(last, 16), code))
    return tuple(rows)


@cache
def script_codes() -> tuple[str, ...]:
    """Unicode scripts by their number."""
    return tuple(sorted({code for _, _, code in script_ranges()} | SHARED))


def cjk_script(counts: Mapping[str, int]) -> str:
    """`Jpan`, `Kore` or `Hani` from the numbers of Han characters, kana and Hangul."""
    han, hangul = counts.get("Hani", 0), counts.get("Hang", 0)
    kana = counts.get("Hira", 0) + counts.get("Kana", 0)
    if kana and kana >= _KANA_SHARE * (han + kana) and kana >= hangul:
        return "Jpan"
    if hangul and hangul >= _HANGUL_SHARE * (han + hangul):
        return "Kore"
    return "Hani"


@cache
def _members(scripts: frozenset[str]) -> npt.NDArray[np.bool_]:
    return np.array([code in scripts for code in script_codes()])


@cache
def _table() -> npt.NDArray[np.uint8]:
    numbers = {code: number for number, code in enumerate(script_codes())}
    table = np.full(0x110000, numbers["Zzzz"], dtype=np.uint8)
    for first, last, code in script_ranges():
        table[first : last + 1] = numbers[code]
    return table


@cache
def _han_sides() -> npt.NDArray[np.uint8]:
    """0 for a code point in both or neither standard, 1 for simplified only, 2 for traditional only."""
    sides = np.zeros(0x10000, dtype=np.uint8)
    for code_point in range(0x4E00, 0xA000):
        simplified = _encodes(chr(code_point), "gb2312")
        traditional = _encodes(chr(code_point), "big5")
        if simplified != traditional:
            sides[code_point] = 1 if simplified else 2
    return sides


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
