"""Test items of evaluation sets that documents contain, with both texts: that of the item and that of the document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import regex
from pydantic import ValidationError

from xdata.dedup.evaluation_sets import EvaluationSet, Item, read_sets
from xdata.errors import XdataError
from xdata.output.manifest import StageFacts
from xdata.output.passages import matching_passage

SHOWN_CHARACTERS = 600
"""Of a test item and of a passage."""

_LEAK = regex.compile(r"(?P<item>.+) (?P<language>[a-z]{3}(?:_[A-Z][a-z]{3})?) > ")

Items = Mapping[str, Sequence[Item]]
"""Set and row, as `sib200/12` -> its texts, in several languages."""


@dataclass(frozen=True)
class LeakedText:
    """A test item and the document that contains it."""

    leak: str
    """As the column `leaks` names it."""
    item: str | None
    """Text of the test item; None where the evaluation set is no longer there."""
    passage: str | None
    """Part of the document that matches; its beginning where they are in different words, as translations are."""
    is_match: bool
    """Whether `passage` is what matches."""


def evaluation_items(stages: Iterable[StageFacts]) -> Items:
    """The test items that a run looked for, of evaluation sets that are still where they were; else empty."""
    found: dict[str, list[Item]] = {}
    for options in (options for stage in stages for options in stage.steps.values()):
        if not isinstance(options, dict) or options.get("kind") != "dedup.contamination":
            continue
        for each in options.get("sets", ()):
            try:
                items = read_sets([EvaluationSet.model_validate_json(orjson.dumps(each))])
            except (XdataError, ValidationError, OSError):
                continue
            for item in items:
                found.setdefault(item.name, []).append(item)
    return found


def leaked_texts(leaks: Iterable[str], text: str | None, items: Items) -> tuple[LeakedText, ...]:
    """The test items that a document contains, by the column `leaks`, with their texts."""
    found = []
    for leak in leaks:
        match = _LEAK.match(leak)
        versions = items.get(match["item"], ()) if match else ()
        item = next((each for each in versions if match and each.language == match["language"]), None)
        item = item or next(iter(versions), None)
        passage = matching_passage(text, item.text) if text and item else None
        shown = passage if passage is not None else text
        of_item = None if item is None else _short(item.text)
        found.append(LeakedText(leak, of_item, None if shown is None else _short(shown), passage is not None))
    return tuple(found)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
