import time
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.errors import InputError, ResourceError
from xdata.models.ngrams.files import load_ngrams, save_ngrams
from xdata.models.ngrams.model import MAX_BITS, NgramModel
from xdata.models.ngrams.training import train_ngrams

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def swahili() -> NgramModel:
    return train_ngrams(_lines("swh_Latn"), language="swh_Latn")


def _lines(language: str) -> list[str]:
    return [line for text in texts(language) for line in text.splitlines() if line.strip()]


def _random_text(seed: int, length: int = 8_000) -> str:
    random = Random(seed)
    return "".join(random.choice(_LETTERS + " ") for _ in range(length))


def _same(first: NgramModel, second: NgramModel) -> bool:
    arrays = [
        (getattr(one, name), getattr(other, name))
        for one, other in zip(first.levels, second.levels, strict=True)
        for name in ("keys", "bits", "backoff")
    ]
    return first.reference == second.reference and all(np.array_equal(one, other) for one, other in arrays)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_text_of_the_language_is_less_surprising_than_its_letters_shuffled(language: str) -> None:
    lines = _lines(language)
    model = train_ngrams(lines[::2], language=language)
    unseen = " ".join(lines[1::2])
    shuffled = "".join(Random(1).sample(unseen, len(unseen)))
    plain, broken = model.cross_entropy(unseen).bits, model.cross_entropy(shuffled).bits
    assert plain is not None
    assert broken is not None
    assert 0 < plain < broken <= MAX_BITS
    assert model.reference.deviation(broken) > 3


@pytest.mark.parametrize("text", ["Привет, мир и все люди", "ශ්‍රී ලංකාව", "漢字漢字漢字", "😀😀😀 🇰🇪"])
def test_letters_of_another_script_are_as_surprising_as_can_be(swahili: NgramModel, text: str) -> None:
    bits = swahili.cross_entropy(text).bits
    assert bits is not None
    assert bits > 8


@pytest.mark.parametrize("context", ["", "ha", "haki za", "zzz", "q"])
def test_probabilities_after_every_context_make_one(context: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the alphabet and the 4,096 characters that an unknown one may be."""
    monkeypatch.setattr("xdata.models.ngrams.model.MAX_BITS", 100.0)
    model = train_ngrams([_random_text(1), "haki za binadamu " * 500], language="und", max_ngrams=2_000)
    total = 0.0
    for letter in [*_LETTERS, " ", "я"]:
        known, whole = model.cross_entropy(context).bits or 0.0, model.cross_entropy(context + letter).bits
        assert whole is not None
        bits = whole * (len(context) + 1) - known * len(context)
        total += 2.0**-bits * (4096 if letter == "я" else 1)
    assert total == pytest.approx(1.0, abs=1e-3)


def test_words_in_any_order_are_more_surprising_at_their_beginnings(swahili: NgramModel) -> None:
    text = " ".join(_lines("swh_Latn"))
    words = text.split()
    plain = swahili.cross_entropy(text).start_bits
    shuffled = swahili.cross_entropy(" ".join(Random(1).sample(words, len(words)))).start_bits
    assert plain is not None
    assert shuffled is not None
    assert shuffled > plain + 0.5


def test_a_text_with_few_blanks_has_no_beginnings_of_words() -> None:
    model = train_ngrams(_lines("zho_Hans"), language="zho_Hans")
    found = model.cross_entropy("".join(_lines("zho_Hans")))
    assert found.bits is not None
    assert found.start_bits is None
    assert model.start_reference is None


@pytest.mark.parametrize("text", ["", "\x00", "\u200d" * 100, "\u200f\u200e", "\ufe0f"])
def test_a_text_without_characters_has_no_surprise(swahili: NgramModel, text: str) -> None:
    assert swahili.cross_entropy(text) == (None, None)


@pytest.mark.parametrize(
    "text",
    ["\ud800", "a" * 100_000, "a" + "\u0301" * 10_000, "😀" * 1000, "1" * 10_000, " \n" * 10_000, "\u202eabc"],
)
def test_odd_text_has_a_surprise_in_range(swahili: NgramModel, text: str) -> None:
    bits = swahili.cross_entropy(text).bits
    assert bits is not None
    assert 0 <= bits <= MAX_BITS


def test_one_line_of_fifty_megabytes_takes_seconds(swahili: NgramModel) -> None:
    line = " ".join(_lines("swh_Latn"))
    line *= 1 + 50_000_000 // len(line)
    started = time.process_time()
    assert swahili.cross_entropy(line).bits is not None
    assert time.process_time() - started < 60


def test_how_long_a_text_is_hardly_matters(swahili: NgramModel) -> None:
    text = " ".join(_lines("swh_Latn"))
    once, often = swahili.cross_entropy(text).bits, swahili.cross_entropy(text * 50).bits
    assert once == pytest.approx(often, abs=0.02)


def test_numbers_case_and_typography_hardly_matter(swahili: NgramModel) -> None:
    plain = swahili.cross_entropy('Watu 12 walisema "ndiyo"').bits
    assert swahili.cross_entropy("WATU 3456789 WALISEMA “NDIYO”").bits == plain


@given(st.lists(st.text(), max_size=8))
def test_texts_are_scored_alike_alone_and_together(swahili: NgramModel, found: list[str]) -> None:
    together = swahili.cross_entropies(found)
    assert together == [swahili.cross_entropy(text) for text in found]


def test_long_and_short_texts_are_scored_alike_alone_and_together(swahili: NgramModel) -> None:
    found = [text * times for text in _lines("swh_Latn")[:5] for times in (1, 40, 4000)]
    for one, together in zip(found, swahili.cross_entropies(found), strict=True):
        assert swahili.cross_entropy(one) == together


def test_the_order_of_documents_and_their_copies_do_not_matter() -> None:
    lines = _lines("swh_Latn")
    shuffled = Random(3).sample(lines * 3, len(lines) * 3)
    assert _same(train_ngrams(lines, language="swh_Latn"), train_ngrams(shuffled, language="swh_Latn"))


def test_a_sample_is_the_same_in_any_order_and_within_its_size() -> None:
    found = [_random_text(seed, 1_000) for seed in range(40)]
    first = train_ngrams(found, language="und", max_characters=12_000)
    second = train_ngrams(reversed(found), language="und", max_characters=12_000)
    assert _same(first, second)
    assert first.facts["num_pieces"] == 12


def test_the_rarest_ngrams_are_removed_first() -> None:
    lines = _lines("swh_Latn")
    whole = train_ngrams(lines, language="swh_Latn")
    small = train_ngrams(lines, language="swh_Latn", max_ngrams=2_000)
    assert small.num_ngrams <= 2_000 + small.order < whole.num_ngrams
    text = " ".join(lines)
    assert (small.cross_entropy(text).bits or 0) > (whole.cross_entropy(text).bits or 0)


@pytest.mark.parametrize(
    "found",
    [[], ["", "\n"], ["short"], ["a" * 50_000], ["\x00" * 50_000], ["\x00" * 50_000, "abc " * 2000]],
)
def test_too_little_text_is_refused(found: list[str]) -> None:
    with pytest.raises(InputError, match="too few to train on"):
        train_ngrams(found, language="swh_Latn")


def test_many_different_characters_make_shorter_ngrams() -> None:
    random = Random(1)
    han = ["".join(chr(0x4E00 + random.randrange(3_000)) for _ in range(1_000)) for _ in range(40)]
    assert train_ngrams(han, language="zho_Hans").order == 5
    rare = ["".join(chr(0x4E00 + random.randrange(6_000)) for _ in range(1_000)) for _ in range(40)]
    model = train_ngrams(rare, language="zho_Hans")
    assert model.order == 4
    assert model.cross_entropy(rare[0]).bits is not None


@pytest.mark.parametrize("language", ["swh_Latn", "sin_Sinh", "zho_Hans"])
def test_what_is_saved_is_read_again(tmp_path: Path, language: str) -> None:
    model = train_ngrams(_lines(language), language=language, facts={"inputs": ["a"]})
    save_ngrams(model, tmp_path / "model.ngrams")
    again = load_ngrams(tmp_path / "model.ngrams")
    assert _same(model, again)
    assert (again.language, again.facts["inputs"]) == (language, ["a"])
    assert again.start_reference == model.start_reference
    assert again.cross_entropies(texts(language)) == model.cross_entropies(texts(language))
    save_ngrams(again, tmp_path / "again.ngrams")
    assert (tmp_path / "again.ngrams").read_bytes() == (tmp_path / "model.ngrams").read_bytes()


def test_what_is_no_model_or_damaged_is_refused(swahili: NgramModel, tmp_path: Path) -> None:
    path = tmp_path / "model.ngrams"
    save_ngrams(swahili, path)
    data = path.read_bytes()
    magic, header, body = data.split(b"\n", 2)
    cases = {
        b"nothing": "is not a model",
        data[:-1]: "is damaged",
        data[:-1] + bytes([data[-1] ^ 1]): "is damaged",
        magic + b"\n{}\n" + body: "is damaged",
        magic + b"\nnothing\n": "is damaged",
        magic + b"\n" + header.replace(b'"version":1', b'"version":9') + b"\n" + body: "is of version 9",
        magic + b"\n" + header.replace(b'"order":6', b'"order":5') + b"\n" + body: "is damaged",
        magic + b"\n" + header.replace(b'"width":', b'"w":') + b"\n" + body: "is damaged",
    }
    for written, message in cases.items():
        path.write_bytes(written)
        with pytest.raises(ResourceError, match=message):
            load_ngrams(path)
    with pytest.raises(ResourceError, match="cannot be read"):
        load_ngrams(tmp_path / "gone.ngrams")


@pytest.mark.shared_data("langid/sib200")
@pytest.mark.parametrize(
    "language",
    [
        *("swh_Latn", "mlt_Latn", "bul_Cyrl", "uig_Arab", "mai_Deva", "mni_Beng", "guj_Gujr"),
        *("kan_Knda", "mal_Mlym", "amh_Ethi", "kat_Geor", "lao_Laoo", "khm_Khmr", "bod_Tibt"),
    ],
)
def test_clean_documents_are_separated_from_damaged_ones(shared_data: Path, language: str) -> None:
    from tests.benchmarks.perplexity import separation

    found = separation(shared_data, language)
    assert found["letters"] >= 0.99
    assert found["noise"] >= 0.97
    assert found.get("neighbour", 1) >= 0.99
    assert found.get("starts", 1) >= 0.9
