import random
import time
from collections.abc import Sequence

import numpy as np
import pytest

from tests.dedup.columns import TextColumns
from tests.texts import SCRIPTS, texts
from xdata.dedup.minhash import (
    BANDS,
    SIGNATURE,
    MinHash,
    NearDuplicates,
    candidates,
    connected_components,
    near_duplicates,
)
from xdata.text.analysis import Analyses

GOLDEN_SIGNATURE = [4026802744, 81724660, 746610154, 1867064837]


def _ngrams(text: str) -> set[tuple[str, ...]]:
    words = [word.lower() for word in Analyses([text])[0].words]
    return set(zip(*(words[start:] for start in range(5)), strict=False))


def _jaccard(first: str, second: str) -> float:
    one, two = _ngrams(first), _ngrams(second)
    return len(one & two) / len(one | two)


def _changed(text: str, share: float, rng: random.Random) -> str:
    """`text` with some of its words replaced by words of its own, in order."""
    words = text.split(" ")
    for place in rng.sample(range(len(words)), max(1, int(len(words) * share))):
        words[place] = rng.choice(words)
    return " ".join(words)


def _cluster(found: Sequence[str], *, min_similarity: float = 0.75) -> list[int]:
    cluster = NearDuplicates(min_similarity=min_similarity).open()
    return [int(row) for row in cluster(TextColumns(found, MinHash()))]


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_signatures_estimate_jaccard_similarity_in_every_script(language: str) -> None:
    step, rng = MinHash(num_bands=32, num_rows=8), random.Random(3)
    for text in texts(language)[:3]:
        other = text[: int(len(text) * rng.uniform(0.5, 0.95))]
        one, two = step.signatures(Analyses([text, other]))
        assert abs(float((one == two).mean()) - _jaccard(text, other)) < 0.12


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_near_copies_are_found_and_different_pages_are_not(language: str) -> None:
    pages = texts(language)
    copies = [f"{page}\n{page.split()[0]} 2024" for page in pages]
    survivors = _cluster([*pages, *copies])
    for number in range(len(pages)):
        assert survivors[number] == survivors[number + len(pages)] == number + len(pages)


def test_what_is_less_similar_than_told_stays() -> None:
    rng = random.Random(5)
    text = texts("swh_Latn")[0]
    other = _changed(text, 0.06, rng)
    similarity = _jaccard(text, other)
    assert 0.4 < similarity < 0.75
    assert len(set(_cluster([text, other], min_similarity=0.95))) == 2
    step = MinHash(num_bands=32, num_rows=2)  # bands so short that such a pair surely shares one
    survivors = NearDuplicates(min_similarity=0.3).open()(TextColumns([text, other], step))
    assert len(set(survivors.tolist())) == 1


def test_vowel_signs_keep_words_apart() -> None:
    step = MinHash()
    one, two = step.signatures(Analyses(["कि कु के को का क", "की कू कै कौ कां कः"]))
    assert (one == two).mean() < 0.1


@pytest.mark.parametrize("text", ["moja", "moja mbili", "ක්‍ෂ", "日本"])
def test_texts_shorter_than_an_ngram_have_signatures(text: str) -> None:
    assert len(set(_cluster([text, text.upper(), "kitu kingine kabisa"]))) == 2


def test_texts_without_words_have_none_and_stay() -> None:
    columns = TextColumns(["...", "", "haki"], MinHash())
    for path in (SIGNATURE, BANDS):
        assert columns.read(path).is_null().to_pylist() == [True, True, False]
    assert _cluster(["...", "!!!", "..."]) == [0, 1, 2]


def test_clusters_do_not_depend_on_the_order_of_documents() -> None:
    rng = random.Random(1)
    base = [page for language in ("swh_Latn", "tha_Thai", "sin_Sinh") for page in texts(language)]
    found = [*base, *(_changed(page, 0.01, rng) for page in base)]
    identities = {text: f"{number:032x}" for number, text in enumerate(found)}
    outcomes = set()
    for seed in range(6):
        order = random.Random(seed).sample(found, len(found))
        columns = TextColumns(order, MinHash(), ids=[identities[text] for text in order])
        survivors = NearDuplicates().open()(columns)
        outcomes.add(tuple(sorted((identities[order[i]], identities[order[row]]) for i, row in enumerate(survivors))))
    assert len(outcomes) == 1


def test_signatures_are_those_of_every_other_run() -> None:
    """A golden value: another one means that rensa or our words or hashes changed, and that old signatures are void."""
    signatures = MinHash(num_bands=2, num_rows=2).signatures(Analyses(["Kila MTU ana haki ya kuishi"]))
    assert signatures.tolist() == [GOLDEN_SIGNATURE]


def test_candidates_are_the_rows_that_share_a_band() -> None:
    text = "kila mtu ana haki ya kuishi na uhuru"
    other = "watu wote wamezaliwa huru hadhi na haki zao ni sawa"
    columns = TextColumns([other, text, "...", text, other + " sote", text], MinHash(num_bands=3, num_rows=30))
    rows, buckets = candidates(columns)
    assert rows.tolist() == [1, 3, 5] * 3
    assert len(set(buckets.tolist())) == 3
    assert near_duplicates(columns, min_similarity=0.9).tolist() == [0, 1, 2, 1, 4, 1]


def test_a_large_cluster_takes_no_quadratic_time() -> None:
    columns = TextColumns(["kila mtu ana haki ya kuishi na uhuru"] * 20_000, MinHash())
    begin = time.process_time()
    assert set(near_duplicates(columns, min_similarity=0.75).tolist()) == {0}
    assert time.process_time() - begin < 10


def test_pairs_are_found_among_many_pages_that_share_a_menu() -> None:
    """The menu makes all of them candidates of each other, though only two by two are copies."""
    rng = random.Random(11)
    menu = texts("swh_Latn")[0].split()[:150]
    found = [" ".join([*menu, *(f"{rng.randrange(10**6)}" for _ in range(80))]) for _ in range(24)]
    copies = [f"{page} mwisho" for page in found]
    order = rng.sample(range(48), 48)
    everything = [*found, *copies]
    labels = near_duplicates(TextColumns([everything[i] for i in order], MinHash()), min_similarity=0.9)
    pairs = {frozenset((order.index(number), order.index(number + 24))) for number in range(24)}
    clusters = {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}
    assert clusters == pairs


def test_connected_components_take_the_smallest_row() -> None:
    pairs = np.array([[1, 4], [2, 4], [5, 6], [3, 2]])
    assert connected_components(8, pairs).tolist() == [0, 1, 1, 1, 1, 5, 5, 7]
    assert connected_components(2, np.empty((0, 2), dtype=np.int64)).tolist() == [0, 1]
    chain = np.array([[n, n + 1] for n in range(5000)])
    assert set(connected_components(5001, chain).tolist()) == {0}
