"""Canonical equivalence, against Python's own normal form: nothing that is not in the form passes for being in it."""

import random
import unicodedata

import pytest

from tests.texts import SCRIPTS, texts
from xdata.text import code_points as cp
from xdata.text.canonical import INVISIBLE, canonical, may_differ


def _passes(text: str) -> bool:
    """Whether the text is taken to be canonical at a glance."""
    return not may_differ(cp.to_array(text)).any()


def _points() -> list[str]:
    """Every code point but surrogates."""
    return [chr(point) for point in range(cp.NUM_CODE_POINTS) if not 0xD800 <= point < 0xE000]


def test_every_code_point_that_has_another_form_is_seen() -> None:
    wrong = [found for found in _points() if _differs(found) and _passes(found)]
    assert wrong == []


def _differs(text: str) -> bool:
    return canonical(text) != text


def test_every_pair_that_is_one_letter_is_seen() -> None:
    pairs = [parts for found in _points() if len(parts := unicodedata.normalize("NFD", found)) == 2 and _differs(parts)]
    assert len(pairs) > 500
    assert not any(map(_passes, pairs))
    hangul = [chr(first) + chr(second) for first in range(0x1100, 0x1113) for second in range(0x1161, 0x1176)]
    hangul += [chr(first) + chr(second) for first in range(0xAC00, 0xD7A4, 28) for second in range(0x11A8, 0x11C3)]
    assert not any(map(_passes, hangul))


@pytest.mark.parametrize("seed", range(5))
def test_what_passes_is_canonical_whatever_stands_together(seed: int) -> None:
    draw = random.Random(seed)
    odd = [found for found in _points()[:0x30000] if unicodedata.combining(found) or unicodedata.decomposition(found)]
    parts = sorted({part for found in odd for part in unicodedata.normalize("NFD", found)})
    letters = [*draw.sample(odd, 1500), *draw.sample(parts, 600), *"a \u0915\u0bc6\u0d46\u0dd9", *INVISIBLE]
    num_passed = 0
    for _ in range(20_000):
        text = "".join(draw.choices(letters, k=draw.randint(1, 4)))
        if _passes(text):
            num_passed += 1
            assert canonical(text) == text
    assert num_passed > 500


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_texts_in_the_form_pass(language: str) -> None:
    for text in texts(language):
        assert _passes(canonical(text))
        assert canonical(canonical(text)) == canonical(text)


def test_what_changes_a_word_stays() -> None:
    for text in (
        "\u0d15\u0d4d\u200d",
        "\u0645\u06cc\u200c\u062e",
        "\u2764\ufe0f",
        "\u0d9a\u0dca\u200d\u0dc2",
        "\u0660",
        "\uff11",
    ):
        assert canonical(text) == text and _passes(text)
    assert canonical("co\u00adop\u200b\ufeff") == "coop"
