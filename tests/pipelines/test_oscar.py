"""OSCAR, end to end: tagged documents go by their tag, and other corpora stand beside it."""

from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.builds import made, source
from tests.texts import texts
from xdata.output.manifest import Manifest

_LANGUAGES = ("deu_Latn", "sin_Sinh", "amh_Ethi")
_TAGS: dict[str, list[str] | None] = {
    "none": None,
    "empty": [],
    "short": ["short_sentences", "tiny"],
    "noisy": ["noisy"],
    "two": ["adult", "tiny", "header"],
}


def _row(url: str, text: str, language: str, tags: list[str] | None, *, version: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"identification": {"label": language, "prob": 0.9}}
    if version == "oscar2201":
        metadata["annotation"] = tags
    else:
        adult = [tag for tag in tags or [] if tag == "adult"]
        metadata |= {"quality_warnings": [tag for tag in tags or [] if tag != "adult"] or None, "categories": adult}
    headers = {"warc-target-uri": url, "warc-date": "2022-01-01T00:00:00Z"}
    return {"content": text, "warc_headers": headers, "metadata": metadata}


@pytest.fixture(scope="module", params=["oscar2201", "oscar2301"])
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, list[str]], Manifest]:
    folder = tmp_path_factory.mktemp("oscar")
    rows = [
        _row(f"https://o.example/{code}/{name}", texts(code)[number], code.split("_")[0], tags, version=request.param)
        for code in _LANGUAGES
        for number, (name, tags) in enumerate(_TAGS.items())
    ]
    oscar = source(folder, rows, name="oscar", reader=request.param, license="CC0-1.0")
    law = source(
        folder, {"https://law.example/0": "".join(texts("deu_Latn"))}, name="law", language="deu_Latn", domain="law"
    )
    reasons = made("monolingual_corpus:oscar", folder / "out", sources=[oscar, law], languages=_LANGUAGES)
    return reasons, Manifest.read(folder / "out")


@pytest.mark.parametrize("language", _LANGUAGES)
def test_tagged_documents_are_dropped_and_untagged_ones_kept(
    found: tuple[dict[str, list[str]], Manifest], language: str
) -> None:
    own = {name: found[0][f"https://o.example/{language}/{name}"] for name in _TAGS}
    assert own["none"] == own["empty"] == own["short"] == []
    assert own["noisy"] == ["tagged_noisy"]
    assert own["two"] == ["tagged_header"]


def test_other_sources_stay_and_reasons_count_the_tags(found: tuple[dict[str, list[str]], Manifest]) -> None:
    reasons, manifest = found
    assert reasons["https://law.example/0"] == []
    (decide,) = [stage for stage in manifest.stages if stage.name == "decide"]
    assert decide.reasons == {code: {"tagged_header": 1, "tagged_noisy": 1} for code in _LANGUAGES}


def test_a_source_may_exclude_other_tags(tmp_path: Path) -> None:
    rows = [_row("https://o.example/0", texts("deu_Latn")[0], "de", ["tiny"], version="oscar2201")]
    oscar = source(tmp_path, rows, name="oscar", reader="oscar2201", exclude_tags=("tiny",))
    reasons = made("monolingual_corpus:oscar", tmp_path / "out", sources=[oscar], languages=["de"])
    assert reasons == {"https://o.example/0": ["tagged_tiny"]}
