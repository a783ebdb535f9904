import math

import pytest

from tests.texts import SCRIPTS, texts
from xdata.scores.language import IdentifyLanguage
from xdata.scores.length import NumWords
from xdata.scores.script import ScriptShare, script_shares
from xdata.step import Score
from xdata.text.analysis import Analyses

_STEPS: tuple[Score, ...] = (IdentifyLanguage(), ScriptShare(), NumWords())


@pytest.mark.parametrize("step", _STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("text", ["", "\n", "123", "★ ☆", "\u200d", "a", "x" * 100_000, "ක\n" * 1000])
def test_every_text_has_every_column(step: Score, text: str) -> None:
    columns = step.open()(Analyses([text, "Kila mtu ana haki"]))
    assert columns.keys() == step.adds().keys()
    assert all(len(values) == 2 for values in columns.values())


@pytest.mark.parametrize("step", _STEPS, ids=lambda step: step.name)
def test_scores_do_not_depend_on_what_else_is_in_the_batch(step: Score) -> None:
    found = [text for language in SCRIPTS.values() for text in texts(language)[:2]]
    together = step.open()(Analyses(found))
    alone = [step.open()(Analyses([text])) for text in found]
    for path, values in together.items():
        assert list(values) == [columns[path][0] for columns in alone]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("swh_Latn", "swh_Latn"),
        ("zho_Hans", "zho_Hans"),
        ("zho_Hant", "zho_Hant"),
        ("srp_Cyrl", "srp_Cyrl"),
        ("uig_Arab", "uig_Arab"),
        ("jpn_Jpan", "jpn_Jpan"),
        ("kor_Kore", "kor_Kore"),
        ("sin_Sinh", "sin_Sinh"),
    ],
)
def test_language_and_script_are_named_together(language: str, code: str) -> None:
    columns = IdentifyLanguage().open()(Analyses(texts(language)))
    assert set(columns["language"]) == {code}
    assert set(columns["script"]) == {code.split("_")[1]}
    assert min(columns["scores.language"]) > 0.4


def test_text_without_letters_is_undetermined() -> None:
    columns = IdentifyLanguage().open()(Analyses(["12 34 ★", ""]))
    assert list(columns["language"]) == ["und", "und"]
    assert list(columns["script"]) == [None, None]
    assert list(columns["scores.language"]) == [None, None]


def test_a_declared_language_is_believed_and_not_scored() -> None:
    columns = IdentifyLanguage().open()(Analyses(texts("hau_Latn")[:1], declared_languages=["hau_Latn"]))
    assert list(columns["language"]) == ["hau_Latn"]
    assert list(columns["scores.language"]) == [None]


@pytest.mark.parametrize(
    ("text", "declared", "share"),
    [
        ("abcd ef 12", None, 1.0),
        ("abcd ef дд", None, 2 / 3),
        ("abc дд", "rus_Cyrl", 0.5),
        ("日本のテキスト", None, 1.0),
        ("日本のテキスト", "zho_Hans", 1 / 3),
        ("大韓민국", None, 1.0),
        ("12 !", None, None),
        ("ශ්‍රී", None, 1.0),
        ("我在 Microsoft 工作", "zho_Hans", 2 / 3),
    ],
)
def test_script_share(text: str, declared: str | None, share: float | None) -> None:
    (found,) = script_shares(Analyses([text], declared_languages=[declared])).tolist()
    assert found == pytest.approx(share) if share is not None else math.isnan(found)
