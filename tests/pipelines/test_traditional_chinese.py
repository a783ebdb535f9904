"""Traditional Chinese, end to end: Simplified, mixed and undecidable text each go for their own reason."""

from pathlib import Path

import numpy as np
import pytest

from tests.pipelines.builds import made, source
from tests.run.corpora import table
from tests.texts import texts
from xdata.text.code_points import to_array
from xdata.text.scripts import han_sides

_BOTH = ("zho_Hant", "zho_Hans")


def _shared(text: str) -> str:
    """A text without the characters that only one standard has."""
    points = to_array(text)
    return "".join(map(chr, points[han_sides(points) == 0]))


def _mixed() -> str:
    """Traditional text, and a third as much simplified text behind it."""
    return texts("zho_Hant")[4] + "\n" + texts("zho_Hans")[4][: len(texts("zho_Hant")[4]) // 3]


def _pages() -> dict[str, str]:
    pages = {f"https://a.example/{code}/{n}": text for code in _BOTH for n, text in enumerate(texts(code)[:4])}
    pages["https://a.example/mixed"] = _mixed()
    pages["https://a.example/shared"] = _shared("".join(texts("zho_Hant")[:3]))
    pages["https://a.example/eng"] = texts("eng_Latn")[0]
    pages["https://a.example/jpn"] = texts("jpn_Jpan")[0]
    return pages


@pytest.fixture(scope="module", params=["drop", "keep"])
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, list[str]], Path]:
    folder = tmp_path_factory.mktemp("chinese")
    declared = source(folder, {"https://b.example/0": texts("zho_Hans")[4]}, name="declared", language="zho_Hant")
    reasons = made(
        "traditional_chinese:bailong",
        folder / "out",
        sources=[source(folder, _pages()), declared],
        undecidable=request.param,
        thresholds="none",
        min_words=20,
    )
    return request.param, reasons, folder / "out"


def test_traditional_text_and_english_are_kept_and_simplified_text_is_dropped(
    found: tuple[str, dict[str, list[str]], Path],
) -> None:
    _, reasons, _ = found
    assert all(not reasons[f"https://a.example/zho_Hant/{n}"] for n in range(4))
    assert all(reasons[f"https://a.example/zho_Hans/{n}"][0] == "simplified_chinese" for n in range(4))
    assert reasons["https://a.example/eng"] == []
    assert "language_not_requested" in reasons["https://a.example/jpn"]


def test_mixed_text_and_simplified_text_declared_as_traditional_are_dropped(
    found: tuple[str, dict[str, list[str]], Path],
) -> None:
    _, reasons, _ = found
    assert reasons["https://a.example/mixed"] == ["simplified_characters"]
    assert reasons["https://b.example/0"] == ["simplified_characters"]


def test_ambiguous_text_is_labelled_and_kept_separately_if_at_all(
    found: tuple[str, dict[str, list[str]], Path],
) -> None:
    undecidable, reasons, out = found
    languages = {row["url"]: row["language"] for row in table(out, "data")}
    if undecidable == "drop":
        assert reasons["https://a.example/shared"] == ["chinese_undecidable"]
    else:
        assert languages["https://a.example/shared"] == "zho_Hani"
    assert set(languages.values()) - {"zho_Hani"} == {"zho_Hant", "eng_Latn"}


def test_the_share_is_in_every_row(found: tuple[str, dict[str, list[str]], Path]) -> None:
    _, _, out = found
    shares = {row["url"]: row["scores"]["hant_share"] for row in table(out, "ledger")}
    assert shares["https://a.example/zho_Hant/0"] == 1
    assert shares["https://a.example/eng"] is None
    assert shares["https://a.example/shared"] is None
    assert 0.5 < np.float32(shares["https://a.example/mixed"]) < 0.9
