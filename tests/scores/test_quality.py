import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.mixtures import HOSTILE, SENTENCE_ENDS, WORDS, mixed
from tests.texts import SCRIPTS, texts
from xdata.language_files import described_languages
from xdata.languages import Language
from xdata.scores.quality import (
    Characters,
    FineWebQuality,
    GopherQuality,
    StopWords,
    score_characters,
    score_fineweb,
    score_quality,
    score_stop_words,
)
from xdata.text.analysis import Analyses
from xdata.text.hashes import hash_texts

_STOP_WORDS = [code for code in described_languages() if Language(code).facts.stop_words]


def _columns(batch: list[str]) -> dict[str, list[float]]:
    analyses = Analyses(batch)
    found = score_quality(analyses) | score_fineweb(analyses) | score_characters(analyses)
    return {name.removeprefix("scores."): values.tolist() for name, values in found.items()}


def _scores(text: str) -> dict[str, float]:
    return {name: values[0] for name, values in _columns([text]).items()}


def _check(batch: list[str]) -> None:
    """The scores of a batch are those of the reference, to the last bit."""
    columns = _columns(batch)
    steps = (GopherQuality(), FineWebQuality(), Characters())
    assert {f"scores.{name}" for name in columns} == {name for step in steps for name in step.adds()}
    for number, text in enumerate(batch):
        expected = reference.quality(text)
        for name, values in columns.items():
            if expected:
                assert values[number] == expected[name], name
            else:
                assert np.isnan(values[number]), name


@given(st.lists(mixed, max_size=4))
def test_scores_are_those_of_the_reference(batch: list[str]) -> None:
    _check(batch)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_scores_of_real_text_are_those_of_the_reference(language: str) -> None:
    _check(list(texts(language)))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_scores_of_hostile_text_are_those_of_the_reference(text: str) -> None:
    _check(["Habari ya leo.", text[:3000], "", text[:5]])
    assert all(len(values) == 2 for values in _columns([text, "a"]).values())


def test_scores_by_hand() -> None:
    found = _scores("# Habari: 12\n\n• moja...\n- mbili…\nTatu. #3")
    assert found["mean_word_length"] == (6 + 2 + 4 + 5 + 4 + 1) / 6
    assert found["hash_ratio"] == 2 / 14
    assert found["ellipsis_ratio"] == 2 / 14
    assert found["bullet_line_share"] == 2 / 4
    assert found["ellipsis_line_share"] == 2 / 4
    assert found["alpha_word_share"] == 4 / 14
    assert found["new_line_ratio"] == 4 / 14
    assert found["short_line_share"] == 1


@pytest.mark.parametrize("bullet", "-*–—•‣▪●◦⁃·▶・")
@pytest.mark.parametrize("script", ["Latn", "Arab", "Deva", "Thai", "Hani"])
def test_bullets_begin_lines_in_every_script(bullet: str, script: str) -> None:
    word = WORDS[script]
    assert _scores(f"{bullet} {word}\n  {bullet}{word}\n{word} {bullet} {word}\n{word}")["bullet_line_share"] == 0.5


@pytest.mark.parametrize("line", ["---", "--- a", "**a**", "-- a"])
def test_rules_and_emphasis_are_no_bullets(line: str) -> None:
    assert _scores(line)["bullet_line_share"] == 0


@pytest.mark.parametrize("script", SENTENCE_ENDS)
def test_lines_end_in_the_marks_of_their_script(script: str) -> None:
    word = WORDS.get(script, WORDS["Arab"])
    end = SENTENCE_ENDS[script]
    assert _scores(f"{word}{end}\n{word}{end}”\n{word}{end})»\n{word}\n{word},")["line_punct_share"] == 3 / 5


@pytest.mark.parametrize("zero", ["0", "٠", "०", "๐", "༠", "０", "߀"])
def test_digits_of_every_script_are_digits(zero: str) -> None:
    found = _scores(f"a {chr(ord(zero) + 3)}{zero} !\t")
    assert found["digit_share"] == 2 / 4
    assert found["symbol_share"] == 1 / 4


def test_lines_of_thirty_code_points_are_short() -> None:
    assert _scores(f"{'a' * 30}\n{'अ' * 31}\n {'a' * 30} ")["short_line_share"] == 2 / 3


@pytest.mark.parametrize("language", _STOP_WORDS)
def test_stop_words_of_a_language_are_found_in_a_text_of_them(language: str) -> None:
    facts = Language(language).facts.stop_words
    assert facts is not None
    words = facts.words
    columns = score_stop_words(
        Analyses([" , ".join(words), " , ".join(words).upper()], declared_languages=[language] * 2)
    )
    whole = [word for word in words if Analyses([word])[0].words == [word]]
    assert columns["scores.num_stop_words"][0] >= len(np.unique(hash_texts(whole, language=language))) > 0


def test_stop_words_are_counted_by_their_kind_and_by_their_share() -> None:
    batch = ["ya na ya NA kitabu", "kitabu", "", "ya na", "the of"]
    languages = ["swh_Latn", "swh_Latn", "swh_Latn", "xxx_Latn", None]
    columns = score_stop_words(Analyses(batch, declared_languages=languages))
    assert columns.keys() == StopWords().adds().keys()
    assert columns["scores.num_stop_words"].tolist()[:3] == [2, 0, 0]
    assert columns["scores.stop_word_share"].tolist()[:3] == [0.8, 0, 0]
    assert np.isnan(columns["scores.num_stop_words"][3:]).all()
    assert np.isnan(columns["scores.stop_word_share"][3:]).all()


@pytest.mark.parametrize("language", [code for code in SCRIPTS.values() if code in _STOP_WORDS])
def test_real_text_has_stop_words_of_its_language(language: str) -> None:
    columns = score_stop_words(Analyses(texts(language), declared_languages=[language] * 5))
    assert columns["scores.num_stop_words"].min() >= 2
    assert ((columns["scores.stop_word_share"] > 0) & (columns["scores.stop_word_share"] < 0.8)).all()


@given(mixed)
def test_shares_are_shares(text: str) -> None:
    for name, value in _scores(text).items():
        assert np.isnan(value) or value >= 0
        if name.endswith("share"):
            assert np.isnan(value) or value <= 1
