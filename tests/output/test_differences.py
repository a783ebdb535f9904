import random

import pytest

from tests.texts import texts
from xdata.output.differences import Difference, differences

_LANGUAGES = ("swh_Latn", "pes_Arab", "amh_Ethi", "tha_Thai", "zho_Hans", "kat_Geor", "hin_Deva", "sin_Sinh")


def _page(language: str) -> str:
    return " ".join(texts(language)[0].split())


@pytest.mark.parametrize("language", _LANGUAGES)
def test_equal_texts_have_no_differences(language: str) -> None:
    page = _page(language)
    assert differences(page, page) == ()
    assert differences(page, "\n".join(page.split())) == ()


@pytest.mark.parametrize("language", _LANGUAGES)
def test_what_is_inserted_is_what_is_found(language: str) -> None:
    page = _page(language)
    place = page.index(" ", len(page) // 2) + 1 if " " in page[len(page) // 2 :] else len(page) // 2
    changed = f"{page[:place]}XDATA 17 {page[place:]}"
    (found,) = differences(page, changed)
    assert (found.removed, found.added) == ("", "XDATA 17 ")
    assert page[:place].endswith(found.before) and page[place:].startswith(found.after)
    (back,) = differences(changed, page)
    assert back == Difference(back.before, found.added, "", back.after)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_text_is_what_both_have_and_what_it_has_alone(language: str) -> None:
    words = _page(language).split()[:200]
    rng = random.Random(language)
    shuffled = [word for word in words if rng.random() < 0.9]
    found = differences(" ".join(words), " ".join(shuffled))
    removed, added = ("".join(getattr(each, side) for each in found) for side in ("removed", "added"))
    lengths = [len("".join(text.split())) for text in (removed, added, *map("".join, (words, shuffled)))]
    assert lengths[0] - lengths[1] == lengths[2] - lengths[3]


def test_the_beginning_and_the_end_are_differences_too() -> None:
    assert differences("a b c", "x b c") == (Difference("", "a ", "x ", "b c"),)
    assert differences("a b c", "a b") == (Difference("a b ", "c", "", ""),)
    assert differences("", "a") == (Difference("", "", "a", ""),)


def test_long_texts_are_compared_in_little_time() -> None:
    rng = random.Random(1)
    first, second = (" ".join(str(rng.randrange(10**4)) for _ in range(20_000)) for _ in range(2))
    assert differences(first, second)
