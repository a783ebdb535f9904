"""What is wrong with a line: the rules of C4 and of MAFT, in every script, over all lines of a batch at once."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import regex

from xdata.resources import resource
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes
from xdata.text.spans import Ints, cumulated
from xdata.yaml_files import read_yaml

LineRule = Literal["no_sentence_end", "few_words", "no_letters", "long_word", "site_policy"]

MAX_WORD_LENGTH = 1000
"""Code points of the longest word that C4 leaves in a line."""

_CITATIONS = regex.compile(r"(?:\s*\[\d{0,3}\])+$")
_CITATIONS_LENGTH = 60
"""Code points at the end of a line in which citation marks are looked for."""

Mask = npt.NDArray[np.bool_]


def line_faults(analyses: Analyses, rules: Iterable[LineRule], *, min_words: int) -> Mapping[LineRule, Mask]:
    """Which lines each rule finds fault with.

    `no_sentence_end`: it ends in no mark that ends sentences and no closing quotation mark, or in an ellipsis.
    `few_words`: it has fewer than `min_words` words. `no_letters`: it is of digits and signs alone. `long_word`: it
    has a word of more than 1,000 code points. `site_policy`: it speaks of cookies, terms of use or JavaScript.
    """
    return {rule: _RULES[rule](analyses) if rule != "few_words" else few_words(analyses, min_words) for rule in rules}


def few_words(analyses: Analyses, min_words: int) -> Mask:
    """Lines with fewer words than that."""
    return _in_lines(analyses, analyses.token_is_word) < min_words


def no_letters(analyses: Analyses) -> Mask:
    """Lines without a letter."""
    mask: npt.NDArray[np.bool_] = _in_lines(analyses, analyses.token_has_letter) == 0
    return mask


def long_word(analyses: Analyses) -> Mask:
    """Lines with a word that is too long to be one."""
    return _in_lines(analyses, analyses.token_is_word & (analyses.tokens.lengths > MAX_WORD_LENGTH)) > 0


def site_policy(analyses: Analyses) -> Mask:
    """Lines about the site itself."""
    return _in_lines(analyses, find_phrases(analyses, phrases("phrases"))) > 0


def no_sentence_end(analyses: Analyses) -> Mask:
    """Lines that end neither as a sentence does nor in a closing quotation mark, or in an ellipsis."""
    ends = _without_citation(analyses, analyses.lines.ends)
    quoted = cp.has(analyses.traits[ends - 1], cp.Trait.QUOTE)
    return ~(analyses.ends_sentence(ends) | quoted) | analyses.ends_in_ellipsis(ends)


def find_phrases(analyses: Analyses, wanted: tuple[tuple[int, ...], ...]) -> Mask:
    """Which tokens begin one of some phrases within their line, as `phrases` gives them."""
    found = np.zeros(len(analyses.tokens), dtype=bool)
    hashes, lines = analyses.token_hashes, analyses.line_tokens
    heads = _heads(wanted)
    places = np.flatnonzero(heads[np.minimum(np.searchsorted(heads, hashes), len(heads) - 1)] == hashes)
    inside = lines.ends[np.searchsorted(lines.starts, places, side="right") - 1]
    there = set(hashes[places].tolist())
    for phrase in (phrase for phrase in wanted if phrase[0] in there):
        at = places[(hashes[places] == phrase[0]) & (places + len(phrase) <= inside)]
        for offset, word in enumerate(phrase[1:], start=1):
            at = at[hashes[at + offset] == word]
        found[at] = True
    return found


@cache
def phrases(group: str) -> tuple[tuple[int, ...], ...]:
    """Hashes of the tokens of each phrase of `resources/lines/policy.yaml`: `phrases` or `placeholder`."""
    texts = [str(phrase) for phrase in read_yaml(resource("lines", "policy.yaml"))[group]]
    analyses = Analyses(texts)
    hashes: Hashes = analyses.token_hashes
    return tuple(tuple(part.tolist()) for part in np.split(hashes, analyses.tokens.bounds[1:-1]))


@cache
def _heads(wanted: tuple[tuple[int, ...], ...]) -> Hashes:
    return np.unique(np.array([phrase[0] for phrase in wanted], dtype=np.uint64))


def _without_citation(analyses: Analyses, ends: Ints) -> Ints:
    """Where lines end without the citation marks of encyclopaedias behind their last sentence."""
    ends = ends.copy()
    for number in np.flatnonzero(analyses.points[ends - 1] == ord("]")).tolist():
        end = int(ends[number])
        start = max(end - _CITATIONS_LENGTH, int(analyses.lines.starts[number]) + 1)
        found = _CITATIONS.search("".join(map(chr, analyses.points[start:end].tolist())))
        if found:
            ends[number] = start + found.start()
    return ends


def _in_lines(analyses: Analyses, tokens: Mask) -> Ints:
    """How many of the tokens for which that is true are in each line."""
    sums, lines = cumulated(tokens), analyses.line_tokens
    return sums[lines.ends] - sums[lines.starts]


_RULES = {
    "no_sentence_end": no_sentence_end,
    "no_letters": no_letters,
    "long_word": long_word,
    "site_policy": site_policy,
}
