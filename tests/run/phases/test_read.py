import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from xdata.edits.lines import DropLines
from xdata.edits.orthography import StandardOrthography
from xdata.edits.personal import RemovePersonal
from xdata.edits.repair import Repair
from xdata.export.shards import Shards
from xdata.filters.errors import DropErrors
from xdata.output.card import CARD
from xdata.output.counts import Counts, Tally
from xdata.output.manifest import Manifest
from xdata.output.report import REPORT
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe.recipe import Recipe, Stage
from xdata.records import Document, Origin, part_id
from xdata.run.build import build
from xdata.run.commit import RankOutput
from xdata.run.phases.read import _count, _edit, _new_changes
from xdata.scores.length import NumWords


def _recipe(root: Path) -> Recipe:
    source = Source(name="s", root=str(root), patterns=("*.jsonl",), language="pes_Arab")
    edits = (
        Repair(),
        StandardOrthography(),
        RemovePersonal(),
        DropLines(name="drop", rules=("few_words",), min_words=2),
    )
    edit = Stage("read", (Files(sources=(source,)), *edits))
    annotate = Stage("annotate", (NumWords(),))
    decide = Stage("decide", (DropErrors(),))
    return Recipe("small", (edit, annotate, decide, Stage("corpus", (Shards(),))))


def test_what_edits_did_is_counted_in_manifest_card_and_report(tmp_path: Path) -> None:
    texts = ["كتاب من كجا است\r\nمنو", "کتاب من کجا است", "bob@mail.org يك كتاب", "منو"]
    (tmp_path / "in").mkdir()
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    (tmp_path / "in" / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    manifest = build(_recipe(tmp_path / "in"), tmp_path / "out")
    assert manifest.changes == {
        "drop.few_words": 2,
        "drop.lines": 2,
        "orthography.ك>ک": 4,
        "orthography.ي>ی": 1,
        "personal.mail": 1,
        "repair.documents": 1,
    }
    assert Manifest.read(tmp_path / "out").changes == manifest.changes
    assert manifest.stages[2].reasons == {"pes_Arab": {"no_lines_left": 1}}
    assert "| drop.few\\_words | 2 |" in (tmp_path / "out" / CARD).read_text(encoding="utf-8")
    assert "Changes to texts" in (tmp_path / "out" / REPORT).read_text(encoding="utf-8")


def test_a_manifest_without_changes_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"text": "متن"}\n', encoding="utf-8")
    build(_recipe(tmp_path / "in"), tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    del facts["changes"]
    path.write_text(json.dumps(facts), encoding="utf-8")
    assert Manifest.read(tmp_path / "out").changes == {}


def _document(*changes: tuple[str, int]) -> Document:
    return Document(Origin("s", "f", 0), "", changes=changes)


def test_only_what_an_edit_adds_is_its_own() -> None:
    assert _new_changes(_document(("a", 1)), _document(("a", 1), ("a", 1), ("b", 2))) == (("a", 1), ("b", 2))
    assert _new_changes(_document(("a", 1)), _document(("b", 2))) == (("b", 2),)
    assert _new_changes(_document(("a", 1)), _document()) == ()


@pytest.mark.parametrize("change", [("a", 1.5), (1, 1), ("a", True)])
def test_invalid_changes_are_refused(change: tuple[str, int]) -> None:
    with pytest.raises(TypeError, match="no words and number"):
        _new_changes(_document(), _document(change))


def _output() -> RankOutput:
    return cast(RankOutput, SimpleNamespace(counts=Counts()))


def _halves(document: Document) -> Document | tuple[Document, ...]:
    half = len(document.text) // 2
    if not half:
        return document
    first = replace(document, text=document.text[:half], changes=(*document.changes, ("halves", 1)))
    return first, replace(document, text=document.text[half:], identity=part_id(document.id, document.text[half:]))


def test_an_edit_may_make_documents_which_later_edits_see_and_which_are_counted() -> None:
    output = _output()
    document = Document(Origin("s", "f", 0), "abcd", language="swh_Latn")
    found = _edit(document, [("one", _halves), ("two", _halves)], output)
    _count(found, output)
    assert [each.text for each in found] == ["a", "b", "c", "d"]
    assert found[0].id == document.id
    assert len({each.id for each in found}) == 4
    assert output.counts.tallies["swh_Latn"] == Tally(read=1, made=3, kept=4)
    assert output.counts.changes == {"one.halves": 1, "two.halves": 2}


def test_a_document_with_a_flaw_is_edited_no_more_and_those_beside_it_are() -> None:
    def odd(document: Document) -> Document:
        if document.text == "cd":
            raise ValueError("odd")
        return replace(document, text=document.text.upper())

    output = _output()
    found = _edit(Document(Origin("s", "f", 0), "abcd"), [("one", _halves), ("odd", odd), ("two", _halves)], output)
    assert [(each.text, each.error) for each in found] == [("A", None), ("B", None), ("", "odd_failed")]
    assert output.counts.num_failed == 1


def test_a_document_with_a_flaw_is_still_itself() -> None:
    def odd(document: Document) -> Document:
        raise ValueError("odd")

    facts: dict[str, Any] = dict(url="https://a", date="2020", language="swh_Latn", license="CC0-1.0", domain="law")
    document = replace(
        Document(Origin("s", "f", 0), "abcd", changes=(("a", 1),), identity="ab" * 16, earlier_size=3),
        groups=("qid=Q1",),
        **facts,
    )
    (found,) = _edit(document, [("odd", odd)], _output())
    assert found == replace(document, text="", error="odd_failed", changes=())
    assert (found.id, found.earlier_size) == (document.id, 3)


@pytest.mark.parametrize("given", [lambda document: (document, document), lambda _: (), lambda _: None])
def test_what_is_no_document_or_has_the_id_of_another_is_refused(given: Callable[[Document], Document]) -> None:
    output = _output()
    (found,) = _edit(Document(Origin("s", "f", 0), "abcd"), [("one", given)], output)
    assert (found.text, found.error) == ("", "one_failed")
    assert output.counts.num_failed == 1
