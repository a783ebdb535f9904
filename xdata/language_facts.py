"""Facts of languages as their files have them: each group of facts with its source."""

from collections.abc import Mapping
from typing import Literal

import regex
from pydantic import BaseModel, ConfigDict, Field, field_validator

CODE = regex.compile(r"([a-z]{3})_([A-Z][a-z]{3})")
"""The form of the code of a language, `iso639-3_Script`."""


class _Group(BaseModel):
    """Facts of one kind, and where they are from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: str


class Names(_Group):
    """What a language is called."""

    english: str
    autonym: str | None = None
    """In the language itself; None where the source has none."""


class Aliases(_Group):
    """Other codes that mean this language by default: two letters, or its macrolanguage."""

    codes: tuple[str, ...]


class Writing(_Group):
    """How the language is put on a page."""

    direction: Literal["ltr", "rtl", "ttb"]
    segmenter: Literal["spaces", "dictionary", "syllables", "none"]
    """What parts words: spaces; a dictionary of ICU; a mark behind each syllable; or nothing that is known."""


class Letters(_Group):
    """What words are made of. Letters of several code points, as digraphs, are one letter."""

    main: str = Field(min_length=1)
    """Letters of the alphabet, lower case, parted by spaces."""
    auxiliary: str | None = None
    """Letters of foreign words and names, parted by spaces."""
    joiners: tuple[Literal["ZWNJ", "ZWJ"], ...] = ()
    """Joiners that words are written with."""
    apostrophes: str = ""
    """Apostrophes, and letters that look like them, that stand inside of words; parted by spaces."""


class Punctuation(_Group):
    """What stands between words; each mark parted by spaces."""

    marks: str
    sentence_end: str
    """Marks that can end a sentence."""


class Digits(_Group):
    """The digits that numbers are usually written in."""

    digits: str = Field(min_length=10, max_length=10)
    """From nought to nine."""


class StopWords(_Group):
    """The words that say least of what a text is about."""

    license: str
    words: tuple[str, ...]


class Neighbours(_Group):
    """Languages that this one is easily taken for."""

    codes: tuple[str, ...]
    """The most similar one first."""


class Variants(_Group):
    """Spelling variants and their standard form. A form that may be another word is not a variant."""

    folds: Mapping[str, str]
    """Form of one to three code points, in lower case -> standard form that is not longer and holds no form."""
    before: str = ""
    """Letters of which one must follow each form with an apostrophe, parted by spaces; empty where any may."""
    ignored: tuple[Literal["ZWNJ", "ZWJ"], ...] = ()
    """Joiners that make no difference between words: left out where words are compared, never rewritten."""

    @field_validator("folds")
    @classmethod
    def _settles(cls, folds: Mapping[str, str]) -> Mapping[str, str]:
        for form, standard in folds.items():
            if not 1 <= len(form) <= 3 or len(standard) > len(form) or (not standard and len(form) > 1):
                raise ValueError(
                    f"{form!r}: expected a form of one to three code points, and a standard form that is not longer"
                )
            if any(other in standard for other in folds):
                raise ValueError(f"{standard!r}, the standard form of {form!r}, contains another form")
        return folds


class Thresholds(_Group):
    """What the rules of quality allow in the language (`filters.rules`), as `xdata calibrate` derives it."""

    num_documents: int = Field(ge=1)
    """Documents that the values were derived from."""
    min_values: Mapping[str, float] = Field(default_factory=dict)
    """Rule -> least value of a document that stays."""
    max_values: Mapping[str, float] = Field(default_factory=dict)
    """Rule -> greatest value of a document that stays."""
    switched_off: tuple[str, ...] = ()
    """Rules that tell nothing in this language."""


class Sample(_Group):
    """A text in the language."""

    text: str


class LanguageFile(BaseModel):
    """One file of `resources/languages/`: each group of facts with its source, None where nothing is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=f"^{CODE.pattern}$")
    names: Names | None = None
    aliases: Aliases | None = None
    writing: Writing | None = None
    letters: Letters | None = None
    punctuation: Punctuation | None = None
    digits: Digits | None = None
    stop_words: StopWords | None = None
    neighbours: Neighbours | None = None
    variants: Variants | None = None
    thresholds: Thresholds | None = None
    sample: Sample | None = None

    @property
    def lacks(self) -> tuple[str, ...]:
        """The groups of facts that nobody has written down; what needs them is switched off for the language."""
        return tuple(name for name in _GROUPS if getattr(self, name) is None)


_GROUPS = ("names", "writing", "letters", "punctuation", "digits", "stop_words", "neighbours", "thresholds", "sample")
"""Groups that every language could have; one without aliases or variants lacks nothing."""
