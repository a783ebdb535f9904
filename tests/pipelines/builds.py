"""Builds recipes over small inputs, and says what came of each document."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.run.corpora import table, words
from tests.texts import texts
from xdata.output.check import check
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.run.build import build
from xdata.text.analysis import Analyses, words_of

CONFIGS = Path(__file__).parent / "fineweb2"
"""Configurations in the form of FineWeb-2's, with numbers made up."""


def source(folder: Path, rows: Mapping[str, str] | Iterable[dict[str, Any]], **facts: Any) -> Source:
    """A source of JSONL over documents: URL -> text, or whole rows."""
    found = [{"url": url, "text": text} for url, text in rows.items()] if isinstance(rows, Mapping) else rows
    name = str(facts.get("name", "docs"))
    root = folder / name
    root.mkdir(parents=True)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in found]
    (root / "a.jsonl").write_text("".join(lines), encoding="utf-8")
    return Source(root=str(root), patterns=("*.jsonl",), **{"name": name, **facts})


def prose_and_salad(languages: Iterable[str]) -> tuple[list[str], list[str]]:
    """Pieces of real text, and as many pieces of a few of its words over and over: examples for a classifier."""
    good, bad = [], []
    for language in languages:
        pages = " ".join(texts(language))
        step = len(pages) // 30
        good += [pages[start : start + 6 * step] for start in range(0, 30 * step, step)]
        bad += [salad(language, seed) for seed in range(30)]
    return good, bad


def salad(language: str, seed: int, *, order: int = 0) -> str:
    """Six words of a language, which `seed` chooses, a hundred and twenty times, in one order or another."""
    words = sorted(word for word in set(words_of(" ".join(texts(language)))) if not any(map(str.isdigit, word)))
    return " ".join(Random(order).choices(words[4 * seed : 4 * seed + 6], k=120))


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    found = Analyses([text]).sentences
    return [text[start:end] for start, end in zip(found.starts.tolist(), found.ends.tolist(), strict=True)]


def made(
    recipe: str, out: Path, *, sources: Sequence[Source], languages: Sequence[str] = (), **settings: Any
) -> dict[str, list[str]]:
    """Builds a recipe: URL -> every reason of its document, none for one that was kept."""
    build(find_recipe(recipe).make(sources=sources, languages=languages, settings=words(**settings)), out)
    assert check(out) == []
    return {row["url"]: [found["reason"] for found in row["reasons"]] for row in table(out, "ledger")}
