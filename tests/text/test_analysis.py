import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import reference
from tests.mixtures import HOSTILE, SENTENCE_ENDS, WORDS, mixed
from tests.texts import SCRIPTS, texts
from xdata.text.analysis import Analyses
from xdata.text.spans import Spans

_RANGES = ("lines", "paragraphs", "sentences", "tokens", "words")
_HASHES = {
    "lines": "line_hashes",
    "paragraphs": "paragraph_hashes",
    "tokens": "token_hashes",
    "words": "word_hashes",
}


def _ranges(analyses: Analyses, what: str) -> list[list[tuple[int, int]]]:
    """The ranges of each text, from its beginning."""
    spans: Spans = getattr(analyses, what)
    pairs = list(zip(spans.starts.tolist(), spans.ends.tolist(), strict=True))
    bounds = spans.bounds.tolist()
    return [
        [(start - shift, end - shift) for start, end in pairs[first:last]]
        for first, last, shift in zip(bounds, bounds[1:], analyses.text_starts.tolist(), strict=False)
    ]


def _parts(text: str, what: str) -> list[str]:
    return [text[start:end] for start, end in _ranges(Analyses([text]), what)[0]]


def _pairs(spans: Sequence[reference.Span]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


@given(mixed)
@example("a.\n[1]\n \n b\u3000\n\n\n c ")
def test_lines_and_paragraphs_are_those_of_the_reference(text: str) -> None:
    analyses = Analyses([text])
    assert _ranges(analyses, "lines")[0] == _pairs(reference.lines(text))
    assert _ranges(analyses, "paragraphs")[0] == _pairs(reference.paragraphs(text))


@given(mixed)
@example("什么？！！！！！！好。。。。。。不")
@example("a.))))!b. .)) c")
@example("ก" * 30 + " " + "ข" * 29 + " " + "ค" * 31 + " a\n" + "ง" * 30 + "\u200bจ ฉ")
def test_sentences_are_those_of_the_reference(text: str) -> None:
    assert _ranges(Analyses([text]), "sentences")[0] == _pairs(reference.sentences(text))


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_ranges_of_real_text_are_those_of_the_reference(language: str) -> None:
    analyses = Analyses(texts(language))
    for number, text in enumerate(texts(language)):
        for what in ("lines", "paragraphs", "sentences"):
            assert _ranges(analyses, what)[number] == _pairs(getattr(reference, what)(text))


@given(st.lists(mixed, max_size=5))
@example(["ʻokina", "ʻokina"])
@example(["'", "", "\u0301", "\u0301", ".", "a"])
def test_a_text_is_analysed_as_it_would_be_alone(batch: list[str]) -> None:
    together, alone = Analyses(batch), [Analyses([text]) for text in batch]
    for what in _RANGES:
        assert _ranges(together, what) == [_ranges(one, what)[0] for one in alone]
    for what, hashes in _HASHES.items():
        found, bounds = getattr(together, hashes).tolist(), getattr(together, what).bounds.tolist()
        for one, first, last in zip(alone, bounds, bounds[1:], strict=False):
            assert found[first:last] == getattr(one, hashes).tolist()


def test_real_texts_are_analysed_as_they_would_be_alone_in_any_order() -> None:
    found = [text for language in SCRIPTS.values() for text in texts(language)[:2]]
    alone = {text: [_ranges(Analyses([text]), what)[0] for what in _RANGES] for text in found}
    for seed in range(3):
        order = random.Random(seed).sample(found, len(found))
        analyses = Analyses(order)
        together = [_ranges(analyses, what) for what in _RANGES]
        assert [list(rows) for rows in zip(*together, strict=True)] == [alone[text] for text in order]


@given(mixed)
def test_sentences_lie_in_lines_and_lines_in_paragraphs(text: str) -> None:
    analyses = Analyses([text])
    sentences, lines, paragraphs = (_ranges(analyses, what)[0] for what in ("sentences", "lines", "paragraphs"))
    for inner, outer in ((sentences, lines), (lines, paragraphs)):
        covered = {place for start, end in outer for place in range(start, end)}
        assert all(start < end and {start, end - 1} <= covered for start, end in inner)
        assert {end for _, end in outer} <= {end for _, end in inner}
        assert {start for start, _ in outer} <= {start for start, _ in inner}


@pytest.mark.parametrize("script", SENTENCE_ENDS)
@pytest.mark.parametrize("behind", ["", "”", "»", '")', "」"])
def test_a_sentence_ends_in_the_mark_of_every_script(script: str, behind: str) -> None:
    word = WORDS.get(script, WORDS["Arab"])
    sentence = f"{word} {word}{SENTENCE_ENDS[script]}{behind}"
    assert _parts(f"{sentence} {sentence} {word}\n{sentence}", "sentences") == [sentence, sentence, word, sentence]


@pytest.mark.parametrize("mark", ["。", "！", "？", "።", "။", "។", "།", "।"])
def test_some_marks_end_a_sentence_without_a_space(mark: str) -> None:
    assert _parts(f"你好{mark}再见{mark}”好", "sentences") == [f"你好{mark}", f"再见{mark}”", "好"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Saa 3.30 usiku. Karibu!", ["Saa 3.30 usiku.", "Karibu!"]),
        ("xdata.org ni tovuti", ["xdata.org ni tovuti"]),
        ("n.k. na kadhalika", ["n.k. na kadhalika"]),
        ("Nini?! Hapana... Ndiyo", ["Nini?!", "Hapana...", "Ndiyo"]),
        ("(Ndiyo.) «La.» Sawa.", ["(Ndiyo.)", "«La.»", "Sawa."]),
        ("什么？！！！！！！好", ["什么？！！！！！！", "好"]),
        ("“你好。”“再见。”", ["“你好。”“", "再见。”"]),
        ("ՈՒ՞ր ես։ Այստեղ։", ["ՈՒ՞ր ես։", "Այստեղ։"]),
        ("بله؟ خیر. شاید", ["بله؟", "خیر.", "شاید"]),
        (f"{'ก' * 30} {'ข' * 29} {'ค' * 31} ง", ["ก" * 30, f"{'ข' * 29} {'ค' * 31}", "ง"]),
        (f"{'ກ' * 40} {'ຂ' * 40}", ["ກ" * 40, "ຂ" * 40]),
        (f"{'က' * 40} {'ခ' * 40}", [f"{'က' * 40} {'ခ' * 40}"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert _parts(text, "sentences") == sentences


@pytest.mark.parametrize("end", ["\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\r\n", " \n\t"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert _parts(f"{end}moja{end}mbili{end}{end} tatu ", "lines") == ["moja", "mbili", "tatu"]
    assert len(_parts(f"{end}moja{end}mbili{end}{end}tatu ", "paragraphs")) == 2


@pytest.mark.parametrize(
    ("text", "ends"),
    [("a...", True), ("a…", True), ("a……", True), ("a......", True), ("a..", False), ("...a", False), ("a...)", False)],
)
def test_lines_end_in_an_ellipsis(text: str, ends: bool) -> None:
    analyses = Analyses([text])
    assert analyses.ends_in_ellipsis(analyses.lines.ends).tolist() == [ends]


@given(mixed)
def test_lines_have_equal_hashes_where_their_tokens_fold_to_the_same(text: str) -> None:
    analyses = Analyses([text])
    keys = [tuple(reference.fold(t.text) for t in reference.tokens(line.text)) for line in reference.lines(text)]
    found = set(zip(keys, analyses.line_hashes.tolist(), strict=True))
    assert len(found) == len(set(keys)) == len(set(analyses.line_hashes.tolist()))


@pytest.mark.shared_data("langid/sib200")
def test_sentences_of_a_hundred_languages_are_analysed_as_by_the_reference(shared_data: Path) -> None:
    files = sorted((shared_data / "langid" / "sib200").glob("*.tsv.gz"))
    assert len(files) > 100
    for file in files:
        rows = gzip.decompress(file.read_bytes()).decode().splitlines()[1:]
        batch = ["\n".join(row.split("\t")[-1] for row in rows[start : start + 5]) for start in (0, 50)]
        analyses = Analyses(batch)
        for what in ("lines", "sentences", "tokens"):
            assert _ranges(analyses, what) == [_pairs(getattr(reference, what)(text)) for text in batch], file.name


def test_no_texts_and_empty_texts_have_nothing() -> None:
    for batch in ([], [""], ["", "", ""], [" \n ", ""]):
        analyses = Analyses(batch)
        assert len(analyses) == len(list(analyses)) == len(batch)
        for what in _RANGES:
            assert _ranges(analyses, what) == [[] for _ in batch]
        assert analyses.line_hashes.tolist() == analyses.paragraph_hashes.tolist() == []


def test_an_item_is_a_view_of_its_text() -> None:
    analyses = Analyses(
        ["Habari", "नमस्ते दुनिया"],
        ids=["a", "b"],
        declared_languages=["swh_Latn", None],
        urls=[None, "https://a.example/"],
    )
    one, two = analyses
    assert (one.id, two.id) == ("a", "b")
    assert (one.text, one.declared_language, one.language, one.url) == ("Habari", "swh_Latn", "swh_Latn", None)
    assert (two.words, two.num_words, two.script, two.url) == (["नमस्ते", "दुनिया"], 2, "Deva", "https://a.example/")
    _, two = analyses.with_languages([None, "hin_Deva"])
    assert two.alone()[0].language == two.language == "hin_Deva"
    assert (two.alone()[0].declared_language, two.alone()[0].id) == (None, "b")
    assert [item.language for item in analyses] == ["swh_Latn", None]
    assert [item.text for item in analyses[:1]] == ["Habari"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_analysed_as_they_would_be_alone(text: str) -> None:
    together, alone = Analyses(["Habari ya leo.", text, "ไทย"]), Analyses([text])
    for what in _RANGES:
        assert _ranges(together, what)[1] == _ranges(alone, what)[0]
    assert together[1].script == alone[0].script
