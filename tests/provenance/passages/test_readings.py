from pathlib import Path

import pytest

from xdata.provenance.passages import Passage
from xdata.provenance.passages.packages import Package
from xdata.provenance.passages.readings import passages_in, texts_in

SAYINGS = "%\nIs fearr rith maith\nná droch sheasamh.\n%\nNíl sa saol seo ach ceo.\n\t\t-- Seanfhocal\n%\n"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_sayings_without_who_said_them(tmp_path: Path) -> None:
    path = written(tmp_path / "usr/share/games/fortunes/ga/proverbs", SAYINGS)
    assert [text for _, text in texts_in(path) if text] == [
        "Is fearr rith maith\nná droch sheasamh.",
        "Níl sa saol seo ach ceo.",
    ]


@pytest.mark.parametrize(
    ("place", "tags"),
    [
        ("share/klavaro/bo.paragraphs", {"bo"}),
        ("share/klavaro/pt_BR.paragraphs", {"pt_BR"}),
        ("share/klavaro/bo.words", set()),
        ("tutor/tutor.bar.utf-8", {"bar"}),
        ("tutor/tutor.no.utf-8", {"nb"}),
        ("tutor/tutor.cs.cp1250", set()),
        ("games/fortunes/brasil", {"pt"}),
        ("games/fortunes/cs/klasik-sk", {"sk"}),
        ("games/fortunes/es/arte.fortunes", {"es"}),
        ("games/fortunes/es/off/arte.fortunes", set()),
        ("games/fortunes/bg/history.dat", set()),
    ],
)
def test_places_give_the_tag(tmp_path: Path, place: str, tags: set[str]) -> None:
    assert {tag for tag, _ in texts_in(written(tmp_path / place, "Text"))} == tags


def test_lessons_without_what_is_to_be_edited(tmp_path: Path) -> None:
    path = written(
        tmp_path / "tutor/tutor.eo.utf-8", "  1. Movu la kursoron.\n\n---> Eraro en ci frazo\n\n~~~~\nLeciono"
    )
    assert [text for _, text in texts_in(path)] == ["Movu la kursoron."]


def test_long_texts_are_cut_where_a_sentence_ends(tmp_path: Path) -> None:
    package = Package("debian", "klavaro", "1", "GPL-3.0-or-later", "readings", "0")
    written(tmp_path / "share/klavaro/kk.paragraphs", "Бұл жасқа келгенше жақсы өткіздік. " * 60)
    found = list(passages_in(tmp_path, package))
    assert {(passage.language, passage.kind) for passage in found} == {("kaz_Cyrl", "prose")}
    assert all(len(passage.text) <= 1_000 and passage.text.endswith(".") for passage in found)


def test_passages_are_tidy(tmp_path: Path) -> None:
    package = Package("debian", "klavaro", "1", "GPL-3.0-or-later", "readings", "0")
    written(tmp_path / "share/klavaro/eu.paragraphs", "Etxe <b>zuria</b>  mendian dago\n\nlaburra")
    assert list(passages_in(tmp_path, package)) == [
        Passage("eus_Latn", "Etxe zuria mendian dago", "prose", "debian klavaro")
    ]
