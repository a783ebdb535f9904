import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.language_files import OVERLAY, facts_of, variants_of
from xdata.provenance.variants import VARIANTS
from xdata.scores.quality import count_stop_words
from xdata.text.analysis import Analyses
from xdata.text.hashes import hash_texts
from xdata.text.variants import forms_of, rewrite

LANGUAGES = sorted(VARIANTS)

"""For each of forty languages; the first example builds tables."""

WRITTEN = [
    ("pes_Arab", "كتابي", "کتابی"),
    ("urd_Arab", "پاكستانى", "پاکستانی"),
    ("ckb_Arab", "ئه\u200cمه\u200c كوردي", "ئەمە کوردی"),
    ("arb_Arab", "مـــحمد کتاب", "محمد كتاب"),
    ("uig_Arab", "کىتاب", "كىتاب"),
    ("pbt_Arab", "كتاب", "ک" + "تاب"),
    ("hau_Latn", "'yan'uwa, ya'yansa, k'asa", "ƴan'uwa, yaƴansa, ƙasa"),
    ("hau_Latn", "‘Yan bindiga", "Ƴan bindiga"),
    ("haw_Latn", "Hawai'i, ‘ōlelo, 'O ia", "Hawaiʻi, ʻōlelo, ʻO ia"),
    ("smo_Latn", "fa’aaoga", "faʻaaoga"),
    ("ton_Latn", "pule’anga", "puleʻanga"),
    ("uzn_Latn", "O'zbekiston, tog‘, san'at, G`afur", "Oʻzbekiston, togʻ, sanʼat, Gʻafur"),
    ("ukr_Cyrl", "п'ять, ім’я", "пʼять, імʼя"),
    ("bel_Cyrl", "аб'ект", "абʼект"),
    ("quz_Latn", "k'aspi", "kʼaspi"),
    ("ayr_Latn", "jach´a", "jachʼa"),
    ("gug_Latn", "mba'e", "mbaʼe"),
    ("bre_Latn", "c'hoar, C’hwi", "cʼhoar, Cʼhwi"),
    ("ron_Latn", "şi ŢARĂ", "și ȚARĂ"),
    ("vie_Latn", "Hòa thúy KHỎE mùa hoàn", "Hoà thuý KHOẺ mùa hoàn"),
    ("heb_Hebr", "צה\"ל וג'ירפה", "צה״ל וג׳ירפה"),
    ("hin_Deva", "हिन्दी सम्पादक गङ्गा", "हिंदी संपादक गंगा"),
    ("ben_Beng", "হঠাত্\u200d", "হঠাৎ"),
    ("mal_Mlym", "അവന്\u200d", "അവൻ"),
    ("oss_Cyrl", "æмæ", "ӕмӕ"),
    ("kbd_Cyrl", "лIы, кІуэн", "лӏы, кӀуэн"),
    ("kab_Latn", "aεeggal d Γar", "aɛeggal d Ɣar"),
    ("bam_Latn", "kεlε", "kɛlɛ"),
]
"""Language, words in other forms, the same in the standard ones."""

APART = [
    ("pes_Arab", "تنها", "تن\u200cها"),
    ("urd_Arab", "بهی", "بہی"),
    ("arb_Arab", "علي", "على"),
    ("pbt_Arab", "سړی", "سړي"),
    ("hau_Latn", "Ka'bah", "Kaɓah"),
    ("hau_Latn", "daya", "ɗaya"),
    ("haw_Latn", "pau", "paʻu"),
    ("uzn_Latn", "ot", "o'tt"),
    ("ron_Latn", "sa", "șa"),
    ("vie_Latn", "mùa", "muà"),
    ("hin_Deva", "अन्य", "अंय"),
    ("sin_Sinh", "කර", "ක්\u200dර"),
    ("amh_Ethi", "ሰረቀ", "ሠረቀ"),
]
"""Language and two words that are not the same."""


def _hashes(text: str, language: str | None) -> list[int]:
    found: list[int] = Analyses([text], declared_languages=[language]).word_hashes.tolist()
    return found


@pytest.mark.parametrize(("language", "written", "standard"), WRITTEN)
def test_forms_are_rewritten_and_hashed_as_the_standard(language: str, written: str, standard: str) -> None:
    forms = forms_of(language)
    assert forms is not None
    assert rewrite(written, forms)[0] == standard
    assert rewrite(standard, forms) == (standard, {})
    assert _hashes(written, language) == _hashes(standard, language)
    assert (
        hash_texts(standard.split(), language=language).tolist()
        == hash_texts(written.split(), language=language).tolist()
    )


@pytest.mark.parametrize(("language", "written", "standard"), WRITTEN)
def test_another_language_leaves_them_alone(language: str, written: str, standard: str) -> None:
    assert forms_of("swh_Latn") is None
    assert _hashes(written, "swh_Latn") == _hashes(written, None)


@pytest.mark.parametrize(("language", "one", "other"), APART)
def test_other_words_stay_other_words(language: str, one: str, other: str) -> None:
    assert _hashes(one, language) != _hashes(other, language)
    assert hash_texts([one], language=language) != hash_texts([other], language=language)


@pytest.mark.parametrize(("language", "text"), [("sin_Sinh", "ශ්\u200dරී ලංකා")])
def test_joiners_that_make_no_difference_are_left_out_of_hashes_only(language: str, text: str) -> None:
    forms = forms_of(language)
    assert forms is not None
    assert _hashes(text, language) == _hashes(text.replace("\u200d", ""), language)
    assert rewrite(text, forms) == (text, {})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("hau_Latn", "ya ce 'yanzu' ne"),
        ("hau_Latn", "‘yanzu’"),
        ("hau_Latn", "O'Brien, D'banj, I'd, Ka'bah"),
        ("haw_Latn", "he 'aloha' kēia"),
        ("uzn_Latn", "u 'kitobning' dedi"),
        ("ukr_Cyrl", "сказав 'слово', 'ні'"),
        ("heb_Hebr", '"שלום" אמר'),
        ("arb_Arab", "سنة 1442 هـ ـــــ"),
        ("kbd_Cyrl", "XIX лIэщӏыгъуэ".replace("лI", "лӏ")),
    ],
)
def test_quotations_and_what_looks_alike_stay(language: str, text: str) -> None:
    forms = forms_of(language)
    assert forms is not None
    assert rewrite(text, forms) == (text, {})


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("uzn_Latn", "o‘zbek tog‘ so`z", ["o‘zbek", "tog‘", "so`z"]),
        ("hau_Latn", "'yan uwa", ["'yan", "uwa"]),
        ("smo_Latn", "‘o le fa‘asāmoa", ["‘o", "le", "fa‘asāmoa"]),
        ("heb_Hebr", 'צה"ל, צה״ל', ['צה"ל', "צה״ל"]),
    ],
)
def test_apostrophes_that_are_letters_are_part_of_their_words(language: str, text: str, words: list[str]) -> None:
    assert Analyses([text], declared_languages=[language])[0].words == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_stop_words_in_the_standard_form_are_all_different(language: str) -> None:
    facts, forms = facts_of(language), forms_of(language)
    assert facts is not None
    assert forms is not None
    words = facts.stop_words.words if facts.stop_words else ()
    plain = {word: number for word, number in zip(words, hash_texts(words).tolist(), strict=True)}
    folded = dict(zip(words, hash_texts(words, language=language).tolist(), strict=True))
    ignored = {ord(c): "" for c in "\u200c\u200d"} if len(forms.ignored) else {}
    standard = {word: rewrite(word.lower(), forms)[0].translate(ignored) for word in words}
    for one in words:
        for other in words:
            if folded[one] == folded[other]:
                assert plain[one] == plain[other] or standard[one] == standard[other]


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_are_no_letters_of_the_language_and_standards_are(language: str) -> None:
    facts = facts_of(language)
    assert facts is not None
    assert facts.variants is not None
    assert facts.letters is not None
    if not facts.letters.source.startswith("CLDR"):
        return
    letters = set(facts.letters.main.split())
    known = letters | set((facts.letters.auxiliary or "").split()) | set(facts.letters.main)
    for form, standard in facts.variants.folds.items():
        assert form not in letters
        assert all(c in known or c in "ʼʻ׳״" or not c.isalpha() for c in standard), standard


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_files_have_what_is_curated(language: str) -> None:
    variants = variants_of(language)
    assert variants is not None
    curated = VARIANTS[language]
    assert (variants.source, variants.folds) == (curated["source"], curated["folds"])
    assert (variants.before, list(variants.ignored)) == (curated.get("before", ""), curated.get("ignored", []))


def _pieces(language: str) -> list[str]:
    variants = variants_of(language)
    assert variants is not None
    forms = [*variants.folds, *variants.folds.values(), *[form.upper() for form in variants.folds]]
    return [*forms, *variants.before.split(), *"'’‘ʼ\"-. \n aZя1", "\u200d", "\u0301", "\ud800", "\0", "中"]


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_a_second_time_nothing_is_rewritten(language: str, data: st.DataObject) -> None:
    forms = forms_of(language)
    assert forms is not None
    text = "".join(data.draw(st.lists(st.sampled_from(_pieces(language)), max_size=12)))
    once, changes = rewrite(text, forms)
    assert rewrite(once, forms) == (once, {})
    assert (once == text) == (not changes)
    assert len(once) <= len(text)


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_a_text_is_hashed_as_what_it_is_rewritten_to(language: str, data: st.DataObject) -> None:
    forms = forms_of(language)
    assert forms is not None
    text = "".join(data.draw(st.lists(st.sampled_from(_pieces(language)), max_size=12)))
    assert hash_texts([text], language=language) == hash_texts([rewrite(text, forms)[0]], language=language)


@given(st.lists(st.sampled_from(WRITTEN), max_size=6), st.data())
def test_hashes_do_not_depend_on_what_else_is_in_the_batch(
    rows: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    rows = data.draw(st.permutations([*rows, ("swh_Latn", "ng'ombe 'yan o'z", ""), ("", "مـــحمد", "")]))
    languages, texts = [row[0] or None for row in rows], [row[1] for row in rows]
    batch = Analyses(texts, declared_languages=languages)
    for number, (text, language) in enumerate(zip(texts, languages, strict=True)):
        first, last = batch.words.bounds[number : number + 2]
        assert batch.word_hashes[first:last].tolist() == _hashes(text, language)


def test_words_follow_from_the_language_that_is_found() -> None:
    texts = ["o‘zbek tog‘", "habari ya leo"]
    analyses = Analyses(texts)
    before = analyses.word_hashes.tolist()
    assert analyses.words.counts.tolist() == [3, 3]
    analyses = analyses.with_languages(["uzn_Latn", "swh_Latn"])
    assert analyses.words.counts.tolist() == [2, 3]
    assert analyses.word_hashes.tolist() == [*_hashes(texts[0], "uzn_Latn"), *before[3:]]


def test_code_points_are_not_computed_anew_when_the_language_is_found() -> None:
    analyses = Analyses(["habari ya leo"])
    found = analyses.with_languages(["swh_Latn"])
    assert found.points is analyses.points and found.classes is analyses.classes


@pytest.mark.parametrize("written", ["bo'yicha o'z haqida", "boʻyicha oʻz haqida", "bo‘yicha o`z haqida"])
def test_stop_words_match_in_every_form(written: str) -> None:
    wanted = np.unique(hash_texts(["boʻyicha"], language="uzn_Latn"))
    columns = count_stop_words(Analyses([written], declared_languages=["uzn_Latn"]), [wanted])
    assert columns["scores.num_stop_words"].tolist() == [1.0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    ["", "\0", "\ud800", "\u202e'", "́" * 10_000, "'" * 10_000, "k'" * 5_000, "o'" * 5_000, "ـ" * 10_000, "😀" * 99],
)
def test_hostile_texts_are_no_trouble(language: str, text: str) -> None:
    forms = forms_of(language)
    assert forms is not None
    once, _ = rewrite(text, forms)
    assert rewrite(once, forms)[0] == once
    assert len(Analyses([text, text], declared_languages=[language, None]).token_hashes) >= 0


def test_an_overlay_can_have_variants_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tlh_Latn.yaml").write_text('code: "tlh_Latn"\nvariants: {source: "me", folds: {"qh": "k"}}\n')
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    assert np.array_equal(hash_texts(["qhaq"], language="tlh_Latn"), hash_texts(["kaq"], language="tlh_Latn"))
    assert os.environ[OVERLAY] == str(tmp_path)
