"""How many planted faults the rules of quality catch, and how many clean documents they lose, in many scripts.

    python -m tests.benchmarks.faults --shared ../shared/data [--language-files DIR] [--json FILE]

Clean documents are sentences of TICO-19, LAFAND and every other document of SIB-200, joined to documents of at least
a hundred words. None of them was used for the thresholds in `resources/languages`, which come from the Universal
Declaration of Human Rights alone. The other half of SIB-200 is a sample to calibrate on, and never measured:

    python -m tests.benchmarks.faults --shared ../shared/data --sample DIR
    xdata calibrate --input DIR/sources.yaml --language-files DIR2
    python -m tests.benchmarks.faults --shared ../shared/data --language-files DIR2

A fault is planted into each of the clean documents; what
cannot be planted (words that are no stop words, where a language has none) is left out and said.
"""

import argparse
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.benchmarks.documents import sentences_of
from xdata.context import Context
from xdata.filters.rule_filters import threshold_filters
from xdata.filters.thresholds import Threshold
from xdata.language_files import OVERLAY, facts_of
from xdata.languages import find_code
from xdata.records import LANGUAGE, SCORES
from xdata.scores.c4 import C4Quality
from xdata.scores.debris import DebrisShare
from xdata.scores.length import NumWords
from xdata.scores.personal import PersonalData
from xdata.scores.quality import Characters, FineWebQuality, GopherQuality, StopWords
from xdata.scores.repetition import GopherRepetition
from xdata.scores.script import ScriptShare
from xdata.step import Filter
from xdata.text.analysis import Analyses, count_words, words_of
from xdata.yaml_files import dump_yaml

MIN_WORDS = 100
MAX_DOCUMENTS = 150

STEPS = (
    ScriptShare(),
    NumWords(),
    Characters(),
    GopherQuality(),
    StopWords(),
    GopherRepetition(),
    FineWebQuality(),
    C4Quality(),
    DebrisShare(),
    PersonalData(),
)

Fault = Callable[[str, str, random.Random], str | None]
"""From a clean document, its language and a generator to the document with the fault; None where there is no way."""


def documents(sentences: Sequence[str], *, joint: str) -> Iterator[str]:
    """Sentences in their order, four a line, until a document has a hundred words."""
    lines: list[str] = []
    line: list[str] = []
    words = 0
    for sentence in sentences:
        line.append(sentence.strip())
        words += count_words(sentence)
        if len(line) == 4:
            lines, line = [*lines, joint.join(line)], []
        if words >= MIN_WORDS:
            yield "\n".join([*lines, *([joint.join(line)] if line else [])])
            lines, line, words = [], [], 0


def filters_of(language: str) -> tuple[Filter, ...]:
    """The filters of `monolingual_corpus` for one language."""
    own = (
        Threshold(name="script", score="scores.script_share", reason="mixed_script", min_value=0.8),
        Threshold(name="words", score="scores.num_words", reason="too_few_words", min_value=50.0),
    )
    return (*own, *threshold_filters([language]))


def decide(texts: Sequence[str], language: str) -> list[set[str]]:
    """The reasons against each text."""
    analyses = Analyses(texts, declared_languages=[language] * len(texts))
    scores: dict[str, pa.Array] = {}
    for step in STEPS:
        for name, values in step.open(Context())(analyses).items():
            scores[name.removeprefix(f"{SCORES}.")] = pa.array(values, pa.float32(), from_pandas=True)
    struct = pa.StructArray.from_arrays(list(scores.values()), names=list(scores))
    table = pa.table({LANGUAGE: [language] * len(texts), SCORES: struct})
    reasons: list[set[str]] = [set() for _ in texts]
    for filter_step in filters_of(language):
        drops = filter_step.open(Context())(table)
        for row, reason in zip(drops.rows, drops.reasons, strict=True):
            reasons[row].add(reason)
    return reasons


def repeated_line(text: str, language: str, rng: random.Random) -> str:
    """One line of a page, again and again."""
    lines = text.split("\n")
    return "\n".join([*lines, *[lines[0]] * (2 * len(lines))])


def repeated_paragraph(text: str, language: str, rng: random.Random) -> str:
    """The whole text three times, as a page with previews has it."""
    return "\n\n".join([text] * 3)


def stuffed(text: str, language: str, rng: random.Random) -> str:
    """A phrase of three words among all others, as a shop writes it for search executors."""
    words = words_of(text)
    phrase, joint = words[:3], _joint(language)
    return joint.join(joint.join([*words[at : at + 4], *phrase]) for at in range(0, len(words), 4))


def menu(text: str, language: str, rng: random.Random) -> str:
    """Two words a line, as navigation has them."""
    words, joint = words_of(text), _joint(language)
    return "\n".join(joint.join(words[at : at + 2]) for at in range(0, len(words) - 1, 2))


def numbers(text: str, language: str, rng: random.Random) -> str:
    """A table: three numbers behind every word."""
    words = words_of(text)
    return "\n".join(" ".join([word, *(f"{rng.random() * 1000:.2f}" for _ in range(3))]) for word in words)


def symbols(text: str, language: str, rng: random.Random) -> str:
    """Ornaments between all words."""
    return " ".join(f"{word} {rng.choice('★|►=~#•')}{rng.choice('★|►=~#•')}" for word in words_of(text))


def salad(text: str, language: str, rng: random.Random) -> str | None:
    """The words of a text but for its stop words, in any order."""
    facts = facts_of(language)
    if facts is None or facts.stop_words is None:
        return None
    stop_words = {word.lower() for word in facts.stop_words.words}
    words = [word for word in words_of(text) if word.lower() not in stop_words]
    rng.shuffle(words)
    return _joint(language).join(words) + "." if len(words) >= MIN_WORDS // 2 else None


def other_script(text: str, language: str, rng: random.Random) -> str:
    """Half of the letters in another script."""
    other = "это совсем другой текст на другом языке и в другой письменности " * 40
    other = "this is another text in another language and another script " * 40 if "Cyrl" in language else other
    other = other if "Latn" not in language else "это совсем другой текст на другом языке и в другой письменности " * 40
    return text + "\n" + other[: len(text)]


def debris(text: str, language: str, rng: random.Random) -> str:
    """Every tenth letter lost to a wrong decoding."""
    return "".join("\ufffd" if c.isalpha() and rng.random() < 0.1 else c for c in text)


def mojibake(text: str, language: str, rng: random.Random) -> str | None:
    """UTF-8 read as Latin-1."""
    broken = text.encode().decode("latin-1")
    return broken if sum(ord(c) > 127 for c in text) > 0.03 * len(text) else None


def code(text: str, language: str, rng: random.Random) -> str:
    """A script that was left in the page."""
    return text + '\nfunction load() { var x = document.getElementById("menu"); if (x) { x.style = {}; } }\n' * 6


def filler(text: str, language: str, rng: random.Random) -> str:
    """A page that nobody has filled yet."""
    return text + "\nLorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor."


def teasers(text: str, language: str, rng: random.Random) -> str:
    """Beginnings of articles, each cut off."""
    words, joint = words_of(text), _joint(language)
    return "\n".join(joint.join(words[at : at + 9]) + "…" for at in range(0, len(words), 9))


def short(text: str, language: str, rng: random.Random) -> str:
    """A caption."""
    return _joint(language).join(words_of(text)[:30])


def phones(text: str, language: str, rng: random.Random) -> str:
    """A directory: a word, a mail address and a phone number a line."""
    rows = [f"{word} {word.lower()}@mail.org +255 7{rng.randrange(10**8):08}" for word in words_of(text)]
    return "\n".join(rows)


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        repeated_line,
        repeated_paragraph,
        stuffed,
        menu,
        numbers,
        symbols,
        salad,
        other_script,
        debris,
        mojibake,
        code,
        filler,
        teasers,
        short,
        phones,
    )
}


def _joint(language: str) -> str:
    return "" if language.split("_")[1] in ("Hans", "Hant", "Jpan", "Thai", "Khmr", "Laoo", "Mymr") else " "


def measure(language: str, clean: Sequence[str]) -> dict[str, Any]:
    """Clean documents lost, by reason, and the share caught of each fault."""
    lost = decide(clean, language)
    row: dict[str, Any] = {
        "language": language,
        "num_documents": len(clean),
        "lost": sum(map(bool, lost)),
        "why": sorted({reason for reasons in lost for reason in reasons}),
        "caught": {},
    }
    for name, plant in FAULTS.items():
        planted = [plant(text, language, random.Random(number)) for number, text in enumerate(clean)]
        texts = [text for text in planted if text is not None]
        if len(texts) >= 10:
            row["caught"][name] = sum(map(bool, decide(texts, language))) / len(texts)
    return row


def collect(shared: Path, *, held_out: bool) -> dict[str, list[str]]:
    """Language -> documents to measure with, or those of the sample to calibrate on."""
    found: dict[str, list[str]] = {}
    for name, sentences in sentences_of(shared):
        language = find_code(name)
        if language:
            texts = list(documents(sentences, joint=_joint(language)))
            if "_" in name:  # SIB-200
                texts = texts[int(held_out) :: 2]
            elif not held_out:
                texts = []
            found.setdefault(language, []).extend(texts)
    return {language: texts for language, texts in found.items() if texts}


def write_sample(shared: Path, folder: Path) -> None:
    """Writes the sample as JSONL files with a `sources.yaml`."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = []
    for language, texts in sorted(collect(shared, held_out=False).items()):
        lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
        (folder / f"{language}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        sources.append({"name": f"SIB-200 {language}", "path": f"{language}.jsonl", "language": language})
    (folder / "sources.yaml").write_text(dump_yaml({"sources": sources}), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the shared data")
    parser.add_argument("--language-files", type=Path, help="language files that stand in for those of xdata")
    parser.add_argument("--sample", type=Path, help="write the sample to calibrate on there, and measure nothing")
    parser.add_argument("--only", nargs="+", default=[], help="codes of the languages to measure; all unless given")
    parser.add_argument("--json", type=Path, help="write all figures there")
    options = parser.parse_args()
    if options.languages:
        os.environ[OVERLAY] = str(options.languages.resolve())
    if options.sample:
        write_sample(options.shared, options.sample)
        return
    found = {
        language: texts
        for language, texts in collect(options.shared, held_out=True).items()
        if not options.only or language in options.only
    }
    rows = []
    print(f"{'language':<9} {'docs':>5} {'lost':>6} ", *(f"{name[:9]:>9}" for name in FAULTS))
    for language, texts in sorted(found.items()):
        clean = random.Random(7).sample(texts, min(len(texts), MAX_DOCUMENTS))
        row = measure(language, clean)
        rows.append(row)
        cells = [f"{row['caught'][name]:9.0%}" if name in row["caught"] else f"{'--':>9}" for name in FAULTS]
        print(f"{language:<9} {len(clean):5} {row['lost'] / len(clean):6.1%} ", *cells, *row["why"])
    lossy = [row["language"] for row in rows if row["lost"] > 0.02 * row["num_documents"]]
    missed = {(row["language"], name): share for row in rows for name, share in row["caught"].items() if share < 0.9}
    print(f"{len(rows)} languages; more than 2 % lost in: {' '.join(lossy) or 'none'}")
    named = [f"{code} {name} {share:.0%}" for (code, name), share in missed.items()]
    print(f"caught less than 90 %: {', '.join(named) or 'none'}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
