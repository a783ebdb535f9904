"""A part of a text in one language."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """`text[start:end]`, in code points, is in one language."""

    start: int
    end: int
    language: str | None
    """`iso639-3_Script`, None if unidentified."""
    score: float
    """Probability of the language, in [0, 1], rounded to 4 decimals."""


def joined(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours of one language as one part, with the score of the longer."""
    found: list[Segment] = []
    for segment in segments:
        if found and found[-1].language == segment.language:
            before = found.pop()
            longer = max(before, segment, key=lambda each: each.end - each.start)
            segment = Segment(before.start, segment.end, segment.language, longer.score)
        found.append(segment)
    return found
