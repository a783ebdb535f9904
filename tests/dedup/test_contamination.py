import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from tests.embedding import MeaningEmbedder
from tests.mixtures import HOSTILE
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.dedup.contamination import Contamination, Detector, Leak
from xdata.dedup.evaluation_sets import EvaluationSet, Item
from xdata.dedup.evidence import probabilities
from xdata.dedup.letters import Letters
from xdata.dedup.ngrams import Ngrams
from xdata.dedup.translations import Translations, sentences_of
from xdata.errors import ConfigError
from xdata.references import ModelRef
from xdata.text.analysis import Analyses

_ENGLISH = [
    f"{who} {what} {where} {when}, said the {role} of the {place} in {1900 + number}."
    for number, (who, what, where, when, role, place) in enumerate(
        zip(
            *[
                Random(seed).choices(words, k=80)
                for seed, words in enumerate(
                    (
                        (
                            "The farmers",
                            "Two ministers",
                            "Many teachers",
                            "Most nurses",
                            "Some fishermen",
                            "All pilots",
                        ),
                        ("repaired a broken bridge", "opened three libraries", "planted young trees", "sold the boats"),
                        ("near the old harbour", "behind the market", "along the northern river", "under the hill"),
                        ("last Thursday evening", "before the rains came", "during the long holiday", "at sunrise"),
                        ("director", "chairwoman", "secretary", "spokesman", "founder", "inspector"),
                        ("hospital", "football club", "museum", "university", "tax office", "railway company"),
                    )
                )
            ],
            strict=True,
        )
    )
]


def _detector(items: Sequence[Item], meanings: Mapping[str, str] | None = None, **options: Any) -> Detector:
    step = Contamination(sets=(EvaluationSet(name="s", path="."),), **options)
    embedder = None if meanings is None else MeaningEmbedder(meanings)
    return Detector(items, None if embedder is None else Translations(items, embedder), step=step)


def _find(detector: Detector, documents: Sequence[str], language: str | None) -> list[list[Leak]]:
    analyses = Analyses(documents, declared_languages=[language] * len(documents))
    return detector.find(analyses, detector.compared(analyses.languages))


def _items(rows: Sequence[str], language: str | None = "eng_Latn", *, translations: bool = False) -> list[Item]:
    return [Item(f"s/{number}", language, text, translations) for number, text in enumerate(rows)]


def _sentences(language: str) -> list[str]:
    analyses = Analyses(texts(language), declared_languages=[language] * 5)
    return list(dict.fromkeys(sentences_of(analyses, np.ones(5, dtype=bool))[1]))


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_an_item_that_stands_in_a_document_is_found_in_every_script(language: str) -> None:
    sentences = _sentences(language)
    items = _items(sentences[:6], language)
    documents = [f"{sentences[-1]}\n{sentence.upper()}\n{sentences[-2]}" for sentence in sentences[:6]]
    for number, leaks in enumerate(_find(_detector(items), documents, language)):
        assert f"s/{number}" in {leak.item for leak in leaks}
        assert all(0.5 <= leak.score <= 1 for leak in leaks)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_other_text_of_the_language_has_no_leak(language: str) -> None:
    sentences = _sentences(language)
    half = len(sentences) // 2
    detector = _detector(_items(sentences[:half], language))
    same = set(map(str.casefold, sentences[:half]))
    others = [sentence for sentence in sentences[half:] if sentence.casefold() not in same]
    blamed = [(text, leaks) for text, leaks in zip(others, _find(detector, others, language), strict=True) if leaks]
    assert len(blamed) <= len(others) / 10


def test_thirteen_words_are_a_leak_and_twelve_are_not() -> None:
    text = (
        "a quick brown fox jumps over lazy dogs while seven old wizards brew strong tea for their guests and nobody in "
        "this quiet village has ever heard how such a dangerous drink should be served without breaking any cups"
    )
    words = text.split()
    found = _find(
        _detector(_items([" ".join(words)])),
        [" ".join(["Then", *words[2:15], "and nothing else"]), " ".join(["Then", *words[2:14], "and nothing else"])],
        "eng_Latn",
    )
    assert [[leak.kind for leak in leaks] for leaks in found] == [["same_text"], []]


def test_a_short_item_is_found_whole_and_a_shorter_one_is_not_looked_for() -> None:
    items = _items(["one two three four five six seven eight", "yes it is so"])
    ngrams = Ngrams(items, size=13, least=8)
    assert ngrams.too_short.tolist() == [False, True]
    assert Letters([*items, *_items(_ENGLISH[:1])]).too_short.tolist() == [True, True, False]
    analyses = Analyses(["zero ONE two, three four five six seven eight nine", "one two three four", "yes it is so"])
    found = ngrams.find(analyses)
    assert (found.texts.tolist(), found.items.tolist()) == ([0], [0])


@pytest.mark.parametrize(("latin", "other"), [("srp_Latn", "srp_Cyrl")])
def test_the_same_text_in_another_script_is_found(latin: str, other: str) -> None:
    ours, theirs = (texts(language) for language in (latin, other))
    items = [Item(f"s/{number}", latin, line) for number, line in enumerate(ours[0].splitlines()) if len(line) > 90]
    leaks = _find(_detector(items), theirs, other)[0]
    assert {leak.kind for leak in leaks} == {"romanised"}
    assert {(leak.item_language, leak.document_language) for leak in leaks} == {(latin, other)}
    assert len(leaks) >= 0.8 * len(items) > 0


def test_a_known_translation_is_named_by_the_language_that_is_evaluated() -> None:
    swahili = _sentences("swh_Latn")[:5]
    items = [*_items(_ENGLISH[:5]), *_items(swahili, "swh_Latn", translations=True)]
    for number, leaks in enumerate(_find(_detector(items), swahili, "swh_Latn")):
        told = next(leak for leak in leaks if leak.item == f"s/{number}")
        assert (told.item_language, told.document_language, told.kind) == ("eng_Latn", "swh_Latn", "parallel")
        assert str(told) == f"s/{number} eng_Latn > swh_Latn parallel 1.00"


def _translated(language: str) -> tuple[list[str], dict[str, str]]:
    """(sentences of a language, which English one each stands for)."""
    sentences = _sentences(language)[:10]
    return sentences, dict(zip(sentences, _ENGLISH, strict=False))


@pytest.mark.parametrize("language", ["swh_Latn", "hin_Deva", "kat_Geor"])
def test_a_translation_is_found_in_languages_that_the_embedder_knows(language: str) -> None:
    sentences, meanings = _translated(language)
    documents = [f"{sentence}\n{sentence[:40]}" for sentence in sentences]
    detector = _detector(_items(_ENGLISH), meanings)
    for number, leaks in enumerate(_find(detector, documents, language)):
        assert [(leak.item, leak.kind) for leak in leaks] == [(f"s/{number}", "translated")]


def test_what_is_found_does_not_depend_on_the_batch() -> None:
    sentences, meanings = _translated("swh_Latn")
    documents = [*sentences, *_ENGLISH[:3], *_sentences("hin_Deva")[:3]]
    languages = ["swh_Latn"] * len(sentences) + ["eng_Latn"] * 3 + ["hin_Deva"] * 3
    detector = _detector(_items(_ENGLISH), meanings)
    together = detector.columns(Analyses(documents, declared_languages=languages))
    alone = [
        detector.columns(Analyses([text], declared_languages=[language]))
        for text, language in zip(documents, languages, strict=True)
    ]
    for path, values in together.items():
        assert list(values) == [columns[path][0] for columns in alone]


def test_a_document_of_many_sentences_has_to_be_as_sure_as_all_its_chances() -> None:
    card = MeaningEmbedder({}).card
    features = np.array([[0.05, 0.9, 0.0, 0.0]] * 3)
    alone, ten, hundred = probabilities(features, card, np.array([1, 10, 100]))
    odds = np.array([alone, ten, hundred]) / (1 - np.array([alone, ten, hundred]))
    assert odds[0] / odds[1] == pytest.approx(10, rel=0.2)
    assert odds[0] / odds[2] == pytest.approx(100, rel=0.2)


def test_a_language_that_is_not_known_is_not_checked_and_nothing_is_embedded() -> None:
    _, meanings = _translated("swh_Latn")
    embedder = MeaningEmbedder(meanings)
    step = Contamination(sets=(EvaluationSet(name="s", path="."),))
    detector = Detector(_items(_ENGLISH), Translations(_items(_ENGLISH), embedder), step=step)
    before = embedder.num_embedded
    documents = [*_sentences("amh_Ethi")[:3], _ENGLISH[0], "एक किताब", "Littafi ɗaya."]
    languages = ["yor_Latn", "tir_Ethi", None, "eng_Latn", "hin_Deva", "hau_Latn"]
    columns = detector.columns(Analyses(documents, declared_languages=languages))
    assert list(columns["contamination_checked"]) == ["text", "text", "text", "all", "all", "some"]
    assert embedder.num_embedded == before  # English is that of the items, and the others are too short


def test_only_languages_that_are_asked_for_are_compared() -> None:
    sentences, meanings = _translated("swh_Latn")
    detector = _detector(_items(_ENGLISH), meanings, languages=("hi",))
    columns = detector.columns(Analyses(sentences, declared_languages=["swh_Latn"] * len(sentences)))
    assert set(columns["contamination_checked"]) == {"text"}
    assert not np.asarray(columns["scores.leak"]).any()


def test_a_row_in_no_known_language_makes_the_check_partial() -> None:
    _, meanings = _translated("swh_Latn")
    items = [*_items(_ENGLISH), Item("t/0", "tir_Ethi", texts("amh_Ethi")[0])]
    columns = _detector(items, meanings).columns(Analyses(["किताब"], declared_languages=["hin_Deva"]))
    assert list(columns["contamination_checked"]) == ["some"]


def test_translations_are_not_found_with_too_few_rows() -> None:
    sentences, meanings = _translated("swh_Latn")
    columns = _detector(_items(_ENGLISH[:20]), meanings).columns(
        Analyses(sentences, declared_languages=["swh_Latn"] * len(sentences))
    )
    assert set(columns["contamination_checked"]) == {"text"}
    assert set(columns["leaks"]) == {None}


def test_rows_with_the_same_text_do_not_hide_each_other() -> None:
    sentences, meanings = _translated("swh_Latn")
    items = [*_items(_ENGLISH), *[Item(f"t/{number}", "eng_Latn", text) for number, text in enumerate(_ENGLISH)]]
    found = _find(_detector(items, meanings), sentences, "swh_Latn")
    assert all(leaks for leaks in found)


def test_more_items_than_are_shown_are_an_ellipsis() -> None:
    columns = _detector(_items(_ENGLISH)).columns(Analyses(["\n".join(_ENGLISH)], declared_languages=["eng_Latn"]))
    (told,) = columns["leaks"]
    assert isinstance(told, str)
    assert told.count("; ") == 20
    assert told.endswith("; …")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_has_no_leak_and_is_no_error(text: str) -> None:
    _, meanings = _translated("swh_Latn")
    detector = _detector(_items(_ENGLISH), meanings)
    assert _find(detector, [text, ""], "swh_Latn") == [[], []]
    _detector(_items([text, "x"], None), meanings)


def _set(folder: Path, rows: Sequence[str] = _ENGLISH) -> EvaluationSet:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "eng_Latn.jsonl"
    path.write_text("".join(json.dumps({"text": row}) + "\n" for row in rows), encoding="utf-8")
    return EvaluationSet(name="s", path=str(path))


def test_the_step_gives_the_columns_that_it_declares(tmp_path: Path) -> None:
    step = Contamination(sets=(_set(tmp_path),), embedder=None)
    columns = step.open(Context())(
        Analyses([_ENGLISH[3], "Nothing of the kind."], declared_languages=["eng_Latn", None])
    )
    assert columns.keys() == step.adds().keys()
    assert list(columns["scores.leak"]) == [1.0, 0.0]
    told, nothing = columns["leaks"]
    assert isinstance(told, str)
    assert "s/3 eng_Latn > eng_Latn same_text 1.00" in told.split("; ")
    assert nothing is None
    assert list(columns["contamination_checked"]) == ["text", "text"]


def test_where_a_set_lies_is_no_part_of_the_step_but_what_it_is_called_and_holds_is(tmp_path: Path) -> None:
    one, other = (Contamination(sets=(_set(tmp_path / name / "x"),), embedder=None) for name in "ab")
    assert one.identity() == other.identity()
    assert one.resources()[0].read_bytes() == other.resources()[0].read_bytes()


def test_remarks_name_what_was_not_checked(tmp_path: Path) -> None:
    step = Contamination(sets=(_set(tmp_path, [*_ENGLISH, "Yes."]),))
    told = "\n".join(step.remarks(["swh_Latn", "wol_Latn"]))
    assert "81 texts of 81 rows in eng_Latn; 1 are too short" in told
    assert "looked for in swh_Latn (0.53)" in told
    assert "not checked for translations of test items, which may be there: wol_Latn" in told


@pytest.mark.parametrize("backend", ["magic", "sentence_transformers"])
def test_models_that_embed_nothing_are_refused(tmp_path: Path, backend: str) -> None:
    step = Contamination(sets=(_set(tmp_path),), embedder=ModelRef(backend=backend, model=str(tmp_path)))
    with pytest.raises(ConfigError, match=r"embeds|labels"):
        step.open(Context())
