import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.edits.lines import C4, MAFT, DropLines
from xdata.provenance.declarations import DECLARATIONS
from xdata.records import Document, Origin
from xdata.text.line_rules import LineRule

SENTENCES = {
    "Latn": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa.",
    "Cyrl": "Барлық адамдар тумысынан азат және қадір-қасиеті тең болып дүниеге келеді.",
    "Arab": "تمام افراد بشر آزاد بدنیا میایند و از لحاظ حیثیت و حقوق با هم برابرند؟",
    "Deva": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।",
    "Sinh": "සියලු මනුෂ්‍යයෝ නිදහස්ව උපත ලබා ඇත. ගරුත්වයෙන් හා අයිතිවාසිකම්වලින් සමාන වෙති.",
    "Ethi": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "Geor": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "Laoo": "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ, ສິດທິ, ເສລີພາບແລະຄວາມສະເໝີພາບເທົ່າທຽມກັນ",
    "Khmr": "មនុស្សទាំងអស់កើតមកមានសេរីភាពនិងភាពស្មើៗគ្នាក្នុងសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។",
    "Tibt": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང་ཐོབ་ཐངགི་རང་དབང་འདྲ་མཉམ་དུ་ཡོད་ལ།",
    "Hans": "人人生而自由，在尊严和权利上一律平等。",
    "Hebr": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
}
"""Script -> a line that C4's rules leave."""


def edited(text: str, step: DropLines = C4, *, language: str | None = None) -> Document:
    return step.open(Context())(Document(Origin("s", "f", 0), text, language=language))


@pytest.mark.parametrize("script", SENTENCES)
def test_sentences_of_every_script_are_kept_and_other_lines_dropped(script: str) -> None:
    sentence = SENTENCES[script]
    document = edited(f"menu | 1 | 2\n{sentence}\n12 345")
    assert document.text == sentence
    assert document.changes == (("no_sentence_end", 2), ("few_words", 1), ("lines", 2))


@pytest.mark.parametrize("script", ["Latn", "Cyrl", "Deva", "Ethi", "Geor", "Khmr", "Hans", "Hebr"])
def test_an_unended_line_is_dropped_where_the_script_has_an_end_mark(script: str) -> None:
    assert edited(SENTENCES[script][:-1], DropLines(rules=("no_sentence_end",))).error == "no_lines_left"


@pytest.mark.parametrize("script", ["Thai", "Laoo"])
def test_a_line_without_an_end_stays_where_the_script_has_no_mark(script: str) -> None:
    step = DropLines(rules=("no_sentence_end",))
    assert (
        edited(f"COVID-19 {SENTENCES[script]}\n{SENTENCES['Latn'][:-1]}", step).text == f"COVID-19 {SENTENCES[script]}"
    )


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Read more about it", "no_sentence_end"),
        ("And so it goes on and on...", "no_sentence_end"),
        ("Two words.", "few_words"),
        (f"This is {'x' * 1001} here.", "long_word"),
        ("This site uses cookies, as others do.", "site_policy"),
        ("12 345 678 + 9 (10) 11 12.", "no_letters"),
    ],
)
def test_each_rule_drops_and_counts_its_lines(line: str, rule: LineRule) -> None:
    kept = SENTENCES["Latn"]
    document = edited(f"{line}\n{kept}\n{line}", DropLines(rules=(rule,)))
    assert document.text == kept
    assert document.changes == ((rule, 2), ("lines", 2))


def test_lines_of_maft_have_six_words_and_letters() -> None:
    kept = "one two three four five six"
    document = edited(f"one two three four five\n1 2 3 4 5 6 7\n{kept}", MAFT)
    assert document.text == kept
    assert document.changes == (("few_words", 1), ("no_letters", 1), ("lines", 2))


def test_empty_lines_between_what_stays_become_one() -> None:
    one, two = SENTENCES["Latn"], SENTENCES["Geor"]
    assert edited(f"\n\n{one}\n\n\nmenu\n\n{two}\n{one}\nmenu\n{two}\n\n").text == f"{one}\n\n{two}\n{one}\n{two}"
    assert edited(f"menu\n  {one} \r\n\t{two}\r\n").text == f"  {one}\n\t{two}"


@pytest.mark.parametrize("text", ["", " \n\n ", f"\n\n{SENTENCES['Hans']}\n\n\n{SENTENCES['Latn']}  "])
def test_a_document_without_dropped_lines_is_unchanged(text: str) -> None:
    document = Document(Origin("s", "f", 0), text)
    assert DropLines(min_words=1).open(Context())(document) is document


def test_a_document_of_which_nothing_stays_is_with_error() -> None:
    document = edited("menu\nmore")
    assert (document.text, document.error) == ("", "no_lines_left")


@pytest.mark.parametrize("options", [{"rules": ()}, {"rules": ("long_word", "long_word")}, {"min_words": -1}])
def test_options_that_cannot_be_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DropLines.model_validate(options)


@pytest.mark.parametrize(
    "text",
    ["\0", "\ud800 a b c.", "a" * 300_000, "́" * 10_000, "\u202e\u200f\n" * 99, "😀" * 1000, "x\n" * 20_000, "." * 9999],
)
@pytest.mark.parametrize("step", [C4, MAFT])
def test_hostile_texts_are_no_trouble(text: str, step: DropLines) -> None:
    document = edited(text, step)
    assert document.text == "" or set(document.text) <= set(text)


_PIECES = [
    "a b c.",
    "one two three four five six",
    "12",
    "ไทย",
    "ມະນຸດ",
    "人人。",
    "\n",
    "\n",
    "\n\n",
    " ",
    "\r\n",
    "\u2028",
]


@pytest.mark.parametrize("step", [C4, MAFT, DropLines(rules=("no_sentence_end",))], ids=["c4", "maft", "ends"])
@given(text=st.lists(st.sampled_from(_PIECES)).map("".join) | st.text())
def test_a_second_time_nothing_is_dropped(text: str, step: DropLines) -> None:
    once = edited(text, step)
    assert edited(once.text, step).text == once.text
    assert [line.strip() for line in once.text.split("\n") if line.strip()] == [
        line for line in (line.strip() for line in once.text.split("\n")) if line and line in text
    ]


@pytest.mark.parametrize("language", [SCRIPTS[script] for script in ("Thai", "Khmr", "Tibt", "Hans", "Deva", "Ethi")])
def test_real_text_keeps_most_of_its_lines(language: str) -> None:
    assert language in DECLARATIONS
    before = sum(len(text) for text in texts(language))
    after = sum(len(edited(text, language=language).text) for text in texts(language))
    assert after >= 0.5 * before
