"""README and docs are true: commands and programs run, and print what the pages have."""

from pathlib import Path

import pytest
import regex

from tests.docs.__main__ import shortened
from tests.docs.pages import INPUTS, PAGES, ROOT, Output, blocks, run_page

_KINDS = {"sh", "console", "python", "text", "yaml", "json", "csv", "toml", "input"}


def _does_something(page: Path) -> bool:
    return any(block.runs and block.kind in {"sh", "console", "python"} for block in blocks(page.read_text("utf-8")))


_RUN = [
    page for page in PAGES if any(b.runs and b.kind in {"sh", "console", "python"} for b in blocks(page.read_text()))
]


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_blocks_are_of_kinds_that_are_tested(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = list(blocks(text))
    assert {block.kind for block in found} <= _KINDS
    assert {block.content for block in found if block.kind == "input"} <= INPUTS.keys()
    assert text.count("```") == 2 * sum(block.kind != "input" for block in found)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if _does_something(page)], ids=_name)
def test_commands_run_and_print_what_the_page_has(page: Path, tmp_path: Path) -> None:
    for output in run_page(page, tmp_path / page.stem):
        if not output.equal:
            pytest.fail(f"{_name(page)} has\n{output.expected}\nand the command printed\n{output.actual}")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_pages_that_exist(page: Path) -> None:
    for target in regex.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    ("expected", "actual", "equal"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a …\n", "a b c\n", True),
        ("a …\n", "a b\nc\n", False),
        ("a\n…\n", "b\nc\n", False),
        ("a\n…\n", "a\nb\nc", True),
        ("…\n", "", True),
        ("", "", True),
        ("", "a\n", False),
    ],
)
def test_ellipses_stand_for_text_and_lines(expected: str, actual: str, equal: bool) -> None:
    assert Output(expected, actual, 0).equal is equal


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        ("a", "b", "b"),
        ("a … d", "a b c d", "a … d"),
        ("a … d", "A b c d", "A … d"),
        ("… d e", "a b d e f", "… d e f"),
        ("a …", "a b c", "a …"),
        ("a … d … g", "a x d y z g", "a … d … g"),
    ],
)
def test_what_a_page_leaves_out_is_left_out_again(expected: str, actual: str, shown: str) -> None:
    assert shortened(expected.split(), actual.split()) == shown.split()
