import random
from itertools import permutations
from unicodedata import combining, decomposition, normalize

import pytest
import xxhash

from tests.dedup.columns import TextColumns
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.minhash import MinHash
from xdata.dedup.near import NearDuplicates
from xdata.dedup.text_hash import TextHash, text_hash, text_hashes
from xdata.text.analysis import Analyses
from xdata.text.canonical import INVISIBLE, canonical


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_only_white_space_may_differ(language: str) -> None:
    text = texts(language)[0]
    assert text_hash(text) == text_hash(text.replace("\n", " \n ") + "\n")
    assert text_hash(text) != text_hash(text[:-1] if text[-1].isalpha() else text + "x")
    assert len(text_hash(text)) == 16


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_all_hashes_together_are_those_of_each(language: str) -> None:
    found = [form for text in texts(language) for form in (text, normalize("NFD", text), f"\ufeff{text}\u00ad", "")]
    assert text_hashes(Analyses(found)) == list(map(text_hash, found))
    assert text_hashes(Analyses([])) == []


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_letters_of_two_code_points_are_those_of_one_and_what_is_unseen_does_not_count(language: str) -> None:
    text = texts(language)[0]
    assert text_hash(normalize("NFD", text)) == text_hash(normalize("NFC", text)) == text_hash(text)
    assert text_hash(f"\ufeff\u200e{text[:9]}\u00ad{text[9:]}\u200b") == text_hash(text)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_case_and_punctuation_are_for_near_duplicates_which_find_them_whatever_their_threshold(language: str) -> None:
    text = "".join(c for c in texts(language)[0] if c not in "\u0587\u00df")  # two letters in capitals
    loud = "".join(f"«{line.upper()}»!\n" for line in text.split("\n"))
    columns = TextColumns([text, loud], TextHash(), MinHash(), ids=["0", "1"])
    assert ExactDuplicates().open(Context())(columns).rows.tolist() == [0, 1]
    rows = NearDuplicates(min_similarity=1.0, minhash=MinHash()).open(Context())(columns).rows
    assert len(set(rows.tolist())) == 1


@pytest.mark.parametrize("seed", range(3))
def test_word_by_word_is_as_the_whole_text(seed: int) -> None:
    draw = random.Random(seed)
    odd = [chr(point) for point in range(0x30000) if combining(chr(point)) or decomposition(chr(point))]
    letters = [*draw.sample(odd, 400), *"aeo \n\u0915\u3000\u2000\u00a0\u0085", *INVISIBLE, *" " * 60]
    for _ in range(3000):
        text = "".join(draw.choices(letters, k=draw.randint(0, 50)))
        whole = " ".join(canonical(text).split())
        assert text_hash(text) == xxhash.xxh3_128_digest(whole.encode()) == text_hashes(Analyses([text]))[0]


def test_digits_make_a_difference() -> None:
    assert len({text_hash(f"Bei ya {number} leo") for number in ("1", "2", "10", "١", "१")}) == 5


def test_joiners_and_marks_make_a_difference() -> None:
    assert len({text_hash(word) for word in ("कि", "की", "कु", "क", "ක්ෂ", "ක්‍ෂ", "می‌خ", "میخ")}) == 8


def test_the_longest_stays_and_of_equally_long_ones_the_smallest_id() -> None:
    found = ["a b", "a  b", "c", "a\nb", "d", "c"]
    columns = TextColumns(found, TextHash(), ids=["5", "1", "4", "3", "2", "0"])
    assert ExactDuplicates().open(Context())(columns).rows.tolist() == [1, 1, 5, 1, 4, 5]


def test_what_was_published_stays() -> None:
    found = ["a b", "a  b", "a   b", "c  d", "c d"]
    columns = TextColumns(found, TextHash(), ids=["1", "5", "0", "2", "3"], earlier=[0, 1, 4])
    assert ExactDuplicates().open(Context())(columns).rows.tolist() == [1, 1, 1, 4, 4]


def test_the_order_of_documents_does_not_matter() -> None:
    found = [("a b", "1"), ("a b", "0"), ("c", "2"), ("a  b", "3")]
    survivors = set()
    for order in permutations(found):
        columns = TextColumns([text for text, _ in order], TextHash(), ids=[identity for _, identity in order])
        rows = ExactDuplicates().open(Context())(columns).rows
        survivors.add(tuple(sorted((order[i][1], order[row][1]) for i, row in enumerate(rows))))
    assert len(survivors) == 1


def test_no_documents_make_no_clusters() -> None:
    assert ExactDuplicates().open(Context())(TextColumns([], TextHash())).rows.tolist() == []
    assert ExactDuplicates().open(Context())(TextColumns(["a"], TextHash())).rows.tolist() == [0]
