"""Parts that stand in several documents: what goes, what stays, and that nothing else does."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from tests.columns import MadeTexts
from tests.reference import fold, kinds, lines, paragraphs, tokens
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.dedup.occurrences import Policy, Repeats
from xdata.dedup.repeated_lines import RepeatedLines
from xdata.dedup.repeated_substrings import RepeatedSubstrings, repeated_runs, windows
from xdata.step import RemoveSpans
from xdata.text.analysis import Analyses
from xdata.text.removed_spans import RemovedSpans, cut_out
from xdata.text.words import find_tokens

_INKED = ("word", "unspaced")
_UNSPACED = {"Thai", "Khmr", "Hans", "Jpan"}


@pytest.fixture(autouse=True)
def nothing_is_left_on_the_disk(tmp_path: Path) -> Iterator[None]:
    yield
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def left(found: Sequence[str], cuts: RemovedSpans) -> list[str]:
    by_row = cuts.by_row()
    return [cut_out(text, by_row.get(row, ())) for row, text in enumerate(found)]


def runs_left(
    found: Sequence[str], *, size: int, scratch: Path | None = None, earlier: Sequence[int] = (), batch_rows: int = 3
) -> list[str]:
    """What is left of texts without runs that stood before."""
    with tempfile.TemporaryDirectory() as folder:
        columns = MadeTexts(found, scratch or Path(folder), earlier=earlier, batch_rows=batch_rows)
        return left(found, repeated_runs(columns, size=size))


def units(text: str) -> list[str]:
    """Words, and characters where no spaces part words, folded; from the definitions."""
    own, found = kinds(text), list[str]()
    edges = {match.start() for match in regex.finditer(r"\X", text)}
    for place, (character, kind) in enumerate(zip(text, own, strict=True)):
        before = own[place - 1] if place else "space"
        apart = place in edges and (kind != before or kind == "unspaced")
        if kind in _INKED and (before not in _INKED or apart):
            found.append("")
        if kind in _INKED:
            found[-1] += fold(character)
    return found


def units_left(found: Sequence[Sequence[str]], size: int) -> list[list[str]]:
    """The same by hand: a unit goes if it is in a window that stood before and apart, until there are none."""
    seen: dict[tuple[str, ...], tuple[int, int]] = {}
    stays = [[True] * len(own) for own in found]
    for row, (own, mask) in enumerate(zip(found, stays, strict=True)):
        for start in range(len(own) - size + 1):
            first = seen.setdefault(tuple(own[start : start + size]), (row, start))
            if first[0] != row or start >= first[1] + size:
                mask[start : start + size] = [False] * size
    kept = [
        [unit for unit, stay in zip(own, mask, strict=True) if stay] for own, mask in zip(found, stays, strict=True)
    ]
    return kept if kept == list(map(list, found)) else units_left(kept, size)


@pytest.mark.parametrize("script", SCRIPTS)
def test_units_are_words_and_single_characters(script: str) -> None:
    for text in texts(SCRIPTS[script]):
        analyses = Analyses(["", text])
        spans = analyses.units
        assert spans.bounds.tolist() == [0, 0, len(spans)]
        base = int(analyses.text_starts[1])
        found = [text[start - base : end - base] for start, end in zip(spans.starts, spans.ends, strict=True)]
        if script in ("Khmr", "Thai", "Laoo"):  # UAX 29 parts letters that are stacked, and vowels that stand before
            assert "".join(found) == "".join(c for c, kind in zip(text, kinds(text), strict=True) if kind in _INKED)
        else:
            assert [fold(unit) for unit in found] == units(text)
        if script not in _UNSPACED:
            words = find_tokens(analyses.classes, analyses.points, ["", text])
            is_word = analyses.classes[words[:, 0]] != 7
            assert spans.starts.tolist() == words[is_word][:, 0].tolist()


@pytest.mark.parametrize("script", SCRIPTS)
def test_planted_runs_are_removed_from_all_places_but_the_first(script: str, tmp_path: Path) -> None:
    code = SCRIPTS[script]
    size = 30 if script in _UNSPACED else 12
    pages = list(runs_left([page for page in texts(code)], size=size, scratch=tmp_path))
    planted = next(line.text for line in lines(pages[0]) if len(units(line.text)) >= size)
    before = pages[1].partition("\n")[0]
    corpus = [*pages, f"{before}\n{planted}\n{pages[2]}", f"{planted}\n\n{planted}", f"{pages[3]}\n\n{planted}"]
    found = runs_left(corpus, size=size, scratch=tmp_path)
    assert found[:5] == pages
    assert planted not in "".join(found[5:])
    assert found[6] == ""
    assert sum(planted in text for text in found) == 1
    again = runs_left(found, size=size, scratch=tmp_path)
    assert again == found


def test_edges_are_clean(tmp_path: Path) -> None:
    run = "moja mbili tatu nne tano"
    corpus = [
        run,
        f"Aa. {run}. Bb",
        f"Cc\n\n“{run}!” Dd",
        f"Ee {run.upper()}\n\nFf",
        f"  {run}…\nGg",
        f"Hh ({run})  ",
        f"ii-{run}-jj",
        f"kk {run}\n* * *",
        f"ll {run}\n* * *\n{run} mm",
    ]
    assert runs_left(corpus, size=5, scratch=tmp_path) == [
        run,
        "Aa. Bb",
        "Cc\n\nDd",
        "Ee\n\nFf",
        "Gg",
        "Hh",
        "ii--jj",
        "kk",
        "ll mm",
    ]


def test_no_two_words_become_one_and_no_cluster_is_cut(tmp_path: Path) -> None:
    thai = "ประชาชนทุกคนมีสิทธิ"
    corpus = [thai, f"abc{thai}def", f"ก่อน{thai}หลัง", f"ก{thai}\u0e33"]
    found = runs_left(corpus, size=6, scratch=tmp_path)
    assert found[1:3] == ["abcธิdef", "ก่อนหลัง"]
    assert found[3].endswith("ธิ\u0e33") or found[3] == "ก\u0e33"
    for text, rest in zip(corpus, found, strict=True):
        assert set(regex.findall(r"\X", rest)) <= set(regex.findall(r"\X", text))


def test_documents_of_an_earlier_output_stay_whole_and_others_give_way(tmp_path: Path) -> None:
    run = " ".join(f"neno{number}" for number in range(9))
    corpus = [f"a {run} b", f"c {run} d", f"e {run} f"]
    assert runs_left(corpus, size=5, scratch=tmp_path, earlier=[1, 2]) == ["a b", corpus[1], corpus[2]]


_TEXTS = st.lists(
    st.lists(st.sampled_from(["a", "b", "Ç", "ی", "क्ष", "ක්‍ර", "ሰ", "ა"]), max_size=30).map(" ".join), max_size=7
)


@given(_TEXTS, st.integers(2, 5), st.integers(1, 4))
def test_what_stays_is_that_of_going_through_it_by_hand(found: list[str], size: int, batch_rows: int) -> None:
    kept = runs_left(found, size=size, batch_rows=batch_rows)
    assert list(map(units, kept)) == units_left(list(map(units, found)), size)


_ANY = st.text(alphabet="ab \n.,'()-กขา\u0e33ำ中国。क्षිි\u0301\u200d\u0600😀🏽", max_size=25)


@given(st.lists(_ANY, max_size=6), st.integers(2, 3))
def test_whatever_the_text_nothing_new_comes_of_it_and_a_second_time_cuts_nothing(found: list[str], size: int) -> None:
    kept = runs_left(found, size=size)
    before = {unit for text in found for unit in units(text)}
    for text, rest in zip(found, kept, strict=True):
        assert {unit for unit in units(rest)} <= before
        assert _is_within(units(rest), units(text))
    assert runs_left(kept, size=size) == kept


def _is_within(some: Sequence[object], all_: Sequence[object]) -> bool:
    """Whether a sequence is another one with some of it left out."""
    rest = iter(all_)
    return all(unit in rest for unit in some)


@given(st.permutations(range(6)), st.integers(1, 5))
def test_order_and_batches_decide_only_which_copy_stays(order: list[int], batch_rows: int) -> None:
    runs = [" ".join(f"{letter}{number}" for number in range(6)) for letter in "xyz"]
    corpus = [f"d{number} {runs[number % 3]} e{number}" for number in range(6)]
    kept = runs_left([corpus[number] for number in order], size=6, batch_rows=batch_rows)
    assert sorted(unit for text in kept for unit in units(text)) == sorted(
        unit for text in [*runs, *(f"d{number} e{number}" for number in range(6))] for unit in units(text)
    )
    for place, number in enumerate(order):
        is_first = all(order[before] % 3 != number % 3 for before in range(place))
        assert (runs[number % 3] in kept[place]) == is_first


HOSTILE = {
    "empty": "",
    "white space": " \t\r\n \u2028\u00a0",
    "one word a million times": "neno " * 1_000_000,
    "one line": "na " * 9,
    "one repeated character": "א" * 300_000,
    "one repeated Han character": "中" * 300_000,
    "marks": "e" + "\u0301" * 10_000,
    "marks of Thai": "\u0e31" * 10_000,
    "null bytes": "\x00\n\x00\x00\n" * 10,
    "signs": "*** --- " * 10_000,
    "emoji": "😀👩‍👩‍👧\n" * 100,
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (len(text) > 10**6)) for name, text in HOSTILE.items()]
)
def test_nothing_breaks_it(name: str, tmp_path: Path) -> None:
    found = [HOSTILE[name], "habari za leo", HOSTILE[name]]
    for step in (RepeatedSubstrings(min_words=5, min_characters=5), RepeatedLines(min_documents=2, min_characters=5)):
        kept = _left(step, found, tmp_path)
        assert kept[1] == found[1]
        assert len(kept[0]) <= len(found[0])
        assert _left(step, kept, tmp_path) == kept
    if name == "one word a million times":
        assert runs_left(found, size=5, scratch=tmp_path)[0].split() == ["neno"] * 5


def test_equal_ones_are_made_one_before_they_are_written(tmp_path: Path) -> None:
    columns = MadeTexts(["x"] * 3, tmp_path)
    analyses = Analyses(["neno " * 1000])
    for waiting_bytes in (1, 1 << 20):
        repeats = Repeats(tmp_path, columns, Policy(each="occurrence"), expected=99, waiting_bytes=waiting_bytes)
        for row in range(3):
            repeats.add(windows(analyses, np.array([row]), size=5))
        found = RemovedSpans.joined([*repeats.ranges()])
        assert found.rows.tolist() == [0, 1, 2]
        assert found.starts.tolist() == [25, 0, 0]
        assert found.ends.tolist() == [4999] * 3


def _left(step: RemoveSpans, found: Sequence[str], scratch: Path, **options: object) -> list[str]:
    return left(found, step.open(Context())(MadeTexts(found, scratch, **options)))  # type: ignore[arg-type]


MENUS = {
    "Latn": "Nyumbani | Habari | Michezo",
    "Arab": "خانه | اخبار | ورزش | تماس با ما",
    "Deva": "मुख्य पृष्ठ | समाचार | खेल",
    "Sinh": "මුල් පිටුව | පුවත් | ක්‍රීඩා",
    "Ethi": "መነሻ ገጽ ፣ ዜና ፣ ስፖርት",
    "Thai": "หน้าแรก ข่าว กีฬา ติดต่อเรา",
    "Hans": "首页 新闻 体育 联系我们",
    "Geor": "მთავარი | ამბები | სპორტი",
}


@pytest.mark.parametrize("script", MENUS)
def test_lines_of_a_site_are_removed_from_all_its_documents_and_from_no_other(script: str, tmp_path: Path) -> None:
    menu, code = MENUS[script], SCRIPTS[script]
    urls = [f"https://a.example/{number}" for number in range(4)] + ["https://b.example/"]
    step = RepeatedLines(min_documents=4, min_characters=None)
    articles = _left(step, texts(code), tmp_path, urls=urls)
    corpus = [f"{menu}\n\n{article}\n{menu.upper()}  " for article in articles]
    assert _left(step, corpus, tmp_path, urls=urls) == [*articles[:4], corpus[4]]
    assert _left(step.model_copy(update={"min_documents": 5}), corpus, tmp_path, urls=urls) == corpus
    assert _left(step, corpus, tmp_path, urls=None) == corpus
    first = _left(step.model_copy(update={"keep_first": True}), corpus, tmp_path, urls=urls)
    assert first == [corpus[0], *articles[1:4], corpus[4]]


@pytest.mark.parametrize("script", MENUS)
def test_passages_stay_in_the_first_document_that_has_them(script: str, tmp_path: Path) -> None:
    pages = texts(SCRIPTS[script])
    passage = max(paragraphs(pages[0]), key=len).text
    assert passage.count("\n") or len(passage) > 40
    broken = passage.replace("\n", " \n  ")
    corpus = ["kwanza", f"a1\n\n{passage}\n\nb1", f"a2\n\n{broken}\n\nb2", f"{passage}\n\n{passage}\n\nc"]
    step = RepeatedLines(min_documents=None, min_characters=40)
    assert _left(step, corpus, tmp_path) == ["kwanza", corpus[1], "a2\n\nb2", "c"]
    assert _left(step, corpus[:1] + corpus[3:], tmp_path) == [corpus[0], corpus[3]]
    assert _left(step, corpus, tmp_path, earlier=[3]) == ["kwanza", "a1\n\nb1", "a2\n\nb2", corpus[3]]


_LINES = st.lists(
    st.lists(st.sampled_from(["aa bb", "cc", "", "dd ee ff", "gg", "hh"]), max_size=8).map("\n".join), max_size=6
)


@given(_LINES, st.integers(2, 3), st.integers(1, 3))
def test_lines_and_passages_are_those_of_counting_by_hand(found: list[str], least: int, batch_rows: int) -> None:
    step = RepeatedLines(min_documents=least, min_characters=5)
    urls = [f"https://a.example/{number}" for number in range(len(found))]
    with tempfile.TemporaryDirectory() as folder:
        kept = _left(step, found, Path(folder), urls=urls, batch_rows=batch_rows)
        assert _left(step, kept, Path(folder), urls=urls) == kept
    many = {line for line in _keys(found) if sum(line in _keys([text]) for text in found) >= least}
    rest = [[line for line in _keys([text]) if line not in many] for text in found]
    for text, own in zip(kept, rest, strict=True):
        assert _is_within(_keys([text]), own)
        assert {line for line in own if len(line[0]) < 5} >= {line for line in _keys([text]) if len(line[0]) < 5}
    everything = {line for text in kept for line in _keys([text])}
    assert everything == {line for own in rest for line in own}


def _keys(found: Sequence[str]) -> list[tuple[str, ...]]:
    """What lines say, in order."""
    return [(" ".join(fold(token.text) for token in tokens(line.text)),) for text in found for line in lines(text)]


@pytest.mark.parametrize("text", ["เรือลำใหญ่จึงออกจากท่า แม่น้ำ โดย ไป", "ເຮືອໃຫຍ່ອອກຈາກທ່າ ແມ່ນ້ຳ ໂດຍ ໄປ"])
def test_no_unit_ends_with_a_vowel_that_belongs_to_the_next_consonant(text: str) -> None:
    analyses = Analyses([text])
    ends = {chr(analyses.points[end - 1]) for end in analyses.units.ends.tolist()}
    assert ends.isdisjoint("เแโใไເແໂໃໄ")
