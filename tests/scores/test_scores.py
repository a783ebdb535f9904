import json
import math
import random
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mixtures import HOSTILE, mixed
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.dedup.minhash import MinHash
from xdata.dedup.text_hash import TextHash
from xdata.scores.c4 import C4Quality
from xdata.scores.distinctive_words import DistinctiveWords
from xdata.scores.language import IdentifyLanguage
from xdata.scores.length import NumWords
from xdata.scores.quality import Characters, FineWebQuality, GopherQuality, StopWords
from xdata.scores.repetition import GopherRepetition
from xdata.scores.script import ScriptShare, script_shares
from xdata.step import Score
from xdata.text.analysis import Analyses

_STEPS: tuple[Score, ...] = (
    IdentifyLanguage(),
    ScriptShare(),
    NumWords(),
    GopherRepetition(),
    GopherQuality(),
    FineWebQuality(),
    StopWords(),
    DistinctiveWords(),
    Characters(),
    C4Quality(),
    MinHash(),
    TextHash(),
)

_LONG = {
    "one word of 50 MB": "'x' * 50_000_000",
    "25,000,000 words": "'a ' * 25_000_000",
    "20 MB of Thai": "'ประเทศไทย' * 740_000",
}
"""What -> Python for a text of it."""

_MEASURE = """
import resource, sys, time
from tests.scores.test_scores import _STEPS
from xdata.context import Context
from xdata.text.analysis import Analyses
scores = [step.open(Context()) for step in _STEPS]
analyses = Analyses([eval(sys.argv[1])], languages=["swh_Latn"])
for score in scores:
    score(analyses)
print([time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])
"""


def _rows(step: Score, batch: list[str], language: str | None = None) -> list[tuple[Any, ...]]:
    """What a step makes of each text of a batch; NaN is None."""
    columns = step.open(Context())(Analyses(batch, declared_languages=[language] * len(batch)))
    assert columns.keys() == step.adds().keys()
    return list(zip(*(pa.array(columns[path], from_pandas=True).to_pylist() for path in step.adds()), strict=True))


@pytest.mark.parametrize("step", _STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize(
    "text", ["123", "★ ☆", "a", "ක\n" * 1000, *HOSTILE.values()], ids=["digits", "signs", "a", "short lines", *HOSTILE]
)
def test_every_text_has_every_column_and_the_same_as_alone(step: Score, text: str) -> None:
    columns = step.open(Context())(Analyses([text, "Kila mtu ana haki"]))
    assert columns.keys() == step.adds().keys()
    assert all(len(values) == 2 for values in columns.values())
    assert _rows(step, ["Habari", text])[1] == _rows(step, [text])[0]


@pytest.mark.parametrize("step", _STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("language", [None, "swh_Latn"])
def test_scores_do_not_depend_on_what_else_is_in_the_batch_or_on_its_order(step: Score, language: str | None) -> None:
    found = [text for language in SCRIPTS.values() for text in texts(language)[:2]]
    alone = {text: _rows(step, [text], language)[0] for text in found}
    for seed in range(2):
        order = random.Random(seed).sample(found, len(found))
        assert _rows(step, order, language) == [alone[text] for text in order]


@pytest.mark.parametrize("step", _STEPS, ids=lambda step: step.name)
@given(batch=st.lists(mixed, min_size=1, max_size=4))
def test_scores_of_any_text_do_not_depend_on_the_batch(step: Score, batch: list[str]) -> None:
    assert _rows(step, batch) == [_rows(step, [text])[0] for text in batch]


@pytest.mark.slow
@pytest.mark.parametrize("text", _LONG.values(), ids=_LONG)
def test_very_long_texts_take_bounded_time_and_memory(text: str) -> None:
    """All steps on one text, in a process of its own: less than 4 GB and, on a slow machine, two minutes."""
    done = subprocess.run([sys.executable, "-c", _MEASURE, text], capture_output=True, text=True, check=True)
    seconds, kilobytes = json.loads(done.stdout)
    assert seconds < 120
    assert kilobytes < 4 << 20


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
    columns = IdentifyLanguage().open(Context())(Analyses(texts(language)))
    assert set(columns["language"]) == {code}
    assert set(columns["script"]) == {code.split("_")[1]}
    assert min(columns["language_score"]) > 0.4


def test_text_without_letters_is_undetermined() -> None:
    columns = IdentifyLanguage().open(Context())(Analyses(["12 34 ★", ""]))
    assert list(columns["language"]) == ["und", "und"]
    assert list(columns["script"]) == [None, None]
    assert list(columns["language_score"]) == [None, None]


def test_a_declared_language_is_believed_and_not_scored() -> None:
    columns = IdentifyLanguage().open(Context())(Analyses(texts("hau_Latn")[:1], declared_languages=["hau_Latn"]))
    assert list(columns["language"]) == ["hau_Latn"]
    assert list(columns["language_score"]) == [None]


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
