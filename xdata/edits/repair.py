"""Text repair: mojibake, control characters, line ends, NFC, Arabic presentation forms, Zawgyi, and nothing else.

ftfy's other repairs are off. Its default would turn the curled apostrophe letters of Hausa (ƙ'arfi written with ’)
and Quechua into ASCII, full-width letters of Japanese into narrow ones, and ligatures into letters.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from xdata.context import Context
from xdata.records import Document
from xdata.step import Edit
from xdata.text.arabic_forms import has_forms, to_letters
from xdata.text.zawgyi import is_zawgyi, to_unicode


class Repair(Edit):
    """Repairs damage of encodings, and normalises to NFC.

    Repairs mojibake, lone surrogates and line ends, removes control characters, and brings Arabic presentation forms
    back to letters and Zawgyi to Unicode. Letters, joiners (ZWNJ, ZWJ), apostrophes and quotation marks stay as they
    are written. Counts `documents` that were changed, and those of them that had `presentation_forms`, or were in
    `zawgyi`.
    """

    kind: Literal["edits.repair"] = "edits.repair"
    version = 2
    libraries = ("ftfy",)
    papers = ("Speer 2019, ftfy", "Unicode Standard Annex #15 (NFC)", "Google, Myanmar Tools")

    mojibake: bool = True
    """Whether to repair text that was decoded in the wrong encoding."""

    def open(self, context: Context) -> Callable[[Document], Document]:
        mojibake = self.mojibake

        def edit(document: Document) -> Document:
            text = repair(document.text, mojibake=mojibake)
            if text == document.text:
                return document
            kinds = (("presentation_forms", has_forms), ("zawgyi", is_zawgyi))
            counts = ((name, 1) for name, test in kinds if test(document.text) and not test(text))
            return replace(document, text=text, changes=(*document.changes, ("documents", 1), *counts))

        return edit


def repair(text: str, *, mojibake: bool = True) -> str:
    """The text after the repairs of `Repair`."""
    from ftfy import TextFixerConfig, fix_text

    config = TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_encoding=mojibake,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        normalization="NFC",
        explain=False,
    )
    # ftfy mends line by line and line ends last, so lines must be whole before
    text = to_letters(text.replace("\r\n", "\n").replace("\r", "\n"))
    fixed: str = fix_text(to_unicode(text) if is_zawgyi(text) else text, config)
    return fixed
