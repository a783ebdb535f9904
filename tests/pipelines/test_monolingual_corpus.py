"""What the monolingual corpus does when it is given lists, and with personal data and debris, end to end."""

from pathlib import Path
from unicodedata import normalize

import pytest

from tests.pipelines.builds import made, source
from tests.run.corpora import table
from tests.texts import texts

_LANGUAGES = ("swh_Latn", "pes_Arab", "hin_Deva", "tha_Thai")
_WORDS = {"swh_Latn": "haki", "pes_Arab": "حق", "hin_Deva": "अधिकार", "tha_Thai": "สิทธิ"}


@pytest.fixture(scope="module", params=["replace", "remove", "keep"])
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, list[str]], dict[str, str]]:
    folder = tmp_path_factory.mktemp("monolingual")
    pages = {}
    for code in _LANGUAGES:
        pages[f"https://a.example/{code}/plain"] = f"{texts(code)[0]}\n123.45.67.89 x.y@shule.ac.tz"
        pages[f"https://a.example/{code}/flagged"] = f"{texts(code)[1]} " + f"{_WORDS[code]} " * 30
        pages[f"https://a.example/{code}/debris"] = texts(code)[2] + "\ufffd&amp;\ue000" * 200
        pages[f"https://b.example/{code}"] = texts(code)[3]
    (folder / "hosts.txt").write_text("b.example\n")
    for code, word in _WORDS.items():
        (folder / f"{code}.txt").write_text(f"{word}\n", encoding="utf-8")
    reasons = made(
        "monolingual_corpus",
        folder / "out",
        sources=[source(folder, pages)],
        languages=_LANGUAGES,
        personal=request.param,
        thresholds="none",
        rule_limits={"encoding_debris": 0.05},
        blocklist={
            "urls": [{"category": "mine", "path": str(folder / "hosts.txt")}],
            "words": {code: str(folder / f"{code}.txt") for code in _LANGUAGES},
            "max_flagged_share": 0.08,
        },
    )
    return request.param, reasons, {row["url"]: row["text"] for row in table(folder / "out", "data")}


@pytest.mark.parametrize("language", _LANGUAGES)
def test_each_list_and_share_has_its_reason(
    found: tuple[str, dict[str, list[str]], dict[str, str]], language: str
) -> None:
    _, reasons, _ = found
    assert reasons[f"https://a.example/{language}/plain"] == []
    assert "flagged_words" in reasons[f"https://a.example/{language}/flagged"]
    assert "encoding_debris" in reasons[f"https://a.example/{language}/debris"]
    assert reasons[f"https://b.example/{language}"] == ["url_mine"]


@pytest.mark.parametrize("language", _LANGUAGES)
def test_personal_data_is_replaced_removed_or_kept(
    found: tuple[str, dict[str, list[str]], dict[str, str]], language: str
) -> None:
    personal, _, kept = found
    text = kept[f"https://a.example/{language}/plain"]
    assert ("shule.ac.tz" in text) == ("123.45.67.89" in text) == (personal == "keep")
    assert ("email@example.com" in text) == ("192.0.2.1" in text) == (personal == "replace")


def test_prose_of_the_samples_has_no_debris(tmp_path: Path) -> None:
    pages = {f"https://a.example/{code}/{n}": text for code in _LANGUAGES for n, text in enumerate(texts(code))}
    reasons = made("monolingual_corpus", tmp_path / "out", sources=[source(tmp_path, pages)], languages=_LANGUAGES)
    assert "encoding_debris" not in {reason for found in reasons.values() for reason in found}


_SWAHILI, _PERSIAN = (normalize("NFC", texts(code)[0].replace("\n", " ")) for code in ("swh_Latn", "pes_Arab"))
_MIXED = f"{_SWAHILI}\n\n{_PERSIAN}\n\n{texts('swh_Latn')[1]}"


@pytest.mark.parametrize("mixed", ["keep", "score", "clip", "route", "drop"])
def test_mixed_documents_are_processed_by_the_option(mixed: str, tmp_path: Path) -> None:
    reasons = made(
        "monolingual_corpus",
        tmp_path / "out",
        sources=[source(tmp_path, {"https://a.example/mixed": _MIXED})],
        languages=("swh_Latn", "pes_Arab"),
        thresholds="none",
        language={"min_script_share": 0.0, "mixed": mixed},
    )
    assert reasons["https://a.example/mixed"] == (["mixed_languages"] if mixed == "drop" else [])
    kept = {row["language"]: row["text"] for row in table(tmp_path / "out", "data")}
    ledger = table(tmp_path / "out", "ledger")
    whole = {"swh_Latn": _MIXED}
    own = {"swh_Latn": _MIXED.replace(f"{_PERSIAN}\n\n", "")}
    expected = {"keep": whole, "score": whole, "clip": own, "route": own | {"pes_Arab": _PERSIAN}, "drop": {}}
    assert kept == expected[mixed]
    assert len({row["id"] for row in ledger}) == len(ledger) == (2 if mixed == "route" else 1)
    assert ("segments" in ledger[0]) == (mixed in ("score", "drop"))
    if mixed == "score":
        parts = ledger[0]["segments"].split("; ")
        assert [part.split()[1] for part in parts] == ["swh_Latn", "pes_Arab", "swh_Latn"]
        start, end = map(int, parts[1].split()[0].split("-"))
        assert _MIXED[start:end] == _PERSIAN
        assert 0.4 < ledger[0]["scores"]["main_language_share"] < 0.9


def test_text_in_a_confusable_language_is_dropped_unless_its_url_states_the_language(tmp_path: Path) -> None:
    pages = {
        "https://a.example/1": ("mlt_Latn", "eng_Latn"),
        "https://mt.b.example/2": ("mlt_Latn", "eng_Latn"),
        "https://a.example/3": ("mlt_Latn", "mlt_Latn"),
        "https://a.example/4": ("swh_Latn", "eng_Latn"),
    }
    rows = [
        {"url": url, "text": texts(written)[number % 2], "language": said}
        for number, (url, (said, written)) in enumerate(pages.items())
    ]
    reasons = made(
        "monolingual_corpus",
        tmp_path / "out",
        sources=[source(tmp_path, rows, fields={"language": "language"})],
        languages=("mlt_Latn", "swh_Latn"),
        thresholds="none",
        language={"confusable_languages": ["mt"]},
    )
    assert {url for url, found in reasons.items() if "few_distinctive_words" in found} == {"https://a.example/1"}


def test_documents_are_dropped_where_a_second_identifier_disagrees(tmp_path: Path) -> None:
    pages = {f"https://a.example/{code}": texts(code)[0] for code in _LANGUAGES}
    reasons = made(
        "monolingual_corpus",
        tmp_path / "out",
        sources=[source(tmp_path, pages)],
        languages=_LANGUAGES,
        thresholds="none",
        language={"second_identifier": '{"backend": "fasttext", "model": "lid.176.ftz"}'},
    )
    assert all("identifiers_disagree" not in found for found in reasons.values())
    (scores,) = {frozenset(row["scores"]) for row in table(tmp_path / "out", "data")}
    assert "language_agreement" in scores


def test_what_documents_have_in_common_is_cut_out_of_them(tmp_path: Path) -> None:
    pages = {}
    for code in _LANGUAGES:
        first, second, third, *_ = texts(code)
        passage = " ".join(second.split("\n"))[:700]
        pages[f"https://a.example/{code}/0"] = f"{passage}\n{first}"
        pages[f"https://b.example/{code}/1"] = f"{third}\n\n{passage}"
    out = tmp_path / "out"
    options = {
        "dedup.line_dedup_min_documents": 10,
        "dedup.exact_substring_words": 50,
        "min_words": 10,
        "dedup.min_similarity": 1.0,
    }
    made("monolingual_corpus", out, sources=[source(tmp_path, pages)], languages=_LANGUAGES, **options)
    for code in _LANGUAGES:
        passage = normalize("NFC", " ".join(texts(code)[1].split("\n"))[:700])
        kept = [row["text"] for row in table(out, "data") if row["language"] == code]
        assert len(kept) == 2
        assert sum(passage[30:600] in text for text in kept) == 1
