import random
import time
import tracemalloc
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.models.language import XLID, XdataIdentifier, load_segmenter
from xdata.models.letters import letter_words
from xdata.models.segments.course import best_course
from xdata.models.segments.finding import find_segments, segments_of
from xdata.models.segments.segment import Segment

SENTENCES = {
    "swh_Latn": "Kila mtu ana haki ya kuishi kwa uhuru na usalama wake mwenyewe katika nchi yake.",
    "eng_Latn": "Everyone has the right to work and to free choice of employment in their own country.",
    "mlt_Latn": "Kull bniedem għandu l-jedd li jaħdem u li jagħżel ix-xogħol tiegħu b'mod ħieles.",
    "fra_Latn": "Toute personne a droit au travail et au libre choix de son travail dans son pays.",
    "rus_Cyrl": "Каждый человек имеет право на труд и на свободный выбор работы в своей стране.",
    "kat_Geor": "ყველა ადამიანს აქვს შრომის უფლება და სამუშაოს თავისუფლად არჩევის უფლება.",
    "amh_Ethi": "እያንዳንዱ ሰው የመስራትና ሥራን በነጻ የመምረጥ መብት አለው።",
    "hin_Deva": "प्रत्येक व्यक्ति को काम करने और अपनी इच्छा से रोज़गार चुनने का अधिकार है।",
    "ell_Grek": "Καθένας έχει το δικαίωμα να εργάζεται και να επιλέγει ελεύθερα το επάγγελμά του.",
    "arb_Arab": "لكل شخص الحق في العمل وله حرية اختياره بشروط عادلة مرضية في بلده.",
    "kor_Kore": "모든 사람은 일할 권리와 직업을 자유롭게 선택할 권리를 가진다.",
}
"""Language -> a sentence in it."""


@cache
def identifier() -> XdataIdentifier:
    return load_segmenter(XLID)


def segments(text: str, *, language: str | None = None) -> list[Segment]:
    return find_segments(text, identifier(), language=language)


def named(text: str) -> list[tuple[str, str | None]]:
    return [(text[part.start : part.end], part.language) for part in segments(text)]


def check(text: str, found: list[Segment]) -> None:
    """What holds of the segments of every text."""
    starts, ends = [part.start for part in found], [part.end for part in found]
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert not found or (starts[0] >= 0 and ends[-1] <= len(text))
    assert all(one.language != other.language for one, other in pairwise(found))
    assert all(0 <= part.score <= 1 and round(part.score, 4) == part.score for part in found)
    words = letter_words([text])
    for start, end in zip(words.starts.tolist(), words.ends.tolist(), strict=True):
        assert sum(part.start <= start and end <= part.end for part in found) == 1


@pytest.mark.parametrize("language", SCRIPTS.values(), ids=SCRIPTS)
def test_text_is_for_the_most_part_in_the_language_that_it_is_identified_as(language: str) -> None:
    batch = texts(language)[:4]
    for text, found, identified in zip(
        batch, segments_of(batch, identifier()), identifier().identify(batch), strict=True
    ):
        check(text, found)
        longest = max(found, key=lambda part: part.end - part.start)
        assert longest.language == identified.language
        assert longest.end - longest.start > 0.6 * len(text)
        assert len(found) > 1 or longest.score == pytest.approx(identified.score, abs=0.1)


@pytest.mark.parametrize("language", [code for code in SENTENCES if code != "eng_Latn"])
@pytest.mark.parametrize("between", ["\n\n", "\n", " "])
def test_sentences_of_two_languages_are_separated(language: str, between: str) -> None:
    own, other = SENTENCES[language], SENTENCES["eng_Latn"]
    assert named(between.join([own, other, own])) == [(own, language), (other, "eng_Latn"), (own, language)]


def test_five_scripts_in_one_line() -> None:
    chosen = ["rus_Cyrl", "kat_Geor", "amh_Ethi", "eng_Latn", "kor_Kore"]
    text = " ".join(SENTENCES[code] for code in chosen)
    check(text, segments(text))
    assert named(text) == [(SENTENCES[code], code) for code in chosen]


def test_signs_belong_to_the_part_that_they_touch() -> None:
    own, other = SENTENCES["swh_Latn"], SENTENCES["rus_Cyrl"]
    assert [part for part, _ in named(f"«{own}» — («{other}»)")] == [f"«{own}»", f"(«{other}»)"]


@pytest.mark.parametrize("name", ["United Nations", "ООН", "მთა", "Google Chrome", "北京"])
def test_a_name_or_title_belongs_to_what_it_stands_in(name: str) -> None:
    own = SENTENCES["swh_Latn"]
    text = f"{name}\n\n{own} {name} {own}\n{own}"
    assert [part.language for part in segments(text)] == ["swh_Latn"]


def test_a_close_relative_does_not_cut_a_text_to_pieces() -> None:
    for language in ("swh_Latn", "zul_Latn", "srp_Latn", "pes_Arab", "hau_Latn", "zho_Hans"):
        text = "\n\n".join(texts(language))
        assert len({part.language for part in segments(text)}) == 1


def test_the_language_that_a_text_is_known_to_be_in_is_preferred() -> None:
    short = [" ".join(text.split()[:5]) for language in ("zul_Latn", "swh_Latn") for text in texts(language)]
    unsure = [
        (text, one.alternatives[0][0])
        for text, one in zip(short, identifier().identify(short), strict=True)
        if one.alternatives
    ]
    assert unsure
    for text, other in unsure:
        assert [part.language for part in segments(text, language=other)] == [other]
    mixed = f"{SENTENCES['eng_Latn']}\n{SENTENCES['swh_Latn']}"
    assert [part.language for part in segments(mixed, language="swh_Latn")] == ["eng_Latn", "swh_Latn"]


def test_a_known_language_that_the_model_lacks_is_what_most_of_its_script_is_in() -> None:
    own, other = SENTENCES["swh_Latn"], SENTENCES["rus_Cyrl"]
    text = f"{own} {own}\n{other}\n{SENTENCES['eng_Latn']}"
    assert [part.language for part in segments(text, language="qaa_Latn")] == ["qaa_Latn", "rus_Cyrl", "eng_Latn"]


def test_an_unknown_script_is_in_no_language() -> None:
    ugaritic = "𐎀𐎁𐎂 𐎃𐎄𐎅𐎆 𐎇𐎈𐎉𐎊 𐎋𐎌𐎍 𐎎𐎏𐎐𐎑 𐎒𐎓𐎔 𐎕𐎖𐎗𐎘"
    assert not identifier().model.has_script("Ugar")
    assert named(f"{SENTENCES['eng_Latn']}\n{ugaritic}") == [(SENTENCES["eng_Latn"], "eng_Latn"), (ugaritic, None)]
    assert named(ugaritic) == [(ugaritic, None)]


@pytest.mark.parametrize("language", ["swh_Latn", "rus_Cyrl", "amh_Ethi", "hin_Deva"])
def test_what_comes_before_by_two_line_breaks_moves_parts_and_changes_none(language: str) -> None:
    text = f"{SENTENCES[language]} {SENTENCES['eng_Latn']}"
    before = SENTENCES["kat_Geor"] + "\n\n"
    alone, moved = segments(text), segments(before + text)
    assert [(part.start + len(before), part.end + len(before), part.language) for part in alone] == [
        (part.start, part.end, part.language) for part in moved[1:]
    ]


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "12 34 ★ …", "\u200d", "😀😀 👩‍👩‍👧", "\x00", "a", "\u0301", "\n\u0301a"]
)
def test_text_with_hardly_a_word(text: str) -> None:
    check(text, segments(text))


@given(
    st.lists(
        st.one_of(
            st.sampled_from(list(SENTENCES.values())),
            st.text(max_size=12),
            st.sampled_from([" ", "\n", "\n\n", "😀", "\u0301", "\u200d", ". ", "\ud800", "\u2028", "0"]),
        ),
        max_size=8,
    )
)
def test_every_word_of_any_text_is_in_one_part(pieces: list[str]) -> None:
    text = "".join(pieces)
    check(text, segments(text))


def test_texts_together_are_as_each_alone() -> None:
    rng = random.Random(0)
    batch = ["\n".join(rng.choices(list(SENTENCES.values()), k=rng.randrange(6))) for _ in range(30)]
    assert segments_of(batch, identifier()) == [segments(text) for text in batch]


@pytest.mark.parametrize("between", [" ", "\n", ""])
def test_a_long_text_is_read_in_pieces_in_linear_time(between: str) -> None:
    own, other = SENTENCES["amh_Ethi" if between else "kor_Kore"], SENTENCES["eng_Latn"]
    text = between.join([own] * 8_000) + "\n" + between.join([other] * 3_000)
    began = time.process_time()
    found = segments(text)
    seconds = time.process_time() - began
    check(text[:1000], segments(text[:1000]))
    assert [part.language for part in found] == ["amh_Ethi" if between else "kor_Kore", "eng_Latn"]
    assert (found[0].start, found[-1].end) == (0, len(text))
    assert seconds < 10


def test_one_line_of_five_megabytes() -> None:
    text = (SENTENCES["swh_Latn"] + " ") * 62_500
    began = time.process_time()
    assert [(part.start, part.end) for part in segments(text)] == [(0, len(text) - 1)]
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "text",
    [
        *("a\nb\n" * 32_768, "a. " * 43_690),
        *(pytest.param(text, marks=pytest.mark.slow) for text in ("a б " * 32_768, "人。" * 65_536)),
    ],
)
def test_many_tiny_units_take_little_memory(text: str) -> None:
    segments(SENTENCES["swh_Latn"])
    tracemalloc.start()
    try:
        found = segments(text)
        assert (found[0].start, found[-1].end) == (0, len(text.rstrip()))
        assert tracemalloc.get_traced_memory()[1] < 160e6
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_many_empty_texts_take_little_memory() -> None:
    tracemalloc.start()
    try:
        assert segments_of([""] * 50_000 + ["a"] * 20_000, identifier())[-1][0].end == 1
        assert tracemalloc.get_traced_memory()[1] < 160e6
    finally:
        tracemalloc.stop()


def test_a_text_of_many_tiny_units_is_cut_and_none_of_it_is_lost() -> None:
    words = [f"{word}.\n" for word in SENTENCES["swh_Latn"].split()]
    pieces = [*words * (30_000 // len(words)), *[SENTENCES["rus_Cyrl"] + "\n"] * 50]
    found = segments("".join(pieces))
    assert (found[0].language, found[-1].language) == ("swh_Latn", "rus_Cyrl")
    check("".join(pieces), found)


def test_the_best_course_changes_where_it_is_worth_its_cost() -> None:
    gains = np.log(np.array([[0.9, 0.1]] * 5 + [[0.1, 0.9]] * 5))
    assert best_course(gains, np.full(10, 3.0)).tolist() == [0] * 5 + [1] * 5
    assert best_course(gains[:7], np.full(7, 30.0)).tolist() == [0] * 7


@given(st.integers(1, 6), st.integers(1, 3), st.randoms(use_true_random=False))
def test_no_course_is_better_than_the_best(num: int, kinds: int, rng: random.Random) -> None:
    gains = np.array([[rng.random() for _ in range(kinds)] for _ in range(num)])
    costs = np.array([rng.random() for _ in range(num)])

    def worth(course: list[int]) -> float:
        changes = sum(costs[n] for n in range(1, num) if course[n] != course[n - 1])
        return float(sum(gains[n, kind] for n, kind in enumerate(course)) - changes)

    best = worth(best_course(gains, costs).tolist())
    for _ in range(50):
        assert worth([rng.randrange(kinds) for _ in range(num)]) <= best + 1e-9
