import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.text.scripts import count_scripts, dominant_script, han_variety, main_scripts, script_members


@pytest.mark.parametrize(("script", "language"), SCRIPTS.items())
def test_each_script_is_found_in_text_of_it(script: str, language: str) -> None:
    for text in texts(language):
        assert dominant_script(count_scripts(text), text) == script


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", {}),
        ("123 .,!? \u200c\u200d\u0301", {}),
        ("abc дима 1", {"Cyrl": 4, "Latn": 3}),
        ("日本のテキ", {"Hani": 2, "Kana": 2, "Hira": 1}),
        ("ක්ෂ", {"Sinh": 3}),
        ("a\ud800", {"Latn": 1}),
        ("\U0001f600 x", {"Latn": 1}),
    ],
)
def test_scripts_are_counted_by_code_point_without_what_all_share(text: str, counts: dict[str, int]) -> None:
    assert count_scripts(text) == counts


def test_traditional_and_simplified_are_distinguished_and_ambiguous_text_is_hani() -> None:
    assert han_variety("这是简体中文的句子") == "Hans"
    assert han_variety("這是繁體中文的句子") == "Hant"
    assert han_variety("人口") is None
    assert dominant_script(count_scripts("人口"), "人口") == "Hani"


def test_han_in_korean_and_japanese_belongs_to_them() -> None:
    for text, script in (("大韓民國은 민주공화국이다", "Kore"), ("日本國憲法はここに", "Jpan")):
        assert dominant_script(count_scripts(text), text) == script


def test_composite_scripts_have_their_members() -> None:
    assert script_members("Jpan") == {"Hani", "Hira", "Kana"}
    assert script_members("Latn") == {"Latn"}


@given(st.text(), st.text())
def test_counts_of_parts_add_up(first: str, second: str) -> None:
    whole, one, two = count_scripts(first + second), count_scripts(first), count_scripts(second)
    assert whole == {code: one.get(code, 0) + two.get(code, 0) for code in whole}
    assert set(whole) == set(one) | set(two)


@given(st.lists(st.text(alphabet="abЖд ሰ1ก中人國国のア한국\u0301ㄅა", max_size=12), max_size=6))
@example(["a中", "Жの", "ก中", "한中ab", "aЖ", ""])
def test_scripts_of_many_texts_are_those_of_each(batch: list[str]) -> None:
    each = [dominant_script(count_scripts(text), text) for text in batch]
    assert main_scripts(batch) == ["Hani" if script in ("Hans", "Hant") else script for script in each]
