"""How many words of a document are in a list of the user's."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.errors import ResourceError
from xdata.language_options import ByLanguage
from xdata.records import LANGUAGE
from xdata.references import FileRef
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses, Analysis
from xdata.text.flagged import FlaggedWords, flagged_share, flagged_words


class FlaggedShare(Score):
    """Adds `scores.flagged_share`: the share in [0, 1] of words that are in the list of the document's language.

    Words are found whole in scripts with spaces, and anywhere in those without. Null for a document without words,
    and for one whose language has no list or is not known.

    No list comes with xdata: what is offensive is for speakers of a language to say, and lists of words have been found
    to drop text about and by minorities (Dodge et al. 2021). Threshold it with `filters.threshold`. Raises
    ResourceError for a list that cannot be read.
    """

    kind: Literal["scores.flagged_words"] = "scores.flagged_words"
    libraries = ("regex",)
    papers = (
        "Xue et al. 2021, mT5 (arXiv 2010.11934), 3.1",
        "Dodge et al. 2021, Documenting Large Webtext Corpora (arXiv 2104.08758)",
    )

    lists: ByLanguage[FileRef] = Field(min_length=1)
    """Code of a language -> its list: UTF-8, a word or a phrase a line, `#` before comment lines."""

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.flagged_share": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        lists = {language: read_flagged_words(file.path) for language, file in self.lists.items()}

        def score(analyses: Analyses) -> Columns:
            return {"scores.flagged_share": [_share(analysis, lists) for analysis in analyses]}

        return score


def read_flagged_words(path: Path) -> FlaggedWords:
    """The list in a file. Raises ResourceError where it cannot be read or has no word."""
    try:
        found = flagged_words(path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise ResourceError(f"{path}: cannot be read as a list of words in UTF-8: {error}") from None
    if not found.phrases and found.anywhere is None:
        raise ResourceError(f"{path}: no word in it")
    return found


def _share(analysis: Analysis, lists: Mapping[str, FlaggedWords]) -> float | None:
    flagged = lists.get(analysis.language or "")
    return None if flagged is None else flagged_share(analysis.text, flagged)
