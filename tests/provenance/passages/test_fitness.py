import pytest

from xdata.provenance.passages.fitness import fit, is_english, message_text, passage, without_repeats, words_of


@pytest.mark.parametrize(
    "text", ["Watu wote wamezaliwa huru.", "มนุษย์ทั้งปวงเกิดมามีอิสระ", "የሰው ልጅ ሁሉ ሲወለድ ነጻና", "सभी मनुष्यों को गौरव"]
)
def test_sentences_of_any_script_are_fit(text: str) -> None:
    assert fit(text)


@pytest.mark.parametrize(
    "text", ["kurz", "12:30 - 14:45, 2021", "a.b(c) {d} <e>", "max_file_size: kubwa", "[[Faili]] 3"]
)
def test_what_is_short_or_no_language_is_not_fit(text: str) -> None:
    assert not fit(text)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("_Fungua faili", "Fungua faili"),
        ("&Fungua faili", "Fungua faili"),
        ("Fungua &amp; funga %1$s", "Fungua & funga"),
        ("Faili (&F)", "Faili"),
        ("{count, plural, one {faili} other {mafaili}}", ""),
        ("<b>Karibu</b> {jina}!", "Karibu !"),
        ("Faili '%s' (%d) na «%s»", "Faili na"),
        ("MAX_FILE_SIZE ya faili", "MAX_FILE_SIZE ya faili"),
    ],
)
def test_messages_lose_accelerators_and_place_holders(message: str, text: str) -> None:
    assert message_text(message) == text


def test_english_is_identified_by_its_words() -> None:
    vocabulary = words_of(["Open the file", "The file is not open"])
    assert is_english("The open file", vocabulary)
    assert not is_english("Fungua the faili", vocabulary)
    assert not is_english("Open", vocabulary)


def test_long_messages_are_running_text() -> None:
    short, long = (
        passage("sw", "Watu wote huzaliwa huru", "x"),
        passage("sw", "Watu wote huzaliwa huru na sawa. " * 4, "x"),
    )
    assert short is not None and long is not None
    assert (short.kind, long.kind) == ("phrases", "prose")


def test_the_first_of_equal_passages_of_a_language_stays() -> None:
    made = [
        passage(tag, text, "x")
        for tag, text in (("sw", "Fungua faili"), ("sw", "fungua FAILI"), ("zu", "Fungua faili"))
    ]
    assert [found.language for found in without_repeats(filter(None, made))] == ["swh_Latn", "zul_Latn"]
