import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mixtures import HOSTILE, mixed
from tests.texts import SCRIPTS, texts
from xdata.text.code_points import to_array
from xdata.text.romanise import BITS, skeleton, skeletons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Москва", "Moskva"),
        ("Београд је главни град", "Beograd je glavni grad"),
        ("हिन्दी पुस्तक", "hindi pustak"),
        ("كتاب", "kitaab"),
        ("თბილისი", "Tbilisi"),
        ("北京", "Beijing"),
        ("發展", "发展"),
        ("서울", "Seoul"),
        ("ሰላም", "selam"),
        ("Ελλάδα", "Ellada"),
        ("Łódź", "Lodz"),
        ("१९४८", "1948"),
        ("٢٠٠٩", "2009"),
        ("be7ar", "behar"),
        ("Mohammed", "Muhamad"),
    ],
)
def test_the_same_word_in_two_writings_has_the_same_consonants(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other) != b""


@pytest.mark.parametrize("text", ["", "aeiou, !?", "\ud800", "َُ", "\u200d"])
def test_what_has_no_consonant_has_no_value(text: str) -> None:
    assert skeleton(text) == b""


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_text_in_every_script_has_values(language: str) -> None:
    for text in texts(language):
        assert len(skeleton(text)) > len(text) / 8
        assert max(skeleton(text)) < 1 << BITS


@given(st.lists(mixed, max_size=5))
def test_ranges_have_the_values_of_their_text_alone(rows: list[str]) -> None:
    lengths = np.array([len(row) + 2 for row in rows], dtype=np.int64)
    ends = np.cumsum(lengths) - 2
    starts = ends - lengths + 2
    found = skeletons(to_array("".join(f"{row}\n\n" for row in rows)), starts, ends)
    values = [found.values[first:last].tobytes() for first, last in zip(found.bounds, found.bounds[1:], strict=False)]
    assert values == [skeleton(row) for row in rows]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_has_values_or_none(text: str) -> None:
    assert isinstance(skeleton(text), bytes)
