import pytest

from xdata.provenance.passages import Passage
from xdata.provenance.passages.translations import English, Message, english_in, fit_passages, plain


def found(messages: dict[str, list[Message]]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for passage in fit_passages(
        messages, "debian made-up", english=English.of(["Open the file", "Save all the files"])
    ):
        texts.setdefault(passage.language, []).append(passage.text)
    return texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_Fungua faili", "Fungua faili"),
        ("Kuhifa&dhi", "Kuhifadhi"),
        ("~Datei öffnen", "Datei öffnen"),
        ("ファイルを開く(_O)", "ファイルを開く"),
        ("打开文件 (&O)...", "打开文件..."),
        ("gtk_widget_show", "gtk_widget_show"),
        ("Vihko &amp; kynä", "Vihko &amp; kynä"),
        ("  Ƙara fayil ", "Ƙara fayil"),
    ],
)
def test_plain_text_has_no_accelerator(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_passages_know_language_script_and_package() -> None:
    message = Message("Open the file", "Fungua faili hili sasa")
    assert list(fit_passages({"sw": [message]}, "debian made-up")) == [
        Passage("swh_Latn", "Fungua faili hili sasa", "phrases", "debian made-up")
    ]


def test_running_text_is_prose() -> None:
    message = Message("", "Бүген һава бик матур", running=True)
    assert [passage.kind for passage in fit_passages({"tt": [message]}, "debian made-up")] == ["prose"]


@pytest.mark.parametrize(
    "text", ["Open the file", "Save the file", "Cusub. Save all the files open. Halkan ka eeg", "Hapana"]
)
def test_english_and_short_texts_are_left_out(text: str) -> None:
    assert found({"so": [Message("A source", text)]}) == {}


def test_english_keeps_its_own_texts() -> None:
    assert found({"en_GB": [Message("", "Open the file")]}) == {"eng_Latn": ["Open the file"]}


def test_a_text_equal_to_its_source_is_left_out() -> None:
    assert found({"mi": [Message("Aotearoa Wellington", "Aotearoa Wellington")]}) == {}


def test_texts_of_a_fallback_are_left_out() -> None:
    german, low = "Alle Fenster schließen", "All Finsters tomaken"
    texts = found({"de": [Message("", german)], "nds": [Message("", german), Message("", low)]})
    assert texts == {"deu_Latn": [german], "nds_Latn": [low]}


def test_texts_of_many_languages_are_left_out() -> None:
    tags = ("af", "da", "nb", "sv")
    assert found({tag: [Message("", "Kerberos Realm Doman")] for tag in tags}) == {}


def test_letters_of_another_script_are_left_out() -> None:
    assert found({"am": [Message("", "ሰላም ለሁላችሁም ይሁን"), Message("", "Bluetooth Manager")]}) == {
        "amh_Ethi": ["ሰላም ለሁላችሁም ይሁን"]
    }


def test_a_rare_script_of_a_language_is_left_out() -> None:
    cyrillic = [
        Message("", text)
        for text in ("Файлды ашу керек", "Терезені жабу", "Жаңа бет ашу", "Бәрін сақтау", "Жою батырмасы")
    ]
    assert found({"kk": [*cyrillic, Message("", "JavaScript Kerberos ашу")]}).keys() == {"kaz_Cyrl"}


def test_paragraphs_are_taken_apart() -> None:
    text = "Bawo ni o se wa loni\n\nMo wa daadaa, e se pupo"
    assert found({"yo": [Message("", text)]}) == {"yor_Latn": text.split("\n\n")}


def test_skipped_tags_still_count_for_their_language() -> None:
    messages = {"de": [Message("", "Alle Fenster schließen")], "nds": [Message("", "Alle Fenster schließen")]}
    assert list(fit_passages(messages, "debian made-up", skipped=frozenset({"de"}))) == []


def test_english_is_the_sources_and_what_english_tags_have() -> None:
    messages = {"de": [Message("_Open", "Öffnen")], "en_CA": [Message("Color", "Colour")]}
    assert english_in(messages).texts == {"Open", "Color", "Colour"}
