import pytest

from tests.golden.contents import CONTENTS, FOLDER


@pytest.mark.parametrize("name", CONTENTS)
def test_what_the_code_makes_is_what_was_meant(name: str) -> None:
    """Where the difference is meant: `python -m tests.golden`."""
    assert (FOLDER / name).read_text(encoding="utf-8") == CONTENTS[name]()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.suffix in (".json", ".yaml")} == set(CONTENTS)
