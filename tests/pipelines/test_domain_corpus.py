"""A corpus of one domain, end to end: what sources say is believed, and a classifier is asked about the rest."""

from pathlib import Path

import pytest

from tests.pipelines.builds import made, prose_and_salad, salad, source
from tests.run.corpora import table
from tests.texts import texts
from xdata.models.classifier import save_classifier, train_classifier
from xdata.output.manifest import Manifest

_LANGUAGES = ("swh_Latn", "hin_Deva", "kat_Geor", "tha_Thai")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("domain") / "out"


@pytest.fixture(scope="module")
def reasons(out: Path) -> dict[str, list[str]]:
    folder = out.parent
    save_classifier(train_classifier(*prose_and_salad(_LANGUAGES)), folder / "law.bin")
    sources = []
    for code in _LANGUAGES:
        said = [
            {"url": f"https://a.example/{code}/said", "text": salad(code, 4, order=1), "domain": "law"},
            {"url": f"https://a.example/{code}/news", "text": texts(code)[0], "domain": "news"},
            {"url": f"https://a.example/{code}/law", "text": texts(code)[1]},
            {"url": f"https://a.example/{code}/other", "text": salad(code, 9, order=1)},
        ]
        sources.append(source(folder, said, name=code, language=code, fields={"domain": "domain"}))
    declared = {"https://b.example/0": texts("swh_Latn")[2]}
    sources.append(source(folder, declared, name="declared", language="swh_Latn", domain="law"))
    return made(
        "domain_corpus",
        out,
        sources=sources,
        languages=_LANGUAGES,
        domains=["law"],
        classifier={"model": str(folder / "law.bin")},
        thresholds="none",
    )


@pytest.mark.parametrize("language", _LANGUAGES)
def test_stated_domains_are_trusted_and_others_are_classified(reasons: dict[str, list[str]], language: str) -> None:
    own = {url.rsplit("/", 1)[1]: found for url, found in reasons.items() if language in url}
    assert own == {"said": [], "news": ["domain_not_requested"], "law": [], "other": ["domain_unlikely"]}


def test_what_is_kept_is_counted_by_domain(reasons: dict[str, list[str]], out: Path) -> None:
    assert reasons["https://b.example/0"] == []
    assert {row["domain"] for row in table(out, "data")} == {"law", None}
    shares = {code: facts.shares["domain"] for code, facts in Manifest.read(out).languages.items()}
    assert shares["tha_Thai"] == {"law": 1, "unknown": 1}
    assert shares["swh_Latn"] == {"law": 2, "unknown": 1}
