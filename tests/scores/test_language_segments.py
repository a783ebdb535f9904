import pytest

from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.errors import ConfigError
from xdata.models.language import LID_176, XLID, load_identifier
from xdata.models.segments.segment import Segment
from xdata.scores.language_segments import MOST_SHOWN, LanguageSegments, Shares, code_mixing, shown_segments
from xdata.text.analysis import Analyses

SWAHILI = "Kila mtu ana haki ya kuishi kwa uhuru na usalama wake mwenyewe katika nchi yake."
ENGLISH = "Everyone has the right to work and to free choice of employment in their own country."
RUSSIAN = "Каждый человек имеет право на труд и на свободный выбор работы в своей стране."


def rows(batch: list[str], languages: list[str | None]) -> list[Shares]:
    analyses = Analyses(batch, languages=languages)
    return list(map(Shares._make, zip(*LanguageSegments().open(Context())(analyses).values(), strict=True)))


@pytest.mark.parametrize("language", SCRIPTS.values(), ids=SCRIPTS)
def test_text_of_one_language_is_not_mixed(language: str) -> None:
    text = texts(language)[0]
    (identified,) = load_identifier(XLID).identify([text])
    assert rows([text], [identified.language]) == [Shares(1.0, 0.0, 0.0, None)]


def test_segments_in_another_language_are_counted_and_listed() -> None:
    (found,) = rows([f"{SWAHILI}\n{SWAHILI}\n{ENGLISH}"], ["swh_Latn"])
    letters = [sum(map(str.isalpha, text)) for text in (SWAHILI, ENGLISH)]
    words = [len(text.split()) for text in (SWAHILI, ENGLISH)]
    assert found.main_share == pytest.approx(2 * letters[0] / (2 * letters[0] + letters[1]))
    assert found.code_mixing == pytest.approx(words[1] / (2 * words[0] + words[1]))
    assert found.switches == pytest.approx(100 / (2 * words[0] + words[1]))
    end = 2 * len(SWAHILI) + 1
    assert found.segments == f"0-{end} swh_Latn; {end + 1}-{end + 1 + len(ENGLISH)} eng_Latn"


def test_each_text_of_a_batch_is_counted_by_itself() -> None:
    batch = [SWAHILI, "", f"{RUSSIAN} {ENGLISH}", "12 34", f"{ENGLISH}\n\n{RUSSIAN}"]
    languages: list[str | None] = ["swh_Latn", "und", "rus_Cyrl", "und", "eng_Latn"]
    together = rows(batch, languages)
    assert together == [rows([text], [language])[0] for text, language in zip(batch, languages, strict=True)]
    assert together[1] == together[3] == Shares(None, None, None, None)
    assert all(found.switches for found in (together[2], together[4]))


def test_a_document_in_another_language_than_declared_is_one_segment() -> None:
    (found,) = rows([ENGLISH], ["swh_Latn"])
    assert found == Shares(0.0, 0.0, 0.0, f"0-{len(ENGLISH)} eng_Latn")


@pytest.mark.parametrize("code", ["zho_Hani", "zho_Hans", "zho_Hant"])
def test_chinese_in_an_ambiguous_script_is_not_mixed(code: str) -> None:
    text = "人口不多，水很好。天上有白日，地上有大山，山上有人，人在水中。"
    assert rows([text], [code]) == [Shares(1.0, 0.0, 0.0, None)]
    (mixed,) = rows([f"{text}\n{text}\n{ENGLISH}"], [code])
    assert mixed.main_share is not None and 0 < mixed.main_share < 1
    assert mixed.segments is not None and mixed.segments.startswith(f"0-{2 * len(text) + 1} {code}; ")


def test_chinese_of_either_script_is_both() -> None:
    simplified, traditional = "这是简体中文的句子，我们来说说这个问题。", "這是繁體中文的句子，我們來說說這個問題。"
    assert rows([f"{simplified}\n{traditional}"], ["zho_Hani"]) == [Shares(1.0, 0.0, 0.0, None)]
    (found,) = rows([f"{simplified}\n{simplified}\n{traditional}"], ["zho_Hans"])
    assert found.segments is not None and found.segments.endswith(" zho_Hant")


def test_without_a_language_there_is_no_share_of_it() -> None:
    assert rows([ENGLISH], ["und"]) == [Shares(None, 0.0, 0.0, None)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], 0.0),
        ([("a", 9)], 0.0),
        ([("a", 5), ("b", 5)], 0.5),
        ([("a", 5), ("b", 2), ("a", 3)], 0.2),
        ([("a", 6), (None, 90), ("b", 3)], 1 / 3),
        ([(None, 3)], 0.0),
        ([("a", 0)], 0.0),
    ],
)
def test_the_code_mixing_index(words: list[tuple[str | None, int]], expected: float) -> None:
    assert code_mixing(words) == pytest.approx(expected)


def test_no_more_than_fifty_parts_are_shown() -> None:
    parts = [Segment(n, n + 1, None if n else "swh_Latn", 1.0) for n in range(MOST_SHOWN + 1)]
    shown = shown_segments(parts)
    assert shown.startswith("0-1 swh_Latn; 1-2 und; ") and shown.endswith("49-50 und; …")
    assert not shown_segments(parts[:-1]).endswith("…")


def test_a_model_without_segmentation_is_refused() -> None:
    with pytest.raises(ConfigError, match="only an identifier of xdata"):
        LanguageSegments(model=LID_176).open(Context())
