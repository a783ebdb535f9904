"""The one analysis of a document that every score and signature reads, each part computed when first asked for."""

from collections.abc import Mapping
from functools import cached_property

from xdata.text import scripts, words


class Analysis:
    """What scores and signatures know of one document: its text and what was counted in it.

    Never stored: it lives as long as the annotate stage has the document in hand.
    """

    def __init__(self, text: str, *, declared_language: str | None = None, url: str | None = None) -> None:
        self.text = text
        self.url = url
        """Where the document comes from, as its source says it; None where it does not."""
        self.declared_language = declared_language
        """Code of the language that the source says the document is in, None where it does not."""

    @cached_property
    def script_counts(self) -> Mapping[str, int]:
        """Number of code points of each script, shared ones (digits, punctuation) left out; most frequent first."""
        return scripts.count_scripts(self.text)

    @cached_property
    def script(self) -> str | None:
        """The dominant script, ISO 15924; None for a text without letters."""
        return scripts.dominant_script(self.script_counts, self.text)

    @cached_property
    def tokens(self) -> list[str]:
        """The words as they stand; of scripts without spaces each letter with its marks."""
        return words.tokens(self.text)

    @cached_property
    def num_words(self) -> int:
        """Number of words, estimated where no space parts them."""
        return words.count_words(self.text, num_tokens=len(self.tokens), scripts=self.script_counts.keys())
