"""FineWeb-2's shape, end to end: its thresholds decide, by language, and by the thresholds of xdata where asked."""

from pathlib import Path

import pytest

from tests.pipelines.builds import CONFIGS, made, source
from tests.run.corpora import table
from tests.texts import texts
from xdata.errors import ConfigError
from xdata.export.shards import Shards
from xdata.export.upsample import LearnUpsample
from xdata.output.manifest import Manifest
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe

_LANGUAGES = ("swh_Latn", "pes_Arab", "zho_Hans", "tha_Thai")
_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fineweb2") / "out"


@pytest.fixture(scope="module")
def reasons(out: Path) -> dict[str, list[str]]:
    pages = {f"https://a.example/{code}/{n}": text for code in _LANGUAGES for n, text in enumerate(texts(code))}
    for code in _LANGUAGES:
        line = texts(code)[0].split("\n")[0]
        pages[f"https://a.example/{code}/again"] = f"{line}\n" * 60
        pages[f"https://a.example/{code}/copy"] = texts(code)[1]
        pages[f"https://spam.example/{code}"] = texts(code)[2]
    pages["https://a.example/mail"] = (
        f"{texts('swh_Latn')[0]}\n{texts('swh_Latn')[2]}\nAndika kwa amina@shule.ac.tz leo."
    )
    pages["https://a.example/table"] = "\n".join(f"{n} | {n * 7} | {n * 13}" for n in range(60))
    pages["https://a.example/eng"] = texts("eng_Latn")[0]
    listed = out.parent / "spam.txt"
    listed.write_text("spam.example\n")
    lists = [{"category": "spam", "path": str(listed)}]
    docs = source(out.parent, pages)
    return made(
        "monolingual_corpus:fineweb2",
        out,
        sources=[docs],
        languages=_LANGUAGES,
        quality={"fineweb2_configs": str(CONFIGS)},
        blocklist={"urls": lists},
    )


@pytest.mark.parametrize("language", _LANGUAGES)
def test_prose_is_kept_and_text_that_breaks_a_rule_is_dropped(reasons: dict[str, list[str]], language: str) -> None:
    own = {url.rsplit("/", 1)[1]: found for url, found in reasons.items() if f"a.example/{language}" in url}
    assert [own[name] for name in "0234"] == [[], [], [], []]
    assert sorted([own["1"], own["copy"]]) == [[], ["exact_duplicate"]]
    assert {"repeated_lines", "repeated_line_text"} <= set(own["again"])
    assert "url_spam" in reasons[f"https://spam.example/{language}"]


def test_other_languages_and_tables_are_dropped(reasons: dict[str, list[str]]) -> None:
    assert "language_not_requested" in reasons["https://a.example/eng"]
    assert reasons["https://a.example/table"] == ["language_unidentified"]


def test_personal_data_has_a_stand_in(reasons: dict[str, list[str]], out: Path) -> None:
    (text,) = [row["text"] for row in table(out, "data") if row["url"] == "https://a.example/mail"]
    assert "amina@" not in text
    assert "email@example.com" in text


def test_a_language_without_a_configuration_is_refused_or_has_our_thresholds() -> None:
    make = find_recipe("monolingual_corpus:fineweb2").make
    with pytest.raises(ConfigError, match="has no configuration of sin_Sinh: remove the language"):
        make(sources=_SOURCES, languages=["sin_Sinh", "swh_Latn"], settings={"quality.fineweb2_configs": str(CONFIGS)})
    recipe = make(
        sources=_SOURCES,
        languages=["sin_Sinh", "swh_Latn"],
        settings={"quality.fineweb2_configs": str(CONFIGS), "quality.fineweb2_missing": "own"},
    )
    limits = {step.name: step.model_dump() for step in recipe.stage("decide").steps}
    assert set(limits["repeated_lines"]["max_by_language"]) == {"sin_Sinh", "swh_Latn"}
    assert set(limits["many_digits"]["max_by_language"]) == {"sin_Sinh"}


def test_languages_are_required() -> None:
    with pytest.raises(ConfigError, match="name the languages"):
        find_recipe("monolingual_corpus:fineweb2").make(
            sources=_SOURCES, settings={"quality.fineweb2_configs": str(CONFIGS)}
        )


def test_repeats_are_learned_in_the_order_of_fineweb2() -> None:
    settings = {"quality.fineweb2_configs": str(CONFIGS), "upsample.learn": "true", "upsample.max_times": "3"}
    recipe = find_recipe("monolingual_corpus:fineweb2").make(
        sources=_SOURCES, languages=["swh_Latn"], settings=settings
    )
    names = {stage.name: [step.name for step in stage.steps] for stage in recipe.stages}
    assert list(names) == ["read", "annotate", "decide", "exact", "near", "rules", "corpus"]
    assert names["decide"] == ["errors", "urls", "languages", "language_uncertain"]
    assert {"too_few_words", "repeated_lines", "few_stop_words", "few_line_ends"} <= set(names["rules"])
    (export,) = recipe.stage("corpus").steps
    assert isinstance(export, Shards) and export.learn_upsample == LearnUpsample(max_upsample=3)
    # the same filters decide where nothing is learned
    plain = find_recipe("monolingual_corpus:fineweb2").make(
        sources=_SOURCES, languages=["swh_Latn"], settings={"quality.fineweb2_configs": str(CONFIGS)}
    )
    assert {step.name: step for step in plain.stage("decide").steps} == {
        step.name: step for name in ("decide", "rules") for step in recipe.stage(name).steps
    }


def test_a_corpus_learns_its_repeats_from_the_rules_of_fineweb2(tmp_path: Path) -> None:
    found = [(f"{n}/{copy}", f"{text}{' ' * copy}") for n, text in enumerate(texts("swh_Latn")) for copy in range(3)]
    pages = {f"https://a.example/{name}": text for name, text in found}
    pages["https://a.example/short"] = texts("swh_Latn")[0][:150]
    docs, out = source(tmp_path, pages), tmp_path / "out"
    options = {"languages": ("swh_Latn",), "quality.fineweb2_configs": str(CONFIGS), "upsample.learn": "true"}
    reasons = made("monolingual_corpus:fineweb2", out, sources=[docs], **options)
    assert "too_few_words" in reasons["https://a.example/short"]
    learned = Manifest.read(out).upsample["swh_Latn"]
    assert [(pool.size, pool.num_documents, pool.num_kept) for pool in learned.pools] == [(1, 6, 5)]
    assert {row["upsample"] for row in table(out, "data")} == {1}


def test_rules_come_after_all_duplicates_and_before_cuts() -> None:
    settings = {"upsample.learn": "true", "dedup.line_dedup_min_documents": "5", "dedup.semdedup_cosine": "0.98"}
    recipe = find_recipe("monolingual_corpus").make(sources=_SOURCES, languages=["swh_Latn"], settings=settings)
    assert [stage.name for stage in recipe.stages] == [
        *(
            "read",
            "annotate",
            "decide",
            "exact",
            "near",
            "semantic",
            "rules",
            "line_dedup",
            "exact_after_removal",
        ),
        "corpus",
    ]
