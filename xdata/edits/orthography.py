"""Orthographic normalisation: replaces variants of words by the standard form in the language file.

Scores, stop words and deduplication take the forms for one anyway (`xdata.text.variants`); this is for those who want
one form in the data too. What is rewritten is in `variants` of the language's file, with its source.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, Self

from pydantic import field_validator, model_validator

from xdata.context import Context
from xdata.errors import ConfigError
from xdata.language_files import variants_of
from xdata.languages import resolve_code
from xdata.records import Document
from xdata.step import Edit
from xdata.text.variants import forms_of, rewrite


class StandardOrthography(Edit):
    """Replaces variants of words by the standard form, as `ك` in Persian and `oʻ` for `o'` in Uzbek.

    A document is taken to be in the language that its source declares; one without stays as it is. Counts each form
    that is rewritten, as `ك>ک`. A second time it changes nothing.
    """

    kind: Literal["edits.orthography"] = "edits.orthography"
    papers = ("Unicode Standard 17, chapters 7, 9 and 12; further sources in the language files",)

    languages: tuple[str, ...] = ()
    """Languages whose documents are rewritten; empty: all that have variants."""
    language: str | None = None
    """Language of all documents, which overrides the declared ones."""

    @field_validator("languages")
    @classmethod
    def _known(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_with_variants, languages))

    @field_validator("language")
    @classmethod
    def _known_alone(cls, language: str | None) -> str | None:
        return None if language is None else _with_variants(language)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.language is not None and self.languages:
            raise ValueError("give `language` for all documents or `languages` to choose some by, not both")
        return self

    def open(self, context: Context) -> Callable[[Document], Document]:
        def edit(document: Document) -> Document:
            language = self.language or document.language
            forms = forms_of(language) if not self.languages or language in self.languages else None
            if forms is None:
                return document
            text, changes = rewrite(document.text, forms)
            if not changes:
                return document
            return replace(document, text=text, changes=(*document.changes, *sorted(changes.items())))

        return edit


def _with_variants(language: str) -> str:
    try:
        code = resolve_code(language)
    except ConfigError as error:
        raise ValueError(str(error)) from None
    variants = variants_of(code)
    if variants is None or not variants.folds:
        raise ValueError(f"{code}: its file has no `variants` to rewrite")
    return code
