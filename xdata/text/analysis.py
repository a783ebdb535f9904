"""The one analysis of documents that every score and signature reads, each part computed when first asked for.

Documents are analysed some hundreds at a time: their code points lie in one array, and lines, sentences, words and
hashes are found in all of them at once, so that the cost is that of arrays and not of Python.

    texts -> code points -> classes -> lines, paragraphs, sentences, tokens -> words -> 64-bit hashes

Nothing of it is stored: it lives as long as the annotate stage has the documents in hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import groupby
from typing import overload

import numpy as np
import numpy.typing as npt

from xdata.resources import resource
from xdata.text import code_points as cp
from xdata.text import scripts, words
from xdata.text.hashes import Hashes, hash_ranges, hash_texts, hash_words, hash_words_without
from xdata.text.spans import Ints, Spans, cumulated
from xdata.text.variants import Forms, Found, find_forms, fold, forms_of, mark_places
from xdata.yaml_files import read_yaml

GAP = 2
"""Line ends between two texts of a batch, at least two: a line and a paragraph end with their text."""

_ELLIPSIS = ord("\u2026")
_DOT = ord(".")
_DOTS = 3
_ZERO_WIDTH_SPACE = 0x200B
_CLOSERS = 3
"""Quotation marks and brackets that may stand behind the end of a sentence."""

_PHRASE = 30
"""Least code points between two spaces that make a sentence of Thai or Lao, which have no mark for its end."""


class CodePoints:
    """The code points of some texts in one array, and all that is known of them whatever language they are in."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @cached_property
    def lengths(self) -> Ints:
        """Code points of each text."""
        return np.fromiter(map(len, self.texts), dtype=np.int64, count=len(self.texts))

    @cached_property
    def text_starts(self) -> Ints:
        """Place of the first code point of each text."""
        return np.cumsum(self.lengths + GAP) - self.lengths - GAP

    def slice_of(self, number: int) -> slice:
        """The places of one text."""
        start = int(self.text_starts[number])
        return slice(start, start + int(self.lengths[number]))

    @cached_property
    def points(self) -> npt.NDArray[np.uint32]:
        """Code points of all texts, each followed by line ends."""
        return cp.to_array("".join([text + "\n" * GAP for text in self.texts]))

    @cached_property
    def traits(self) -> npt.NDArray[np.uint8]:
        """What each code point is, for `code_points.has`."""
        return cp.traits()[self.points]

    @cached_property
    def classes(self) -> npt.NDArray[np.uint8]:
        """Which part of a word each code point is in a language without variants."""
        return words.resolve(cp.classes()[self.points], self.traits, self.points)

    @cached_property
    def script_counts(self) -> Sequence[Mapping[str, int]]:
        """Of each text, script -> its number of code points, the most frequent script first."""
        return [scripts.count_scripts(self.points[self.slice_of(number)]) for number in range(len(self.texts))]

    @cached_property
    def scripts(self) -> Sequence[str | None]:
        """The dominant script of each text, ISO 15924; None for a text without letters."""
        return [
            scripts.dominant_script(counts, text) for counts, text in zip(self.script_counts, self.texts, strict=True)
        ]


class Analysis:
    """What scores and signatures know of one document; a view of its batch."""

    def __init__(self, batch: "Analyses", number: int) -> None:
        self._batch = batch
        self._number = number

    @property
    def id(self) -> str:
        """Id of the document; empty where the batch was made without ids."""
        return self._batch.ids[self._number]

    @property
    def text(self) -> str:
        return self._batch.texts[self._number]

    @property
    def url(self) -> str | None:
        """URL of the document, None if unknown."""
        return self._batch.urls[self._number]

    @property
    def declared_language(self) -> str | None:
        """Code of the language that the source declares, None if it declares none."""
        return self._batch.declared_languages[self._number]

    @property
    def language(self) -> str | None:
        """Code of the language that it was found to be in, the declared one before that; None where neither is."""
        return self._batch.languages[self._number]

    @property
    def script_counts(self) -> Mapping[str, int]:
        """Number of code points of each script, shared ones (digits, punctuation) left out; most frequent first."""
        return self._batch.code_points.script_counts[self._number]

    @property
    def script(self) -> str | None:
        """The dominant script, ISO 15924; None for a text without letters."""
        return self._batch.code_points.scripts[self._number]

    @property
    def words(self) -> list[str]:
        """The words as they stand."""
        batch, text = self._batch, self.text
        first, last = batch.words.bounds[self._number : self._number + 2]
        start = int(batch.text_starts[self._number])
        ranges = zip(batch.words.starts[first:last].tolist(), batch.words.ends[first:last].tolist(), strict=True)
        return [text[begin - start : end - start] for begin, end in ranges]

    def alone(self) -> "Analyses":
        """The document as a batch of one."""
        return Analyses(
            [self.text],
            ids=[self.id],
            declared_languages=[self.declared_language],
            languages=[self.language],
            urls=[self.url],
        )

    @property
    def num_words(self) -> int:
        return int(self._batch.words.counts[self._number])


class Analyses(Sequence[Analysis]):
    """The analyses of some documents. All arrays are over the code points, or the ranges, of all their texts.

    `languages` are the declared ones unless they are given. They decide where words end in languages that write one
    letter in several ways, so they never change: `with_languages` makes other analyses.
    """

    def __init__(
        self,
        texts: Sequence[str] | CodePoints,
        *,
        ids: Sequence[str] | None = None,
        declared_languages: Sequence[str | None] | None = None,
        languages: Sequence[str | None] | None = None,
        urls: Sequence[str | None] | None = None,
    ) -> None:
        self.code_points = texts if isinstance(texts, CodePoints) else CodePoints(texts)
        self.texts = self.code_points.texts
        nothing = [None] * len(self.texts)
        self.ids: Sequence[str] = [""] * len(self.texts) if ids is None else ids
        self.declared_languages: Sequence[str | None] = nothing if declared_languages is None else declared_languages
        self._languages = self.declared_languages if languages is None else languages
        self.urls: Sequence[str | None] = nothing if urls is None else urls

    @property
    def languages(self) -> Sequence[str | None]:
        """Code of the language of each text."""
        return self._languages

    def with_languages(self, languages: Sequence[str | None]) -> "Analyses":
        """The same documents, found to be in these languages; what is known of their code points is shared."""
        return Analyses(
            self.code_points,
            ids=self.ids,
            declared_languages=self.declared_languages,
            languages=languages,
            urls=self.urls,
        )

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, number: int) -> Analysis: ...
    @overload
    def __getitem__(self, number: slice) -> "Sequence[Analysis]": ...
    def __getitem__(self, number: int | slice) -> "Analysis | Sequence[Analysis]":
        return self._items[number]

    def __iter__(self) -> Iterator[Analysis]:
        return iter(self._items)

    @cached_property
    def _items(self) -> list[Analysis]:
        return [Analysis(self, number) for number in range(len(self.texts))]

    @property
    def lengths(self) -> Ints:
        """Code points of each text."""
        return self.code_points.lengths

    @property
    def text_starts(self) -> Ints:
        """Place of the first code point of each text."""
        return self.code_points.text_starts

    def slice_of(self, number: int) -> slice:
        """The places of one text."""
        return self.code_points.slice_of(number)

    @property
    def points(self) -> npt.NDArray[np.uint32]:
        """Code points of all texts, each followed by line ends."""
        return self.code_points.points

    @property
    def traits(self) -> npt.NDArray[np.uint8]:
        """What each code point is, for `code_points.has`."""
        return self.code_points.traits

    @cached_property
    def classes(self) -> npt.NDArray[np.uint8]:
        """Which part of a word each code point is, one of SPACE, BREAK, WORD, UNSPACED, SYMBOL."""
        if not self._forms:
            return self.code_points.classes
        classes = self.code_points.classes.copy()
        for start, _, forms, found in self._forms:
            classes[start + mark_places(found, forms)] = cp.WORD
        return classes

    def _in_languages(self, wanted: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
        """(first place, place behind the last, language) of texts in a row that are in languages of some kind."""
        known = {language for language in {*self._languages} if language is not None and wanted(language)}
        ends, start = self.text_starts + self.lengths + GAP, 0
        for language, run in groupby(self._languages) if known else ():
            stop = start + sum(1 for _ in run)
            if language is not None and language in known:
                yield int(self.text_starts[start]), int(ends[stop - 1]), language
            start = stop

    def _dotless(self) -> list[tuple[int, int]]:
        """(first place, place behind the last) of texts in a row whose alphabets have a dotless i."""
        return [(start, stop) for start, stop, _ in self._in_languages(cp.DOTLESS.__contains__)]

    @cached_property
    def _forms(self) -> list[tuple[int, int, Forms, Found]]:
        """(first place, place behind the last, forms of the language, where they are) of texts in a row."""
        forms = []
        for start, stop, language in self._in_languages(lambda language: forms_of(language) is not None):
            wanted = forms_of(language)
            if wanted is not None:
                forms.append((start, stop, wanted, find_forms(self.points[start:stop], wanted)))
        return forms

    @cached_property
    def folded(self) -> npt.NDArray[np.uint32]:
        """Code points as words are compared: without case, with ASCII digits, variants in their standard form."""
        return self._folded[0]

    @cached_property
    def _folded(self) -> tuple[npt.NDArray[np.uint32], Ints]:
        """`folded`, and the places of what is left out where words are compared."""
        folded, left_out = cp.folds()[self.points], [np.empty(0, dtype=np.int64)]
        for start, stop in self._dotless():
            folded[start:stop] = cp.dotless_folds()[self.points[start:stop]]
        for start, stop, forms, found in self._forms:
            left_out.append(start + fold(self.points[start:stop], folded[start:stop], found, forms))
        return folded, np.concatenate(left_out)

    @cached_property
    def inked(self) -> Ints:
        """Places of what is not white space."""
        return np.flatnonzero(self.classes > cp.BREAK)

    @cached_property
    def breaks(self) -> Ints:
        """Places of line ends."""
        return np.flatnonzero(self.classes == cp.BREAK)

    @cached_property
    def lines(self) -> Spans:
        """Lines with something in them, without white space around it."""
        after = np.searchsorted(self.inked, self.breaks)
        first = np.append(0, after[:-1]) if len(after) else after
        some = first < after
        starts, ends = self.inked[first[some]], self.inked[after[some] - 1] + 1
        return Spans.within(starts, ends, self.text_starts)

    @cached_property
    def paragraphs(self) -> Spans:
        """Lines between which no line is empty, together."""
        lines = self.lines
        begins = np.ones(len(lines), dtype=bool)
        number = np.searchsorted(self.breaks, lines.starts)
        begins[1:] = np.diff(number) > 1
        ends = np.append(begins[1:], np.ones(len(begins[:1]), dtype=bool))
        return Spans.within(lines.starts[begins], lines.ends[ends], self.text_starts)

    @cached_property
    def sentences(self) -> Spans:
        """Sentences, by the marks that end them in any script; a line ends its last one.

        Thai and Lao have no such mark: a space behind thirty code points and more ends a sentence of theirs.
        """
        ending = np.zeros(len(self.points) + 1, dtype=bool)  # many times faster than the union of two arrays
        ending[self.lines.ends] = ending[self._sentence_ends] = True
        ends = np.flatnonzero(ending)
        starts = self.inked[np.searchsorted(self.inked, np.append(0, ends[:-1]))] if len(ends) else ends
        return Spans.within(starts, ends, self.text_starts)

    @cached_property
    def _sentence_ends(self) -> Ints:
        terminal = cp.has(self.traits, cp.Trait.TERMINAL)
        marks = np.flatnonzero(terminal)
        last = marks[~terminal[marks + 1]]
        ends = last[np.searchsorted(last, marks)] + 1
        for _ in range(_CLOSERS):
            ends = ends + (cp.has(self.traits[ends], cp.Trait.CLOSER) | cp.has(self.traits[ends], cp.Trait.TERMINAL))
        behind = self.traits[np.minimum(ends + 1, len(self.points) - 1)]
        apart = (self.classes[ends] <= cp.BREAK) & ~cp.has(behind, cp.Trait.LOWER) & ~self._abbreviates(marks)
        return np.concatenate([ends[apart | cp.has(self.traits[marks], cp.Trait.FULL_STOP)], self._phrase_ends])

    def _abbreviates(self, marks: Ints) -> npt.NDArray[np.bool_]:
        """Which marks are dots behind an abbreviation: one of a list, or a capital letter alone, as an initial."""
        token = np.searchsorted(self.tokens.starts, marks) - 1
        known, hashes = _abbreviations(), self._plain_hashes(token)
        listed = known[np.minimum(np.searchsorted(known, hashes), len(known) - 1)] == hashes
        before = self.points[marks - 1]
        capital = cp.has(self.traits[marks - 1], cp.Trait.LETTER) & (cp.folds()[before] != before)
        initial = (self.tokens.lengths[token] == 1) & capital
        mask: npt.NDArray[np.bool_] = (self.points[marks] == _DOT) & (self.tokens.ends[token] == marks)
        mask &= listed | initial
        return mask

    def _plain_hashes(self, tokens: Ints) -> Hashes:
        """Hashes of some tokens, variants as they stand: those of lists that are of no one language."""
        if not len(tokens):
            return np.empty(0, dtype=np.uint64)
        if not self._forms:
            return self.token_hashes[tokens]
        starts, lengths = self.tokens.starts[tokens], self.tokens.lengths[tokens]
        ends = np.cumsum(lengths)
        places = np.repeat(starts - ends + lengths, lengths) + np.arange(lengths.sum())
        return hash_words(cp.folds()[self.points[places]], ends - lengths, ends)

    @cached_property
    def _phrase_ends(self) -> Ints:
        spaces = np.flatnonzero((self.classes == cp.SPACE) & (self.points != _ZERO_WIDTH_SPACE))
        spaces = spaces[spaces > 0]
        spaces = spaces[(self.classes[spaces - 1] == cp.UNSPACED) & (self.points[spaces - 1] >> 8 == 0x0E)]
        starts = self.lines.starts[np.searchsorted(self.lines.starts, spaces) - 1]
        begins = np.maximum(np.append(0, spaces[:-1] + 1)[: len(spaces)], starts)
        places: Ints = spaces[spaces - begins >= _PHRASE]
        return places

    @cached_property
    def tokens(self) -> Spans:
        """Words, and signs each by itself; a run of one sign is one token."""
        found = words.find_tokens(self.classes, self.points, self.texts)
        return Spans.within(found[:, 0].copy(), found[:, 1].copy(), self.text_starts)

    @cached_property
    def token_is_word(self) -> npt.NDArray[np.bool_]:
        mask: npt.NDArray[np.bool_] = self.classes[self.tokens.starts] != cp.SYMBOL
        return mask

    @cached_property
    def token_has_letter(self) -> npt.NDArray[np.bool_]:
        letters = cumulated(cp.has(self.traits, cp.Trait.LETTER))
        return letters[self.tokens.ends] > letters[self.tokens.starts]

    @cached_property
    def token_hashes(self) -> Hashes:
        """Hash of each token, folded."""
        folded, left_out = self._folded
        return hash_words_without(folded, self.tokens.starts, self.tokens.ends, left_out)

    @cached_property
    def signs(self) -> Ints:
        """Numbers of the tokens that are no words."""
        return np.flatnonzero(~self.token_is_word)

    @cached_property
    def ellipses(self) -> Ints:
        """Where ellipses end: runs of three dots and more, and the sign for them."""
        starts, ends = self.tokens.starts[self.signs], self.tokens.ends[self.signs]
        first = self.points[starts]
        places: Ints = ends[(first == _ELLIPSIS) | ((first == _DOT) & (ends - starts >= _DOTS))]
        return places

    def ends_in_ellipsis(self, ends: Ints) -> npt.NDArray[np.bool_]:
        """Which ranges that end there end in an ellipsis."""
        found: npt.NDArray[np.bool_] = np.isin(ends, self.ellipses)
        return found

    def ends_sentence(self, ends: Ints) -> npt.NDArray[np.bool_]:
        """Which ranges that end there end in a mark that ends sentences, or in up to three closing marks behind it."""
        last = ends - 1
        for _ in range(_CLOSERS):
            traits = self.traits[last]
            last = last - (cp.has(traits, cp.Trait.CLOSER) & ~cp.has(traits, cp.Trait.TERMINAL) & (last > 0))
        return cp.has(self.traits[last], cp.Trait.TERMINAL)

    def count_in_texts(self, places: Ints) -> Ints:
        """How many of some ascending places are in each text."""
        return np.diff(np.append(np.searchsorted(places, self.text_starts), len(places)))

    @cached_property
    def words(self) -> Spans:
        """Tokens with a letter, a mark or a digit in them."""
        return self.tokens.select(self.token_is_word)

    @cached_property
    def units(self) -> Spans:
        """Words where spaces part them, and single characters with their marks where none do.

        Unlike words they need no dictionary, so what they are does not depend on what stands around them.
        """
        classes = self.classes
        inside = (classes == cp.WORD) | (classes == cp.UNSPACED)
        begins = inside.copy()
        cluster = cp.clusters()[self.points]
        alone = ((cluster[1:] & 1) == 0) & ((cluster[:-1] & 2) == 0)
        begins[1:] &= ~inside[:-1] | (alone & ((classes[1:] != classes[:-1]) | (classes[1:] == cp.UNSPACED)))
        starts = np.flatnonzero(begins)
        ends = np.flatnonzero(inside[:-1] & (~inside[1:] | begins[1:])) + 1
        return Spans.within(starts, ends, self.text_starts)

    @cached_property
    def unit_hashes(self) -> Hashes:
        """Hash of each unit, folded."""
        folded, left_out = self._folded
        return hash_words_without(folded, self.units.starts, self.units.ends, left_out)

    @cached_property
    def word_hashes(self) -> Hashes:
        """Hash of each word, folded."""
        return self.token_hashes if self.words is self.tokens else self.token_hashes[self.token_is_word]

    @cached_property
    def line_tokens(self) -> Spans:
        """Numbers of the first token of each line and of the one behind its last."""
        return self._tokens_in(self.lines)

    @cached_property
    def line_hashes(self) -> Hashes:
        """Hash of the tokens of each line."""
        return hash_ranges(self.token_hashes, self.line_tokens.starts, self.line_tokens.ends)

    @cached_property
    def paragraph_hashes(self) -> Hashes:
        """Hash of the tokens of each paragraph."""
        inside = self._tokens_in(self.paragraphs)
        return hash_ranges(self.token_hashes, inside.starts, inside.ends)

    def _tokens_in(self, spans: Spans) -> Spans:
        starts = np.searchsorted(self.tokens.starts, spans.starts)
        ends = np.searchsorted(self.tokens.starts, spans.ends)
        return Spans(starts, ends, spans.bounds)


@cache
def _abbreviations() -> Hashes:
    words = read_yaml(resource("lines", "abbreviations.yaml"))["words"]
    return np.unique(hash_texts(str(word) for word in words))


def count_words(text: str) -> int:
    """Number of words of one text."""
    return Analyses([text])[0].num_words


def words_of(text: str) -> list[str]:
    """The words of one text as they stand."""
    return Analyses([text])[0].words
