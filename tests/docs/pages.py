"""Reads the pages of README.md and docs/, and does what they tell a reader to do.

Blocks of a page are run from top to bottom in one folder:

    sh          every command is run and must succeed
    console     `$ command`, then what it prints; both are compared, `…` standing for any text or any lines
    python      run as a program; a `text` block right behind it is what it prints
    any         with title="NAME": written as a file of that name

A comment `<!-- input: NAME -->` puts files of `INPUTS` into the folder. A block behind `<!-- not run: why -->` is left
out, as are all blocks of a page with `<!-- page not run: why -->`.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
import regex

from tests.texts import texts
from xdata.resources import resource

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))

ELLIPSIS = "…"
"""Stands for any lines on a line of its own, and for any text within one."""

_BLOCK = regex.compile(
    r"(?:<!-- input: (?P<input>\w+) -->)"
    r"|(?P<unrun><!-- not run: [^>]+ -->\s*)?"
    r"^(?P<indent> *)```(?P<kind>\w+)(?: title=\"(?P<title>[^\"]+)\")?[^\n]*\n(?P<content>.*?)^(?P=indent)```$",
    regex.DOTALL | regex.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A fenced block, or the name of files that a page needs."""

    kind: str
    """Language of the block, `input` for files."""
    content: str
    title: str | None
    runs: bool
    start: int
    """Place of the content in the text of the page, in code points."""


@dataclass(frozen=True)
class Output:
    """What a command or program printed, and what its page has."""

    expected: str
    actual: str
    start: int
    """Place of the expected output in the text of the page, in code points."""

    @property
    def equal(self) -> bool:
        return _pattern(self.expected).fullmatch(self.actual.strip("\n") + "\n") is not None


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page, from top to bottom."""
    page_runs = "<!-- page not run: " not in text
    for match in _BLOCK.finditer(text):
        if match["input"]:
            yield Block("input", match["input"], None, True, match.start())
        else:
            indent = len(match["indent"])
            content = "".join(line[indent:] if line.strip() else line for line in match["content"].splitlines(True))
            yield Block(
                match["kind"], content, match["title"], page_runs and match["unrun"] is None, match.start("content")
            )


def run_page(page: Path, folder: Path) -> list[Output]:
    """Does what a page tells, in a new folder, whose name is in ids. Raises AssertionError for a command that fails."""
    folder.mkdir()
    found = [block for block in blocks(page.read_text(encoding="utf-8")) if block.runs]
    outputs: list[Output] = []
    printed: str | None = None
    for block in found:
        if block.kind == "text" and block.title is None:
            if printed is not None:
                outputs.append(Output(block.content, printed, block.start))
            printed = None
            continue
        printed = None
        if block.kind == "input":
            INPUTS[block.content](folder)
        elif block.title is not None:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.content, encoding="utf-8")
        elif block.kind == "sh":
            for command in _commands(block.content):
                run(command, folder)
        elif block.kind == "console":
            outputs += _run_console(block, folder)
        elif block.kind == "python":
            printed = run(shlex.join([sys.executable, "-c", block.content]), folder, with_errors=False)
    return outputs


def run(command: str, folder: Path, *, with_errors: bool = True) -> str:
    """Runs a command of a shell in a folder; what it prints, on standard error too unless without."""
    tools = folder / ".bin"
    if not tools.exists():
        tools.mkdir()
        (tools / "xdata").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m xdata.cli "$@"\n')
        (tools / "xdata").chmod(0o755)
        (tools / "python").symlink_to(sys.executable)
    environment = os.environ | {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(folder / ".hf"),
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if with_errors else subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    if ran.returncode != 0:
        raise AssertionError(f"{command}: exit status {ran.returncode}\n{ran.stdout}\n{ran.stderr or ''}")
    return ran.stdout


def _commands(content: str) -> list[str]:
    """The commands of a block; a line that ends with a backslash goes on."""
    lines = content.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", "python3 -m venv", "pip install"))]


def _run_console(block: Block, folder: Path) -> Iterator[Output]:
    """The outputs of a block of commands, each beginning with `$ `, and of what they print."""
    start = block.start
    for session in regex.split(r"^(?=\$ )", block.content, flags=regex.MULTILINE):
        if session:
            head = regex.match(r"\$ ((?:[^\n]*\\\n)*[^\n]*\n)", session)
            assert head is not None, session
            (command,) = _commands(head[1])
            yield Output(session[head.end() :], run(command, folder), start + head.end())
        start += len(session)


def _pattern(expected: str) -> regex.Pattern[str]:
    """Matches what a page has: `…` is any text in a line, or any lines where it stands alone."""
    parts = []
    for line in expected.strip("\n").splitlines():
        if line.strip() == ELLIPSIS:
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append(".*?".join(map(regex.escape, line.rstrip().split(ELLIPSIS))) + r"[ \t]*\n")
    return regex.compile("".join(parts) or r"\n")


def _crawl(folder: Path) -> None:
    """Sample crawl files, in two folders."""
    for name, files in (("crawl", ("pages-0", "pages-1")), ("crawl-2", ("pages-2",))):
        (folder / name).mkdir()
        for file in files:
            (folder / name / f"{file}.warc.gz").symlink_to(resource("samples", "crawl", f"{file}.warc.gz"))


def _documents(folder: Path) -> None:
    """`documents.jsonl`: six documents of Swahili, of which one is there twice, with ids, titles and years."""
    rows = [
        {"docid": f"sw-{number}", "title": text.split("\n")[0][:40], "body": text, "year": 2020 + number}
        for number, text in enumerate(texts("swh_Latn"))
    ]
    _write_rows(folder / "documents.jsonl", [*rows, rows[0] | {"docid": "sw-copy"}])


def _sample(folder: Path) -> None:
    """`sample.jsonl`, `good.jsonl` and `bad.jsonl`: passages of Swahili; the bad ones have no order of words."""
    words = " ".join(texts("swh_Latn")).split()
    good = [" ".join(words[at : at + 60]) for at in range(0, len(words) - 60, 25)]
    bad = [" ".join(reversed(text.split())) + " > >" for text in good]
    for name, found in (("sample", good), ("good", good), ("bad", bad)):
        _write_rows(folder / f"{name}.jsonl", [{"text": text} for text in found])


def _write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


INPUTS: Mapping[str, Callable[[Path], None]] = {"crawl": _crawl, "documents": _documents, "sample": _sample}
"""Name -> what puts the files of that name into a folder."""
