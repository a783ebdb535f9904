"""The words of some texts, and units of them: some words of one sentence and one script."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xdata.models.identifier import Reading
from xdata.models.letters import word_scripts
from xdata.text import code_points as cp
from xdata.text.code_points import Trait
from xdata.text.scripts import CJK, cjk_script, script_numbers, scripts_of
from xdata.text.spans import Ints, cumulated

UNIT_WORDS = 12
"""Words of a unit, at most."""
_CHANGE_INSIDE, _CHANGE_AT_END, _CHANGE_AT_LINE = 18.0, 6.0, 3.0
"""Cost of a change of language, in nats."""
_WIDE = 3
"""What an ideograph counts."""
_LETTERS_OF = {"Jpan": "Hira", "Kore": "Hang"}
"""Script that is mixed with Han -> the script that no other has."""


@dataclass(frozen=True)
class Words:
    """The words of some texts."""

    starts: Ints
    ends: Ints
    letters: Ints
    """How much each word weighs."""
    scripts: npt.NDArray[np.int16]
    changes: npt.NDArray[np.bool_]
    """Whether a line, a sentence or a run of one script begins with the word."""
    costs: npt.NDArray[np.float64]
    """Of a change of language before the word."""


def words_of(points: npt.NDArray[np.uint32], reading: Reading) -> Words:
    """The words that were read, each with its script, and whether and how easily the language changes before it."""
    starts, ends = reading.words.starts, reading.words.ends
    if not len(starts):
        return Words(starts, ends, starts, starts.astype(np.int16), starts.astype(bool), starts.astype(np.float64))
    breaks = cumulated(cp.classes()[points] == cp.BREAK)
    terminals = cumulated(cp.has(cp.traits()[points], Trait.TERMINAL))
    scripts = word_scripts(reading.words)
    lines, ended = np.ones((2, len(starts)), dtype=bool)
    lines[1:] = breaks[starts[1:]] > breaks[ends[:-1]]
    ended[1:] = terminals[starts[1:]] > terminals[ends[:-1]]
    changes = lines | ended
    changes[1:] |= scripts[1:] != scripts[:-1]
    costs = np.select([lines, ended], [_CHANGE_AT_LINE, _CHANGE_AT_END], _CHANGE_INSIDE)
    is_wide = scripts == script_numbers(("Hani",))[0]
    return Words(starts, ends, (ends - starts) * np.where(is_wide, _WIDE, 1), scripts, changes, costs)


def units_of(changes: npt.NDArray[np.bool_]) -> Ints:
    """First word of each unit; one more for the end."""
    edges = np.flatnonzero(changes)
    lengths = np.diff(np.append(edges, len(changes)))
    pieces = -(-lengths // UNIT_WORDS)
    within = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    starts = np.repeat(edges, pieces) + within * np.repeat(lengths, pieces) // np.repeat(pieces, pieces)
    return np.append(starts, len(changes))


def unit_scripts(points: npt.NDArray[np.uint32], words: Words, units: Ints) -> npt.NDArray[np.int16]:
    """Number of the script of each unit: of Korean that of Hangul, of Japanese that of Hiragana, as of whole texts."""
    scripts = words.scripts[units[:-1]]
    is_cjk = np.flatnonzero(scripts == script_numbers(("Hani",))[0])
    if len(is_cjk):
        numbers = scripts_of(points)
        starts, ends = words.starts[units[is_cjk]], words.ends[units[is_cjk + 1] - 1]
        sums = {code: cumulated(numbers == script_numbers((code,))[0]) for code in CJK}
        counts = np.stack([sums[code][ends] - sums[code][starts] for code in CJK], axis=1).tolist()
        codes = [_LETTERS_OF.get(cjk_script(dict(zip(CJK, row, strict=True))), "Hani") for row in counts]
        scripts[is_cjk] = [script_numbers((code,))[0] for code in codes]
    return scripts
