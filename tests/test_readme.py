"""The README is true: its commands run, its code works, its numbers of commands are two."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
import regex

from tests.texts import texts
from xdata.resources import resource

_ROOT = Path(__file__).resolve().parents[1]
_BLOCK = regex.compile(r"```(\w*)\n(.*?)```", regex.DOTALL)


def _blocks(language: str) -> list[str]:
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    return [content for kind, content in _BLOCK.findall(readme) if kind == language]


def _setup_commands() -> list[str]:
    return [line for block in _blocks("sh") for line in block.splitlines() if line.startswith("python3 -m venv")]


def test_two_commands_do_all_the_setup_each_on_one_line() -> None:
    install, test = _setup_commands()
    assert install.endswith("xdata build quickstart --out corpus")
    assert test.endswith("pytest")


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = (_ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(_ROOT / ".ci" / "run", os.X_OK)
    pattern = regex.search(r'grep -E "(.*)" README\.md', script)
    assert pattern is not None
    readme = (_ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in readme if regex.search(pattern[1], line)] == [_setup_commands()[1]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the README's reader is: with a crawl, documents and the code of the README."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "crawl").mkdir()
    for name in ("pages-0.warc.gz", "pages-1.warc.gz"):
        (folder / "crawl" / name).symlink_to(resource("samples", "crawl", name))
    (folder / "crawl-2").mkdir()
    (folder / "crawl-2" / "pages-2.warc.gz").symlink_to(resource("samples", "crawl", "pages-2.warc.gz"))
    (folder / "documents.jsonl").write_text('{"text": "Kila mtu ana haki ya kuishi"}\n')
    articles = [
        {"docid": f"sw-{n}", "body": text, "title": text[:20], "year": n} for n, text in enumerate(texts("swh_Latn"))
    ]
    (folder / "articles.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in articles))
    (folder / "exam.jsonl").write_text('{"text": "Watoto wote huzaliwa huru na sawa kwa hadhi na haki zao zote"}\n')
    (folder / "documents.txt").write_text("Kila mtu ana haki ya kuishi\n")
    _write_samples(folder)
    (shouting,) = (block for block in _blocks("python") if block.startswith("# shouting.py"))
    (folder / "shouting.py").write_text(shouting)
    return folder


def _write_samples(folder: Path) -> None:
    """A sample of Swahili, and examples of good and bad documents."""
    words = " ".join(texts("swh_Latn")).split()
    good = [" ".join(words[at : at + 60]) for at in range(0, len(words) - 60, 25)]
    bad = [" ".join(reversed(text.split())) + " > >" for text in good]
    for name, found in (("sample", good), ("good", good), ("bad", bad)):
        (folder / f"{name}.jsonl").write_bytes(b"".join(orjson.dumps({"text": text}) + b"\n" for text in found))


def _run(command: list[str], folder: Path) -> str:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf")}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.slow
def test_every_command_runs_in_the_order_of_the_readme(folder: Path) -> None:
    commands = [line for block in _blocks("sh") for line in block.splitlines() if line.startswith("xdata ")]
    assert len(commands) >= 8
    for command in commands:
        if command.endswith(" ID"):
            (shard,) = (folder / "corpus-sw-si" / "data" / "swh_Latn").iterdir()
            command = command.removesuffix("ID") + pq.read_table(shard)["id"][0].as_py()
        if "--executor slurm" in command:  # builds on it are tests/run/test_pools.py's
            command = f"{command} --dry-run"
        _run([sys.executable, "-m", "xdata.cli", *shlex.split(command)[1:]], folder)
    first, again = (pq.read_table(folder / name / "data") for name in ("corpus-sw-si", "corpus-again"))
    assert first.equals(again)
    assert pq.read_table(folder / "louder" / "data")["text"].to_pylist() == ["KILA MTU ANA HAKI YA KUISHI!!"]
    joined = pq.read_table(folder / "joined" / "data")
    assert {"original_id", "title", "year"} < set(joined.column_names)
    assert set(joined["source"].to_pylist()) == {"crawl", folder.name}
    (loading,) = (block for block in _blocks("python") if "load_dataset" in block)
    assert len(_run([sys.executable, "-c", loading], folder).strip()) > 40


def test_the_sources_file_of_the_readme_is_one(tmp_path: Path) -> None:
    from xdata.readers.sources import parse_sources

    for name in ("news", "hausa", "fineweb-2/swh_Latn"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "proverbs.txt").write_text("Haraka haraka haina baraka")
    (tmp_path / "sources.yaml").write_text(_blocks("yaml")[0])
    fineweb, hausa, news, proverbs = parse_sources([str(tmp_path / "sources.yaml")])
    assert (hausa.language, news.license) == ("hau_Latn", "CC-BY-4.0")
    assert (fineweb.reader, proverbs.unit) == ("fineweb2", "line")


def test_the_numbers_of_languages_and_scripts_are_true() -> None:
    from xdata.languages import described_languages

    (said,) = regex.findall(r"(\d+) languages in (\d+) scripts", (_ROOT / "README.md").read_text(encoding="utf-8"))
    codes = described_languages()
    assert said == (str(len(codes)), str(len({code.split("_")[1] for code in codes})))


def test_readers_of_the_readme_are_those_that_there_are() -> None:
    from xdata.readers.corpora import CORPORA
    from xdata.readers.files import FORMATS

    (said,) = regex.findall(r"A `reader` is.*?first bytes", (_ROOT / "README.md").read_text(encoding="utf-8"), regex.S)
    assert regex.findall(r"`(\w+)`", said)[1:] == [*FORMATS, *CORPORA]
