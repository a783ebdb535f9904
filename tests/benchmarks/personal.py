"""Recall on planted personal data in every script, beside datatrove's PIIFormatter on the same texts.

    python -m tests.benchmarks.personal

Each document is real text (Universal Declaration of Human Rights) with one piece of personal data between two of
its sentences, without a space where the script has none, with ASCII digits and with the digits of the script.
Found means that nothing of the piece is left in the text and that all of the real text is.
At the end what each takes out of the same texts without
anything planted.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from datatrove.pipeline.formatters.pii import PIIFormatter

from tests.texts import texts
from xdata.edits.personal import without_personal
from xdata.text.personal import KINDS

NATIVE_DIGITS = {
    "swh_Latn": "0",
    "arb_Arab": "٠",
    "pes_Arab": "۰",
    "hin_Deva": "०",
    "ben_Beng": "০",
    "pan_Guru": "੦",
    "guj_Gujr": "૦",
    "tam_Taml": "௦",
    "tel_Telu": "౦",
    "kan_Knda": "೦",
    "mal_Mlym": "൦",
    "tha_Thai": "๐",
    "lao_Laoo": "໐",
    "khm_Khmr": "០",
    "mya_Mymr": "၀",
    "bod_Tibt": "༠",
    "jpn_Jpan": "０",
    "amh_Ethi": "0",
    "rus_Cyrl": "0",
    "kat_Geor": "0",
    "heb_Hebr": "0",
    "sin_Sinh": "0",
    "kor_Kore": "0",
    "zho_Hans": "０",
}
"""Language -> its digit zero; those without digits of their own have 0, Chinese and Japanese the full-width one."""

UNSPACED = frozenset({"tha_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr", "bod_Tibt", "jpn_Jpan", "zho_Hans"})
"""Languages whose text has no space around what is planted."""

PLANTED = {
    "mail": ("amina.juma78@gmail.com", "j.o-hara+list@mail.example-shop.co.ke", "info [at] chuo [dot] ac [dot] tz"),
    "ip": ("93.184.216.34", "154.72.199.202", "2606:2800:220:1:248:1893:25c8:1946"),
    "bank": ("GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "MT84MALT011000012345MTLCAST001S"),
    "card": ("4111 1111 1111 1111", "5500-0055-5555-5559", "378282246310005"),
    "phone": (
        "+254 712 345 678",
        "+94-11-234-5678",
        "0712345678",
        "0912 34 56 78",
        "(021) 496-2617",
        "00255 754 123 456",
        "212-555-7890",
        "☎ 2234 5678",
    ),
}

_PLACES = 8
"""Gaps between sentences of a language that each piece is planted in."""


def native(text: str, *, zero: str) -> str:
    """`text` with digits from another zero on."""
    return "".join(chr(ord(zero) + int(character)) if character in "0123456789" else character for character in text)


def carriers(language: str) -> list[tuple[str, str]]:
    """Pairs of real sentences that something can stand between."""
    sentences = [line.strip() for text in texts(language) for line in text.split("\n") if len(line.strip()) > 20]
    return list(pairwise(sentences))[:_PLACES]


def is_taken_out(edit: Callable[[str], str], before: str, piece: str, after: str, *, space: str) -> bool:
    left = edit(f"{before}{space}{piece}{space}{after}")
    return left.startswith(before) and left.endswith(after) and piece not in left and "example-shop" not in left


def datatrove_edit(text: str) -> str:
    edited: str = _FORMATTER.format(text)
    return edited


_FORMATTER = PIIFormatter()


def recall(edit: Callable[[str], str], language: str, *, zero: str) -> dict[str, tuple[int, int]]:
    """Kind -> (taken out, planted)."""
    found = {}
    space = "" if language in UNSPACED else " "
    for kind, pieces in PLANTED.items():
        results = [
            is_taken_out(edit, before, native(piece, zero=zero), after, space=space)
            for piece in pieces
            for before, after in carriers(language)
        ]
        found[kind] = sum(results), len(results)
    return found


def main() -> None:
    edits: dict[str, Callable[[str], str]] = {"xdata": without_personal, "datatrove": datatrove_edit}
    totals: dict[str, Counter[str]] = {name: Counter() for name in edits}
    planted: Counter[str] = Counter()
    print("language   digits  " + "".join(f"{name + ' ' + kind:>16}" for name in edits for kind in KINDS))
    for language, own in NATIVE_DIGITS.items():
        for zero in sorted({"0", own}):
            cells = []
            for name, edit in edits.items():
                found = recall(edit, language, zero=zero)
                for kind in KINDS:
                    totals[name][kind] += found[kind][0]
                    planted[kind] += found[kind][1] if name == "xdata" else 0
                    cells.append(f"{found[kind][0]}/{found[kind][1]}")
            print(f"{language:<10} {unicodedata.name(zero)[:7]:<8}" + "".join(f"{cell:>16}" for cell in cells))
    for name in edits:
        print(name, {kind: round(totals[name][kind] / planted[kind], 4) for kind in KINDS}, dict(planted))
    real = [text for language in NATIVE_DIGITS for text in texts(language)]
    for name, edit in edits.items():
        changed = sum(edit(text) != text for text in real)
        print(f"{name}: changes {changed} of {len(real)} texts with nothing planted")


if __name__ == "__main__":
    main()
