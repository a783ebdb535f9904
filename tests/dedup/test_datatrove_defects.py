"""What goes wrong in datatrove's MinHash deduplication (0.10.1), and goes right here: the same documents, both ways."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from datatrove.utils.text import TextNormConfig, simplify_text

from tests.benchmarks.duplicates.peer import deduplicate
from tests.dedup.columns import TextColumns
from tests.run.corpora import table
from tests.texts import texts
from xdata.dedup.minhash import MinHash, distinct, ngrams
from xdata.dedup.near import near_duplicates
from xdata.readers.source_specs import parse_sources
from xdata.recipe.functions import find_recipe
from xdata.run.build import build
from xdata.text.analysis import Analyses


def _ours(found: Sequence[str]) -> int:
    """Number of documents that stay."""
    return len(set(near_duplicates(TextColumns(found, MinHash()), min_similarity=0.75).tolist()))


def _ngrams(text: str) -> set[int]:
    return set(distinct(*ngrams(Analyses([text]), 1))[0].tolist())


@pytest.mark.parametrize(
    ("one", "other"),
    [("कु", "कू"), ("ที่", "ทุ"), ("সু", "সূ"), ("كَتَبَ", "كُتُبٌ"), ("ကိ", "ကု"), ("කි", "කු")],
)
def test_1_marks_make_words_and_are_not_dropped(one: str, other: str) -> None:
    assert simplify_text(one, TextNormConfig()) == simplify_text(other, TextNormConfig())
    assert _ngrams(one) != _ngrams(other)


@pytest.mark.parametrize("mark", "।؟۔።")
def test_2_punctuation_of_every_script_is_no_word(mark: str) -> None:
    assert mark in simplify_text(f"haki {mark}", TextNormConfig())
    assert "." not in simplify_text("haki .", TextNormConfig())
    assert _ngrams(f"haki {mark}") == _ngrams("haki")


def test_4_every_kept_document_has_the_size_of_its_cluster(tmp_path: Path) -> None:
    pages = list(texts("eng_Latn"))
    assert any("cluster_size" not in each for each in deduplicate(pages, "eng_Latn", tmp_path, filter_rank=1).kept)
    (tmp_path / "in.txt").write_text("\n".join(page.replace("\n", " ") for page in pages), encoding="utf-8")
    made = find_recipe("deduplicate").make(
        sources=parse_sources([str(tmp_path / "in.txt")]), settings={"output.format": "parquet"}
    )
    build(made, tmp_path / "out")
    rows = table(tmp_path / "out", "data")
    assert len(rows) > 0 and all(row["cluster_size"] >= 1 for row in rows)


def test_7_documents_that_differ_in_their_numbers_are_different(tmp_path: Path) -> None:
    found = [" ".join(f"{word}{number}" for word in "abcdefghij" for _ in range(3)) for number in range(9)]
    assert len(deduplicate(found, "eng_Latn", tmp_path).kept) == 1
    assert _ours(found) == 9


def test_8_copies_of_short_documents_are_found(tmp_path: Path) -> None:
    found = ["Habari ya leo", "Habari ya leo!", "habari  ya leo"]
    assert len(deduplicate(found, "eng_Latn", tmp_path).kept) == 3
    assert _ours(found) == 1
