"""Makes `resources/personal/telephone.tsv`: what a telephone is called, in every language that CLDR names emoji in.

    python -m xdata.provenance.telephone --annotations node_modules/cldr-annotations-full

Words stand before phone numbers (`simu: 712 345 678`). A word counts when a language gives it as a keyword of the
old telephone and of another one too: what only one of them has (landline, red, smartphone) says something else.
"""

import argparse
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from xdata.resources import resources_folder

_OLD = "☎"
_OTHERS = ("📞", "📱", "📲")


def telephone_words(keywords: Mapping[str, list[str]]) -> set[str]:
    """Words for a telephone among the keywords that one language gives to emoji; no phrases, no abbreviations."""
    others = {word for emoji in _OTHERS for word in keywords.get(emoji, [])}
    shared = set(keywords.get(_OLD, [])) & others
    folded = {unicodedata.normalize("NFC", word.casefold()) for word in shared}
    return {word for word in folded if " " not in word and len(word) >= (3 if word.isascii() else 2)}


def annotations(folder: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """(locale, emoji -> keywords) of each locale of the unpacked package."""
    for path in sorted(folder.glob("annotations/*/annotations.json")):
        found = json.loads(path.read_text(encoding="utf-8"))["annotations"].get("annotations", {})
        yield path.parent.name, {emoji: entry.get("default", []) for emoji, entry in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotations", type=Path, required=True, help="unpacked npm package cldr-annotations-full")
    folder: Path = parser.parse_args().annotations
    locales = defaultdict(list)
    for locale, keywords in annotations(folder):
        for word in telephone_words(keywords):
            locales[word].append(locale)
    version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    lines = [f"# Words for a telephone and where, CLDR {version}, npm cldr-annotations-full; license: Unicode-3.0"]
    lines += [f"{word}\t{' '.join(locales[word])}" for word in sorted(locales)]
    path = resources_folder() / "personal" / "telephone.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
