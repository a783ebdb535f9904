from pathlib import Path

import pytest

from xdata.context import Context
from xdata.errors import ResourceError
from xdata.references import FileRef
from xdata.scores.flagged import FlaggedShare
from xdata.text.analysis import Analyses


def _list(path: Path, *words: str) -> FileRef:
    path.write_text("\n".join(words), encoding="utf-8")
    return FileRef(str(path))


def test_each_language_has_its_own_list_and_others_are_null(tmp_path: Path) -> None:
    step = FlaggedShare(lists={"sw": _list(tmp_path / "a", "baya"), "tha_Thai": _list(tmp_path / "b", "คำหยาบ")})
    texts = [("baya sana", "swh_Latn"), ("baya", "mlt_Latn"), ("baya", None), ("", "swh_Latn"), ("คำหยาบ", "tha_Thai")]
    columns = step.open(Context())(
        Analyses([text for text, _ in texts], declared_languages=[language for _, language in texts])
    )
    assert columns.keys() == step.adds().keys()
    assert list(columns["scores.flagged_share"]) == [0.5, None, None, None, 1.0]


def test_where_a_list_lies_is_no_part_of_the_step(tmp_path: Path) -> None:
    one, other = (FlaggedShare(lists={"swh_Latn": _list(tmp_path / name, "baya")}) for name in "ab")
    assert one.identity() == other.identity()
    assert [file.name for file in one.resources()] == ["a"]


@pytest.mark.parametrize("lists", [{}, {"klingon": "x"}, {"sw": "x", "swh_Latn": "y"}])
def test_lists_that_make_no_sense_are_refused(lists: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"lists"):
        FlaggedShare.model_validate({"lists": lists})


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe"])
def test_a_list_without_words_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(ResourceError, match="list"):
        FlaggedShare(lists={"swh_Latn": FileRef(str(path))}).open(Context())
    with pytest.raises(ResourceError, match="none"):
        FlaggedShare(lists={"swh_Latn": FileRef(str(tmp_path / "none"))}).open(Context())
