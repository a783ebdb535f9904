"""Mixed documents: removes lines in other languages than the main one, or makes them documents of their own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from xdata.context import Context
from xdata.edits.lines import join_lines
from xdata.language_options import LanguageCodes
from xdata.models.language import XLID, XdataIdentifier, load_segmenter
from xdata.models.segments.finding import find_segments
from xdata.models.segments.segment import Segment
from xdata.records import Document, part_id
from xdata.references import ModelRef
from xdata.step import Edit
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.spans import cumulated

Mask = npt.NDArray[np.bool_]
Changes = tuple[tuple[str, int], ...]


class ClipLanguages(Edit):
    """Drops the lines that are in another language than the document; the rest keeps its order and its paragraphs.

    The language of the document is the declared one, else the one that most of its letters are in. A line is removed if
    more than half of its letters are in other languages; unidentified text is kept. A document without any kept line
    gets the error `other_languages`. Counts removed lines as `lines`, and spans removed from lines as `parts`.
    """

    kind: Literal["edits.clip_languages"] = "edits.clip_languages"
    version = 2
    libraries = ("icu4py",)

    model: ModelRef = XLID
    """An identifier of xdata; those of fastText cannot tell parts."""
    languages: LanguageCodes = ()
    """Languages that are always kept, beside the language of the document."""
    inside_lines: bool = False
    """Whether to also remove spans in other languages from kept lines."""

    def open(self, context: Context) -> Callable[[Document], Document]:
        identifier = load_segmenter(self.model)

        def edit(document: Document) -> Document:
            text, changes = clip_languages(
                document.text,
                identifier,
                language=document.language,
                languages=self.languages,
                inside_lines=self.inside_lines,
            )
            if not changes:
                return document
            error = None if text else "other_languages"
            return replace(document, text=text, error=error, changes=(*document.changes, *changes))

        return edit


class RouteLanguages(Edit):
    """Makes a document of its own of the lines in each language that a document is not in; the rest stays as it is.

    The language of a document is that of `edits.clip_languages`, and the same lines are moved: each to the one of the
    other languages that most of its letters are in, the first by its code of those that have as many. New documents are
    identified anew. A document without any kept line gets the error `other_languages`; one of an earlier output is left
    alone. Counts moved lines as `lines`, and new documents as `documents`."""

    kind: Literal["edits.route_languages"] = "edits.route_languages"
    version = 2
    libraries = ("icu4py",)

    model: ModelRef = XLID
    """An identifier of xdata; those of fastText cannot tell parts."""

    def open(self, context: Context) -> Callable[[Document], Document | tuple[Document, ...]]:
        identifier = load_segmenter(self.model)

        def edit(document: Document) -> Document | tuple[Document, ...]:
            if document.earlier_size:
                return document
            text, others = route_languages(document.text, identifier, language=document.language)
            if not others:
                return document
            num_lines = sum(num for _, num in others.values())
            changes = (*document.changes, ("lines", num_lines), ("documents", len(others)))
            stays = replace(document, text=text, error=None if text else "other_languages", changes=changes)
            made = [
                replace(document, text=part, language=None, identity=part_id(document.id, code), made_from=document.id)
                for code, (part, _) in others.items()
            ]
            return (stays, *made)

        return edit


def route_languages(
    text: str, identifier: XdataIdentifier, *, language: str | None = None
) -> tuple[str, dict[str, tuple[str, int]]]:
    """(the lines of a text that are in its language, another language -> its lines and their number)."""
    segments = find_segments(text, identifier, language=language)
    own = language or main_language(text, segments)
    codes = sorted({part.language for part in segments if part.language is not None and part.language != own})
    if not codes:
        return text, {}
    analyses = Analyses([text])
    parts = {code: [part for part in segments if part.language == code] for code in codes}
    goes = ~_lines_that_stay(analyses, [part for each in parts.values() for part in each])
    greatest = np.argmax([_foreign(analyses, each) for each in parts.values()], axis=0)
    masks = {code: goes & (greatest == number) for number, code in enumerate(codes)}
    others = {code: (join_lines(analyses, mask), int(mask.sum())) for code, mask in masks.items() if mask.any()}
    return join_lines(analyses, ~goes) if others else text, others


def clip_languages(
    text: str,
    identifier: XdataIdentifier,
    *,
    language: str | None = None,
    languages: Sequence[str] = (),
    inside_lines: bool = False,
) -> tuple[str, Changes]:
    """The text without lines and spans in other languages than its own and `languages`, and the counts of removals."""
    segments = find_segments(text, identifier, language=language)
    kept = languages or (language or main_language(text, segments),)
    others = [part for part in segments if part.language is not None and part.language not in kept]
    if not others:
        return text, ()
    analyses = Analyses([text])
    stays = _lines_that_stay(analyses, others)
    num_parts = 0
    if inside_lines and stays.any():
        cut = _inside(analyses, stays, others)
        num_parts = len(cut)
        analyses = Analyses([_without(text, cut)])
    num_lines = int((~stays).sum())
    if not num_lines and not num_parts:
        return text, ()
    counts = (("lines", num_lines), ("parts", num_parts))
    return join_lines(analyses, stays), tuple((what, num) for what, num in counts if num)


def main_language(text: str, segments: Sequence[Segment]) -> str | None:
    """The language that most letters of a text are in; None where no language of it is known."""
    letters = _letters(text)
    sizes: dict[str, int] = {}
    for part in segments:
        if part.language is not None:
            num = int(letters[part.end] - letters[part.start])
            sizes[part.language] = sizes.get(part.language, 0) + num
    return max(sizes, key=lambda code: (sizes[code], code), default=None)


def _letters(text: str) -> npt.NDArray[np.int64]:
    """Number of letters before each place."""
    return cumulated(cp.has(cp.traits()[cp.to_array(text)], cp.Trait.LETTER))


def _lines_that_stay(analyses: Analyses, others: Sequence[Segment]) -> Mask:
    """Lines of which no more than half of the letters are in other languages."""
    letters = cumulated(cp.has(analyses.traits, cp.Trait.LETTER))
    lines = analyses.lines
    mask: Mask = 2 * _foreign(analyses, others) <= letters[lines.ends] - letters[lines.starts]
    return mask


def _foreign(analyses: Analyses, parts: Sequence[Segment]) -> npt.NDArray[np.int64]:
    """Number of letters of each line that are in some parts."""
    is_letter = cp.has(analyses.traits, cp.Trait.LETTER)
    is_inside = np.zeros(len(is_letter), dtype=bool)
    for part in parts:
        is_inside[part.start : part.end] = True
    letters = cumulated(is_letter & is_inside)
    found: npt.NDArray[np.int64] = letters[analyses.lines.ends] - letters[analyses.lines.starts]
    return found


def _inside(analyses: Analyses, stays: Mask, others: Sequence[Segment]) -> list[tuple[int, int]]:
    """(start, end) of what parts in other languages have of each line that stays, in order.

    A line of which they have no letter is left alone, as one of numbers; so no line becomes empty.
    """
    cut = stays & (_foreign(analyses, others) > 0)
    starts, ends = analyses.lines.starts[cut], analyses.lines.ends[cut]
    found = []
    for part in others:
        first = int(np.searchsorted(ends, part.start, side="right"))
        last = int(np.searchsorted(starts, part.end))
        found += [(max(part.start, int(starts[n])), min(part.end, int(ends[n]))) for n in range(first, last)]
    return found


def _without(text: str, cut: Sequence[tuple[int, int]]) -> str:
    """The text without some ranges; of the blanks on both sides, those before one stay."""
    pieces, done = [], 0
    for start, end in cut:
        before = text[done:start]
        pieces.append(before)
        done = end
        if not before or before[-1].isspace():
            while done < len(text) and text[done].isspace() and text[done] not in "\n\r":
                done += 1
    return "".join([*pieces, text[done:]])
