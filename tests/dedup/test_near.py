import random
import time
from collections.abc import Sequence

import pytest

from tests.dedup.columns import TextColumns
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.dedup.minhash import MinHash, distinct, ngrams
from xdata.dedup.near import NearDuplicates, near_duplicates
from xdata.text.analysis import Analyses


def _similarity(one: str, other: str) -> float:
    values, bounds = distinct(*ngrams(Analyses([one, other]), 5))
    sets = [set(values[bounds[n] : bounds[n + 1]].tolist()) for n in range(2)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def _changed(text: str, share: float, rng: random.Random) -> str:
    """`text` with some of its words replaced by words of its own, in order."""
    words = text.split(" ")
    for place in rng.sample(range(len(words)), max(1, int(len(words) * share))):
        words[place] = rng.choice(words)
    return " ".join(words)


def _cluster(found: Sequence[str], **options: float) -> list[int]:
    cluster = NearDuplicates.model_validate(options).open(Context())
    rows = cluster(TextColumns(found, MinHash())).rows
    return [int(row) for row in rows]


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_near_copies_are_found_and_different_pages_are_not(language: str) -> None:
    pages = texts(language)
    copies = [f"{page}\n{page.split()[0]} 2024" for page in pages]
    survivors = _cluster([*pages, *copies])
    for number in range(len(pages)):
        assert survivors[number] == survivors[number + len(pages)] == number + len(pages)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_each_dropped_document_has_the_requested_similarity_to_its_survivor(language: str) -> None:
    rng = random.Random(2)
    found = [_changed(page, rng.uniform(0.001, 0.06), rng) for page in texts(language) for _ in range(8)]
    survivors = _cluster(found, min_similarity=0.7)
    assert 1 < len(set(survivors)) < len(found)
    for row, survivor in enumerate(survivors):
        assert row == survivor or _similarity(found[row], found[survivor]) >= 0.7


def test_less_similar_documents_are_kept() -> None:
    rng = random.Random(5)
    text = texts("swh_Latn")[0]
    other = _changed(text, 0.06, rng)
    assert 0.4 < _similarity(text, other) < 0.75
    assert len(set(_cluster([text, other], min_similarity=0.75))) == 2
    columns = TextColumns([text, other], MinHash(num_bands=32, num_rows=2))  # bands that such a pair surely shares
    assert len(set(near_duplicates(columns, min_similarity=0.75).tolist())) == 2
    assert len(set(near_duplicates(columns, min_similarity=0.4).tolist())) == 1


def test_texts_without_words_stay_and_short_ones_are_compared() -> None:
    assert _cluster(["...", "!!!", "..."]) == [0, 1, 2]
    assert _cluster(["moja mbili", "kitu", "Moja  mbili!", "日本", "日本。"]) == [2, 1, 2, 4, 4]
    assert _cluster([]) == []


def test_clusters_do_not_depend_on_the_order_of_documents_nor_on_memory_nor_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = random.Random(1)
    base = [page for language in ("swh_Latn", "tha_Thai", "sin_Sinh") for page in texts(language)]
    found = [*base, *(_changed(page, 0.01, rng) for page in base)]
    identities = {text: f"{number * 7919:08x}{number:024x}" for number, text in enumerate(found)}
    outcomes = set()
    for seed in range(6):
        order = random.Random(seed).sample(found, len(found))
        columns = TextColumns(order, MinHash(), ids=[identities[text] for text in order])
        monkeypatch.setenv("XDATA_THREADS", str(1 + seed // 2))
        survivors = near_duplicates(columns, min_similarity=0.75, memory=[1 << 28, 1][seed % 2])
        outcomes.add(tuple(sorted((identities[order[i]], identities[order[row]]) for i, row in enumerate(survivors))))
        assert not list(columns.scratch.rglob("*.bin"))
    assert len(outcomes) == 1


def test_a_large_cluster_takes_no_quadratic_time() -> None:
    columns = TextColumns(["kila mtu ana haki ya kuishi na uhuru"] * 20_000, MinHash(), rows_of_a_piece=5_000)
    begin = time.process_time()
    assert set(near_duplicates(columns, min_similarity=0.75).tolist()) == {0}
    assert time.process_time() - begin < 10


def test_pairs_are_found_among_many_pages_that_share_a_menu() -> None:
    """The menu makes all of them candidates of each other, though only two by two are copies."""
    rng = random.Random(11)
    menu = texts("swh_Latn")[0].split()[:150]
    found = [" ".join([*menu, *(f"{rng.randrange(10**6)}" for _ in range(80))]) for _ in range(24)]
    everything = [*found, *(f"{page} mwisho" for page in found)]
    order = rng.sample(range(48), 48)
    survivors = near_duplicates(TextColumns([everything[i] for i in order], MinHash()), min_similarity=0.9)
    for number in range(24):
        assert survivors[order.index(number)] == order.index(number + 24)


def test_a_score_may_select_the_survivor() -> None:
    text = texts("swh_Latn")[0]
    quality = {"scores.quality": [0.1, 0.9, None]}
    columns = TextColumns([f"{text} zaidi", text, f"{text} tena"], MinHash(), scores=quality)
    assert NearDuplicates(prefer="scores.quality").open(Context())(columns).rows.tolist() == [1, 1, 1]
    assert NearDuplicates().open(Context())(columns).rows.tolist() == [0, 0, 0]
    assert "scores.quality" in NearDuplicates(prefer="scores.quality").reads()


def test_invalid_preferences_are_refused() -> None:
    with pytest.raises(ValueError, match="prefer"):
        NearDuplicates(prefer="shortest")
