from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.mixtures import WORDS, mixed
from tests.texts import SCRIPTS, texts
from xdata.text.analysis import Analyses
from xdata.text.hashes import grow_ngrams, hash_ranges, hash_texts, mix

GOLDEN = ["4deb96a92dcd06c5", "6340aa33a1b3200d", "9616544d36d48df0"]
_VALUES = mix(np.arange(1, 400, dtype=np.uint64))


@pytest.mark.parametrize(
    "words",
    [
        ["मुझे", "मझ", "मुझ", "मझे"],
        ["कि", "कु", "की", "कू", "के", "को", "का", "क"],
        ["ที่", "ท", "ที", "ทิ่"],
        ["ක්ෂ", "ක්‍ෂ", "කෂ"],
        ["می‌خ", "میخ"],
        ["שָׁלוֹם", "שלום"],
        ["كتَب", "كتب"],
        ["བོད", "བད", "བུད"],
        ["ខ្មែរ", "ខមរ", "ខ្មរ"],
        ["é", "e", "e\u0301"],
        ["ı", "i"],
        ["6", "9"],
        ["ab", "ba", "a", "aa", "aaa"],
    ],
)
def test_different_words_have_different_hashes(words: list[str]) -> None:
    assert len(set(hash_texts(words).tolist())) == len(words)


@pytest.mark.parametrize(
    "words",
    [
        ["MTU", "mtu", "Mtu", "ＭＴＵ", "ｍｔｕ"],
        ["Ғылым", "ҒЫЛЫМ"],
        ["ΛΌΓΟΣ", "λόγος", "λόγοσ"],
        ["ՀԱՅ", "հայ"],
        ["ᲥᲐᲠᲗᲣᲚᲘ", "ქართული"],
        ["ᎠᏂ", "ꭰꮒ"],
        ["2024", "٢٠٢٤", "۲۰۲۴", "२०२४", "๒๐๒๔", "２０２４", "༢༠༢༤"],
        ["ya'yansu", "ya’yansu", "yaʼyansu", "ya＇yansu"],
        ["kʼapa", "k'apa", "kꞌapa", "KꞋAPA"],
    ],
)
def test_case_width_digits_and_apostrophes_make_no_difference(words: list[str]) -> None:
    assert len(set(hash_texts(words).tolist())) == 1


@given(mixed, mixed)
def test_words_have_equal_hashes_where_they_fold_to_the_same(one: str, two: str) -> None:
    analyses = Analyses([one, two])
    words = [reference.fold(word) for analysis in analyses for word in analysis.words]
    for (first, hash_), (second, other) in combinations(zip(words, analyses.word_hashes.tolist(), strict=True), 2):
        assert (first == second) == (hash_ == other)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_as_many_hashes_as_words_in_real_text(language: str) -> None:
    analyses = Analyses(texts(language))
    words = {reference.fold(word) for analysis in analyses for word in analysis.words}
    assert len(np.unique(analyses.word_hashes)) == len(words)


@pytest.mark.parametrize("script", WORDS)
def test_a_word_has_the_hash_that_it_has_in_a_text(script: str) -> None:
    analyses = Analyses([f"«{WORDS[script]}» 1 {WORDS[script]}"])
    assert set(analyses.word_hashes.tolist()) == set(hash_texts([*analyses[0].words, "1"]).tolist())


def test_no_words_have_no_hashes() -> None:
    assert hash_texts([]).tolist() == []
    assert Analyses([]).token_hashes.tolist() == []
    assert hash_ranges(_VALUES[:0], np.empty(0, np.int64), np.empty(0, np.int64)).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 398), st.integers(0, 398)).map(sorted)))
def test_the_hash_of_a_range_depends_on_its_values_only(ranges: list[list[int]]) -> None:
    starts = np.array([start for start, _ in ranges], dtype=np.int64)
    ends = np.array([end for _, end in ranges], dtype=np.int64)
    alone = [
        int(hash_ranges(_VALUES[start:end].copy(), np.array([0]), np.array([end - start]))[0]) for start, end in ranges
    ]
    assert hash_ranges(_VALUES, starts, ends).tolist() == alone


def test_ranges_of_the_same_values_in_another_order_or_number_differ() -> None:
    one, two = _VALUES[:2]
    values = np.array([one, two, two, one, one, one, one], dtype=np.uint64)
    starts, ends = np.array([0, 1, 2, 0, 4, 4, 3, 5]), np.array([1, 2, 4, 2, 6, 7, 3, 5])
    found = hash_ranges(values, starts, ends).tolist()
    assert len(set(found)) == 7  # the two empty ranges are equal
    assert found[-1] == found[-2]


@pytest.mark.parametrize("size", range(2, 11))
def test_ngrams_grow_to_equal_hashes_where_their_words_are_equal(size: int) -> None:
    words = mix(np.array([1, 2, 3] * 5 + [1, 2, 2] * 5, dtype=np.uint64))
    places = np.arange(len(words) - size + 1)
    ngrams = words
    for length in range(2, size + 1):
        ngrams = grow_ngrams(ngrams[: len(words) - length + 1], words, np.arange(len(words) - length + 1), length)
    expected = [tuple(words[place : place + size].tolist()) for place in places]
    assert len(set(expected)) == len(set(ngrams.tolist())) == len(set(zip(expected, ngrams.tolist(), strict=True)))


@pytest.mark.parametrize("length", [1, 65_535, 65_536, 65_537, 70_000, 1 << 18, (1 << 18) + 70_000, 600_000])
def test_long_words_have_in_a_batch_the_hash_that_they_have_alone(length: int) -> None:
    """Across the borders of the pieces in which words are hashed."""
    found = ["Haki ya", "අ" * length, "x" * length + " mwisho 1", "mtu " * 100, "Haki " + "x" * length + "."]
    together = Analyses(found)
    parts = np.split(together.token_hashes, together.tokens.bounds[1:-1])
    for text, part in zip(found, parts, strict=True):
        assert part.tolist() == Analyses([text]).token_hashes.tolist()
    assert int(parts[1][0]) != int(parts[2][0]) == int(parts[4][1])


def test_batches_of_many_pieces_have_the_hashes_of_each_text_alone() -> None:
    pages = [text for language in SCRIPTS.values() for text in texts(language)]
    found = [*pages, "y" * 66_000, *reversed(pages), "y" * 66_000, *pages, *pages]
    together = Analyses(found)
    assert len(together.points) > 2 << 18
    parts = np.split(together.token_hashes, together.tokens.bounds[1:-1])
    known: dict[str, list[int]] = {}
    for text, part in zip(found, parts, strict=True):
        assert part.tolist() == known.setdefault(text, Analyses([text]).token_hashes.tolist())


def test_words_that_are_equal_in_their_first_65536_code_points_are_equal() -> None:
    one, two, three = hash_texts(["x" * 65_536 + "a", "x" * 65_536 + "b" * 9, "x" * 65_536]).tolist()
    assert one == two == three


def test_hashes_do_not_change_between_runs() -> None:
    """Golden values: other ones mean that signatures of earlier runs are void."""
    assert [f"{value:016x}" for value in hash_texts(["haki", "हक़", "权利"]).tolist()] == GOLDEN


def test_low_bits_are_as_random_as_high_ones() -> None:
    """Of 10,000 words, each eighth bit pattern comes about as often at both ends."""
    found = hash_texts([f"neno{number}" for number in range(10_000)])
    for bits in (found & np.uint64(7), found >> np.uint64(61)):
        counts = np.bincount(bits.astype(np.int64), minlength=8)
        assert counts.min() > 1100
        assert counts.max() < 1400


@pytest.mark.parametrize("place", [0, 5, (1 << 18) - 3, 1 << 18, (1 << 19) + 7, 600_000])
@pytest.mark.parametrize("length", [0, 1, 6, 1 << 18, 300_000])
def test_ranges_of_many_values_have_the_hash_that_they_have_alone(place: int, length: int) -> None:
    values = mix(np.arange(1_000_000, dtype=np.uint64))
    found = hash_ranges(values, np.array([place, 0]), np.array([place + length, 1]))
    assert found[0] == hash_ranges(values[place : place + length].copy(), np.array([0]), np.array([length]))[0]


@pytest.mark.parametrize("language", ["tur_Latn", "azj_Latn", "crh_Latn"])
def test_the_dotless_i_folds_with_its_own_capital(language: str) -> None:
    words = hash_texts(["ISPARTA", "ısparta", "İZMİR", "izmir", "iki", "ıkı"], language=language).tolist()
    assert words[0] == words[1] and words[2] == words[3] and words[4] != words[5]
    english = hash_texts(["ISPARTA", "isparta", "ısparta"], language="eng_Latn").tolist()
    assert english[0] == english[1] != english[2]
    analyses = Analyses(["ISPARTA", "ısparta", "ISPARTA", "isparta"], languages=[language, language, None, "eng_Latn"])
    hashes = analyses.word_hashes.tolist()
    assert hashes[0] == hashes[1] == words[0] and hashes[2] == hashes[3] == english[0]
