import pytest

from tests.texts import SCRIPTS, texts
from xdata.output.passages import matching_passage


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_a_text_is_found_inside_another(language: str) -> None:
    before, item, after = texts(language)[2:5]
    item = item[:200].strip()
    found = matching_passage(f"{before}\n{item}\n{after}", item)
    assert found is not None
    assert item[10:-10] in found
    assert len(found) <= 2 * len(item) + 100


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_nothing_is_found_in_a_text_without_it(language: str) -> None:
    other = "tha_Thai" if language != "tha_Thai" else "swh_Latn"
    assert matching_passage(texts(other)[3], texts(language)[3][:150]) is None


@pytest.mark.parametrize(("text", "item"), [("", "a"), ("abc", ""), ("", ""), ("  ", "abc"), ("ab", "ab")])
def test_texts_of_next_to_nothing_are_no_error(text: str, item: str) -> None:
    assert matching_passage(text, item) in (None, text)


def test_case_and_white_space_do_not_matter() -> None:
    assert matching_passage("Leo: WATU WOTE\n  wamezaliwa   HURU, kweli.", "watu wote wamezaliwa huru") is not None
