from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.texts import SCRIPTS, texts
from xdata.disk import hash_file
from xdata.errors import ResourceError
from xdata.models.identifier import MOST_READ, LetterIdentifier, excerpt, save_identifier
from xdata.models.language import XLID
from xdata.text.scripts import main_scripts, script_members

HOSTILE = {
    "empty": "",
    "blanks": " \n\t ",
    "numbers": "12 345,678.9 ٣٤ ४५",
    "emoji": "😀🎉👩🏽‍🚀 ❤️",
    "null bytes": "\x00\x01\x02",
    "surrogates": "\ud800\udfff kila mtu",
    "one letter": "a" * 100_000,
    "marks": "e" + "\u0301" * 10_000,
    "marks alone": "\u0301" * 100,
    "joiners": "\u200d\u200c" * 100,
    "right to left": "\u202eabc\u202c \u061c",
    "five scripts": "kila мир שלום ሰላም ไทย",
    "private": "\ue000\uf8ff",
    "unassigned": "\U0001ffff\u0378",
    "gothic": "𐌲𐌿𐍄",
    "no script of any label": "\U00016e40\U00016e41",
}
QUOTATIONS = {
    "rus_Cyrl": "Каждый человек имеет право на труд.",
    "hin_Deva": "प्रत्येक व्यक्ति को काम करने का अधिकार है।",
    "zho_Hans": "人人有权工作。",
    "kor_Kore": "모든 사람은 일할 권리를 가진다.",
    "eng_Latn": "Everyone has the right to work.",
}


@pytest.fixture(scope="module")
def model() -> LetterIdentifier:
    return LetterIdentifier(XLID.files()[0])


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_probabilities_are_of_languages_of_the_script_and_add_up(model: LetterIdentifier, language: str) -> None:
    batch = texts(language)
    shares = model.identify(batch)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-4)
    for row, script in zip(shares, main_scripts(batch), strict=True):
        named = {model.labels[number].split("_")[1] for number in np.flatnonzero(row)}
        assert all(script_members(script or "") <= script_members(one) for one in named)


def test_a_text_is_identified_alike_alone_and_among_others(model: LetterIdentifier) -> None:
    batch = [text for language in SCRIPTS.values() for text in texts(language)[:2]] + list(HOSTILE.values())
    together = model.identify(batch)
    backwards = model.identify(batch[::-1])[::-1]
    alone = np.concatenate([model.identify([text]) for text in batch])
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(together, backwards, atol=1e-5)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_answered(model: LetterIdentifier, text: str) -> None:
    shares = model.identify([text])
    assert shares.shape == (1, len(model.labels))
    assert not np.isnan(shares).any()
    assert shares.sum() == pytest.approx(1, abs=1e-4) or shares.sum() == 0


def test_any_run_of_words_costs_a_subtraction(model: LetterIdentifier) -> None:
    first, second = texts("swh_Latn")[0], texts("mlt_Latn")[0]
    reading = model.read([first, second])
    middle, end = reading.words.text_offsets[1:3]
    parts = model.probabilities(reading, np.array([0, middle]), np.array([middle, end]), ["Latn", "Latn"])
    assert np.allclose(parts, model.identify([first, second]), atol=1e-5)
    few = np.flatnonzero(parts[0] > 1e-3)
    some = model.probabilities(reading, np.array([0]), np.array([middle]), ["Latn"], columns=few)
    assert some.sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("language", "quoted"),
    [
        (language, quoted)
        for script, language in SCRIPTS.items()
        for quoted in QUOTATIONS
        if script_members(script).isdisjoint(script_members(quoted[4:])) and {script, quoted[4:]} != {"Hans", "Kore"}
    ],
)
def test_words_in_another_script_than_most_are_ignored(model: LetterIdentifier, language: str, quoted: str) -> None:
    own = texts(language)[0]
    quotation = QUOTATIONS[quoted]
    both = [own, f"{own}\n{quotation}", f"{quotation} {own}"]
    shares = model.identify(both)
    assert np.allclose(shares[0], shares[1], atol=1e-5)
    assert np.allclose(shares[0], shares[2], atol=1e-5)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("日本の東京タワーはとても高いです。大韓民国", "jpn_Jpan"),
        ("대한민국은 民主共和國이다. 모든 사람은 자유롭다.", "kor_Kore"),
        ("Kila mtu ana haki \u0301ya \u0301kuishi мир", "swh_Latn"),
        ("xЯЯЯЯЯЯ", None),
    ],
)
def test_scripts_that_are_mixed_and_words_that_begin_with_marks_count(
    model: LetterIdentifier, text: str, language: str | None
) -> None:
    (shares,) = model.identify([text])
    assert shares.sum() == pytest.approx(1, abs=1e-4)
    assert language is None or model.labels[int(shares.argmax())] == language


def test_a_long_text_is_read_in_slices() -> None:
    text = "kila mtu " * 100_000
    read = excerpt(text)
    assert len(read) <= MOST_READ + 16
    assert excerpt(read[:100]) == read[:100]
    assert read.startswith(text[:1000])
    assert read.endswith(text[-1000:])


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    for content in (b"", b"PK\x03\x04 not a zip", b"text"):
        path.write_bytes(content)
        with pytest.raises(ResourceError, match="is not an identifier of xdata"):
            LetterIdentifier(path)
    np.savez(path, vectors=np.zeros((4, 2), dtype=np.int8))
    with pytest.raises(ResourceError, match="is not an identifier of xdata"):
        LetterIdentifier(path)


def _arrays() -> dict[str, Any]:
    return {
        "vectors": np.ones((8, 2), dtype=np.int8),
        "weights": np.ones((2, 3), dtype=np.float32),
        "biases": np.zeros(3, dtype=np.float32),
        "labels": np.array(["swh_Latn", "mlt_Latn", "zxx_Latn"]),
        "sharpness": np.array([0, 1, 1], dtype=np.float32),
    }


@pytest.mark.parametrize(
    ("field", "array", "message"),
    [
        ("vectors", np.ones((7, 2), dtype=np.int8), "it has 7 vectors, which must be a power of two"),
        ("vectors", np.ones((0, 2), dtype=np.int8), "it has 0 vectors"),
        ("vectors", np.ones((8, 3), dtype=np.int8), "vectors of 3 numbers and 3 labels do not go with its weights"),
        ("vectors", np.ones((8, 2), dtype=np.int32), "vectors has another type"),
        ("vectors", np.ones(8, dtype=np.int8), "vectors has another type"),
        ("weights", np.ones((3, 2), dtype=np.float32), "vectors of 2 numbers and 3 labels"),
        ("weights", np.full((2, 3), np.nan, dtype=np.float32), "weights has what is not a number"),
        ("biases", np.zeros(2, dtype=np.float32), "vectors of 2 numbers and 3 labels"),
        ("biases", np.zeros((), dtype=np.float32), "biases has another type"),
        ("labels", np.array(["swh", "mlt_Latn", "zxx_Latn"]), "its label 'swh' is not an iso639-3_Script"),
        ("labels", np.array(["swh_Latn"] * 3), "it has a label twice"),
        ("labels", np.array([1, 2, 3]), "labels has another type"),
        ("sharpness", np.zeros(2, dtype=np.float32), "sharpness must have"),
        ("sharpness", np.array(["a", "b", "c"]), "sharpness has another type"),
    ],
)
def test_inconsistent_arrays_are_refused_in_one_line(tmp_path: Path, field: str, array: Any, message: str) -> None:
    np.savez(tmp_path / "model.npz", **(_arrays() | {field: array}))
    with pytest.raises(ResourceError, match=message) as caught:
        LetterIdentifier(tmp_path / "model.npz")
    assert "\n" not in str(caught.value)


def test_the_same_arrays_make_the_same_bytes(tmp_path: Path) -> None:
    arrays = _arrays()
    for name in ("one.npz", "two.npz"):
        save_identifier(tmp_path / name, **arrays)
    assert hash_file(tmp_path / "one.npz") == hash_file(tmp_path / "two.npz")
    assert LetterIdentifier(tmp_path / "one.npz").identify(["kila"]).shape == (1, 3)
