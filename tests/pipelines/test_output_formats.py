"""Every format of an output folder has the same documents, and all that reads `data/` reads it."""

from pathlib import Path
from shutil import copytree
from typing import Any, get_args

import pytest

from tests.run.corpora import recipe, write_crawl
from xdata.errors import ConfigError
from xdata.formats.table import FormatName, output_of
from xdata.output.check import check
from xdata.output.diff import diff
from xdata.output.explain import find
from xdata.output.manifest import Manifest, ShardName
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.run.build import build

_FORMATS = get_args(FormatName)
_SETTINGS = {
    "splitting.splits": "{test: 0.2}",
    "splitting.subsets": "[0.3]",
    "thresholds": "none",
    "min_words": "5",
    "output.shard_bytes": 30_000,
}


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Format -> an output folder of a small crawl."""
    folder = tmp_path_factory.mktemp("formats")
    crawl = write_crawl(folder)
    found = {}
    for name in _FORMATS:
        found[name] = folder / name
        build(recipe([crawl], **_SETTINGS, **{"output.format": name}), found[name])
    return found


def _rows(out: Path, config: str) -> list[dict[str, Any]]:
    names = ["id", "text", "language", "scores", "groups", "split_group"]
    paths = sorted((out / "data" / config).iterdir())
    rows = [row for path in paths for batch in output_of(path).rows(path, names) for row in batch]
    return [row | {"split_group": int(row["split_group"])} for row in rows]


@pytest.mark.parametrize("name", _FORMATS)
def test_documents_are_those_of_parquet(outs: dict[str, Path], name: str) -> None:
    out = outs[name]
    assert check(out) == []
    files = [file.path for file in Manifest.read(out).files if file.path.startswith("data/")]
    assert files and all(path.endswith(f".{name}") and ShardName.parse(path) for path in files)
    for folder in (out / "data").iterdir():
        assert _rows(out, folder.name) == _rows(outs["parquet"], folder.name)
    assert not any(fates.gained or fates.lost for fates in diff(out, outs["parquet"]).values())
    sample = _rows(out, "sin_Sinh")[0]
    life = find(out, sample["id"])
    assert life.text == sample["text"] and life.file is not None and life.file.endswith(f".{name}")
    assert (out / "report.html").read_text(encoding="utf-8").count(sample["id"]) == (
        outs["parquet"] / "report.html"
    ).read_text(encoding="utf-8").count(sample["id"])


@pytest.mark.parametrize("name", _FORMATS)
def test_datasets_loads_it_without_network(
    outs: dict[str, Path], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    for config in ("sin_Sinh", "sin_Sinh-subset-30", "amh_Ethi"):
        found = datasets.load_dataset(str(outs[name]), config, cache_dir=str(tmp_path / "cache"))
        own = datasets.load_dataset(str(outs["parquet"]), config, cache_dir=str(tmp_path / "cache"))
        assert list(found) == list(own)
        for split, rows in found.items():
            assert [row | {"split_group": int(row["split_group"])} for row in rows] == list(own[split])


def test_a_flipped_byte_and_a_missing_row_are_found(outs: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    copytree(outs["jsonl"], out)
    path = next((out / "data").rglob("*.jsonl"))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    assert any(path.name in problem for problem in check(out))


def test_options_of_a_group_are_set_one_by_one() -> None:
    function = find_recipe("monolingual_corpus")

    def made(**settings: str) -> Any:
        recipe_ = function.make(sources=[Source(name="x", root="/x", patterns=("a",))], settings=settings)
        return recipe_.stages[-1].steps[0]

    assert made().format == "parquet"
    assert made(**{"output.format": "jsonl.gz"}).format == "jsonl.gz"
    assert made(output="{format: jsonl}").format == "jsonl"
    assert made(**{"output": "{format: jsonl}", "output.format": "jsonl.zst"}).format == "jsonl.zst"
    with pytest.raises(ConfigError, match=r"output\.frmat.*output\.format"):
        made(**{"output.frmat": "jsonl"})
    with pytest.raises(ConfigError, match="csv"):
        made(**{"output.format": "csv"})
    with pytest.raises(ConfigError, match=r"no parameter 'min_words\.format'"):
        made(**{"min_words.format": "3"})
