"""The share of traditional characters; `scores.script_share` is tested with the other scores of all scripts."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.scores.script import HantShare, hant_shares
from xdata.text.analysis import Analyses
from xdata.text.scripts import han_variety


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("國家發展", 1.0),
        ("国家发展", 0.0),
        ("國家发展", 0.5),
        ("學學学", 2 / 3),
        ("人人生而自由", np.nan),
        ("", np.nan),
        ("abc 123 ★", np.nan),
        ("學\u0000\ud800\u200f", 1.0),
        ("𠀀學", 1.0),
    ],
)
def test_characters_of_one_standard_alone_are_counted(text: str, share: float) -> None:
    np.testing.assert_allclose(hant_shares(Analyses([text])), [share])


@pytest.mark.parametrize("language", [code for code in SCRIPTS.values() if code.split("_")[1] not in ("Hans", "Jpan")])
def test_other_scripts_have_none(language: str) -> None:
    assert np.isnan(hant_shares(Analyses(texts(language)))).all()


@given(st.lists(st.text(alphabet="國国學学人a \n"), max_size=6))
def test_it_agrees_with_the_variety_and_with_each_text_alone(found: list[str]) -> None:
    shares = hant_shares(Analyses(found))
    for text, share in zip(found, shares, strict=True):
        np.testing.assert_equal(hant_shares(Analyses([text]))[0], share)
        variety = {"Hant": share > 0.5, "Hans": share < 0.5, None: np.isnan(share) or share == 0.5}
        assert variety[han_variety(text)]


def test_the_step_has_its_column() -> None:
    step = HantShare()
    columns = step.open(Context())(Analyses(["學" * 100_000, "\u0301" * 10_000]))
    assert columns.keys() == step.adds().keys()


@pytest.mark.shared_data("langid/sib200")
@pytest.mark.parametrize(("script", "share"), [("Hans", 0.0), ("Hant", 1.0)])
def test_real_sentences_are_of_one_standard(shared_data: Path, script: str, share: float) -> None:
    """FLORES sentences, once in each: every one that tells anything tells the truth."""
    content = gzip.decompress((shared_data / "langid" / "sib200" / f"zho_{script}.tsv.gz").read_bytes())
    rows = [line.split("\t")[3] for line in content.decode().splitlines()[1:]]
    shares = hant_shares(Analyses(rows))
    assert np.count_nonzero(np.isnan(shares)) <= 1
    assert set(shares[~np.isnan(shares)]) == {share}
