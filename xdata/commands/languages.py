"""Languages and identifiers in words, for `xdata list` and `xdata show`. Loads neither models nor arrays."""

from functools import cache
from pathlib import Path
from typing import Any

from xdata.errors import one_line
from xdata.language_files import described_languages, names_of
from xdata.languages import CHINESE, CHINESE_OF_EITHER, Language
from xdata.resources import resource
from xdata.terminal import aligned
from xdata.yaml_files import read_yaml

OWN_MODEL, FASTTEXT_MODEL = "xlid.npz", "lid.176.ftz"
"""Files of the identifiers that come with xdata."""
NOISE = "zxx"
"""Code of text that is in no language, which a model tells from others."""


def language_rows() -> list[tuple[str, ...]]:
    """Code, English name, own name, and whether it is identified, of every language that has a file."""
    known = {code.split("_")[0] for code in identified(OWN_MODEL)}
    rows: list[tuple[str, ...]] = []
    for code, path in described_languages().items():
        names = names_of(path)
        found = "" if code.split("_")[0] in known else "not identified"
        rows.append((code, names.english if names else code, (names and names.autonym) or "", found))
    return rows


def model_rows() -> list[tuple[str, ...]]:
    """Identifier, number of languages, license and source."""
    rows: list[tuple[str, ...]] = []
    for model in (OWN_MODEL, FASTTEXT_MODEL):
        facts = _facts(model)
        num = len({code.split("_")[0] for code in identified(model)})
        rows.append((model, f"identifies {num} languages", str(facts["license"]), str(facts["source"])))
    return rows


@cache
def identified(model: str) -> frozenset[str]:
    """Codes of the languages that an identifier names: `iso639-3_Script`, or `iso639-3` of a fastText model."""
    facts = _facts(model)
    codes = facts["characters"] if "characters" in facts else facts["labels"].values()
    return frozenset(code for code in codes if not code.startswith(NOISE))


def language_lines(language: Language) -> list[str]:
    """What is known of a language."""
    facts = language.facts
    rows = [
        ("script", language.script),
        ("language file", str(language.path) if language.path else "none: rules that need facts are disabled"),
    ]
    if facts.names:
        rows += [("name", facts.names.english), ("own name", facts.names.autonym or "unknown")]
    if facts.aliases:
        rows.append(("also accepted", ", ".join(facts.aliases.codes)))
    if facts.writing:
        rows += [("direction", facts.writing.direction), ("words segmented", f"by {facts.writing.segmenter}")]
    if facts.letters:
        rows.append(("letters", one_line(facts.letters.main, limit=200)))
    if facts.stop_words:
        rows.append(("stop words", f"{len(facts.stop_words.words)}"))
    if facts.thresholds:
        rows.append(("thresholds", f"of {facts.thresholds.num_documents:,} documents"))
    if facts.neighbours:
        rows.append(("similar languages", ", ".join(facts.neighbours.codes)))
    if facts.names:
        rows.append(("source", facts.names.source))
    rows.append(("missing facts", ", ".join(facts.lacks).replace("_", " ") or "none"))
    rows.append(("identified", _how_well(language)))
    return [f"language {language.code}", *(f"  {line}" for line in aligned(rows))]


def _how_well(language: Language) -> str:
    """How well the identifier of xdata knows a language."""
    code, codes = language.code, identified(OWN_MODEL)
    if code == CHINESE_OF_EITHER:
        return f"yes, as {' or '.join(CHINESE)}; this code is for text whose script is ambiguous"
    if code not in codes:
        others = sorted(each for each in codes if each.startswith(f"{language.iso639_3}_"))
        only = f", only as {' or '.join(others)}" if others else ""
        return f"no{only}: declare the language of its sources"
    facts = _facts(OWN_MODEL)
    learned = sum(facts["characters"].get(code, {}).values())
    shown = f"yes, trained on {learned:,} characters" if learned else "yes"
    measured = facts["precision_and_recall"].get(code)
    if measured is None:
        return f"{shown}; not measured on other text"
    return f"{shown}; precision {measured[0]:.2f}, recall {measured[1]:.2f} on text of a kind not seen in training"


@cache
def _facts(model: str) -> dict[str, Any]:
    facts: dict[str, Any] = read_yaml(resource("models", Path(model).with_suffix(".yaml").name))
    return facts
