"""Makes `resources/priors/writers.tsv`: how many people read and write each language, by CLDR.

    python -m xdata.provenance.writers --cldr-core node_modules/cldr-core

Of each country, CLDR says how many people there are, what share of them speaks a language, and what share of those
reads and writes; the numbers of all countries add up.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.core import get_global

from xdata.errors import ConfigError
from xdata.languages import find_code
from xdata.provenance.identifier import SAME
from xdata.resources import resources_folder

_SELDOM_WRITTEN = frozenset({"gan", "hak", "hsn", "nan", "wuu"})
"""Languages of China whose speakers write Chinese, of which CLDR does not say what share writes them."""
_SELDOM = "5"
"""Per cent of their speakers that write them: what CLDR says of Cantonese."""


def writers_in(territories: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """`iso639-3_Script` -> people who read and write it, in all territories of CLDR's `territoryInfo`; none has 0.

    Languages that our identifier takes for one (`identifier.SAME`) are one.
    """
    totals: dict[str, float] = defaultdict(float)
    for territory in sorted(territories):
        for tag, number in _in_one(territories[territory]):
            if (code := _code(tag, territory)) is not None:
                language, script = code.split("_")
                totals[f"{SAME.get(language, language)}_{script}"] += number
    return {code: round(totals[code]) for code in sorted(totals) if round(totals[code])}


def _in_one(facts: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """(tag, people who read and write it) of each language of one territory."""
    people, literate = float(facts["_population"]), float(facts.get("_literacyPercent", 100))
    for tag, language in facts.get("languagePopulation", {}).items():
        speaks = float(language["_populationPercent"]) / 100
        usual = _SELDOM if tag in _SELDOM_WRITTEN else language.get("_literacyPercent", literate)
        yield tag, people * speaks * float(language.get("_writingPercent", usual)) / 100


def _code(tag: str, territory: str) -> str | None:
    """The code that we have for a tag, in the script of the territory where it says none; None for what names none."""
    likely = get_global("likely_subtags").get(f"{tag}_{territory}", tag).split("_")
    name = "_".join(likely[:2]) if likely[0] == tag else tag
    try:
        return find_code(name)
    except ConfigError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cldr-core", type=Path, required=True, help="unpacked npm package cldr-core")
    folder: Path = parser.parse_args().cldr_core
    version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    content = json.loads((folder / "supplemental" / "territoryInfo.json").read_text(encoding="utf-8"))
    lines = [f"# People who read and write a language, CLDR {version}, npm cldr-core; license: Unicode-3.0"]
    lines += [f"{code}\t{num}" for code, num in writers_in(content["supplemental"]["territoryInfo"]).items()]
    path = resources_folder() / "priors" / "writers.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
