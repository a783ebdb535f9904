"""Makes `resources/scripts/romanised.tsv.gz`: every letter and digit in ASCII letters, one by one, by uroman.

    python -m xdata.provenance.romanised

uroman (Hermjakob, May and Knight 2018) romanises text, with an eye to what stands around a letter, at some twenty
thousand characters a second. Letter by letter it is a table: less good to read, and looked up at any speed.
"""

import argparse
import gzip
import unicodedata
from collections import defaultdict
from importlib.metadata import version
from typing import Any

from xdata.resources import resources_folder

_HANGUL = range(0xAC00, 0xD7A4)
_LAST = 0x1FFFF
"""Behind it are rare Han characters alone."""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def romanised() -> dict[str, str]:
    """Letters of ASCII -> all characters that are romanised so, in order; what has no letter of ASCII is left out."""
    import uroman

    romanizer = uroman.Uroman()
    found: dict[str, list[str]] = defaultdict(list)
    for point in range(0x80, _LAST + 1):
        character = chr(point)
        if unicodedata.category(character)[0] in "LMN":
            letters = _letters(romanizer, character)
            if letters:
                found[letters].append(character)
    return {letters: "".join(characters) for letters, characters in sorted(found.items())}


def _letters(romanizer: Any, character: str) -> str:
    """What one character is in ASCII; a syllable of Hangul is the sum of its letters, as that of uroman is."""
    plain = unicodedata.normalize("NFKD", character) if ord(character) not in _HANGUL else character
    base = "".join(c for c in plain if not unicodedata.combining(c)) or character
    digit = unicodedata.decimal(character, None)
    text = str(digit) if digit is not None else romanizer.romanize_string(base if base.isascii() else character)
    return "".join(c for c in str(text).lower() if c in _LETTERS)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    lines = [f"{letters}\t{characters}" for letters, characters in romanised().items()]
    head = f"# by uroman {version('uroman')}, character by character\n"
    content = (head + "\n".join(lines) + "\n").encode()
    (resources_folder() / "scripts" / "romanised.tsv.gz").write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    main()
