from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pytest

from xdata.context import Context
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.text_hash import TextHash
from xdata.edits.repair import Repair
from xdata.errors import ConfigError
from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.export.splits import SplitGroups
from xdata.filters.errors import DropErrors
from xdata.filters.thresholds import Threshold
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe.recipe import Guard, Recipe, Stage
from xdata.records import Document, Skipped, Unreadable
from xdata.scores.length import NumWords
from xdata.step import PART_BYTES, Columns, Drops, FilePart, Filter, InputFile, Listing, Reader, Score, Step
from xdata.text.analysis import Analysis

_FILES = Files(sources=(Source(name="s", root="/data", patterns=("**",)),))


def _recipe(
    *, scores: tuple[Step, ...] = (NumWords(), TextHash()), filters: tuple[Step, ...] = (DropErrors(),)
) -> Recipe:
    edit = Stage("read", (_FILES, Repair()))
    annotate = Stage("annotate", scores)
    decide = Stage("decide", filters)
    exact = Stage("exact", (ExactDuplicates(),))
    corpus = Stage("corpus", (Shards(),))
    return Recipe("small", (edit, annotate, decide, exact, corpus), guard=Guard(cpu_seconds=5))


def test_yaml_gives_the_recipe_back() -> None:
    recipe = _recipe()
    again = Recipe.from_yaml(recipe.to_yaml(), where="x")
    assert again == recipe
    assert again.to_yaml() == recipe.to_yaml()


def test_json_gives_the_recipe_back_as_yaml_does() -> None:
    recipe = _recipe(filters=(Threshold(score="scores.num_words", reason="few", min_by_language={"tha_Thai": 0.1}),))
    again = Recipe.from_json(recipe.to_json(), where="x")
    assert again == recipe == Recipe.from_yaml(recipe.to_yaml(), where="x")
    assert again.to_json() == recipe.to_json()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "x.json: is not JSON"),
        (b"[]", "x.json: expected keys and values"),
        (b'{"format": 1, "recipe": "a"}', "x.json: the key 'stages' is missing"),
        (b'{"format": 1, "recipe": "a", "stages": [{"name": "b", "steps": [{"kind": "c"}]}]}', r"steps\[0\].kind"),
    ],
)
def test_json_that_is_no_recipe_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Recipe.from_json(content, where="x.json")


def test_phases_follow_from_the_steps() -> None:
    assert [stage.phase.name for stage in _recipe().stages] == ["read", "annotate", "decide", "cluster", "emit"]


def test_what_the_annotate_stage_adds_is_known_before_the_first_document() -> None:
    recipe = _recipe()
    assert recipe.scores() == ("num_words",)
    assert list(recipe.signatures()) == ["text_hash"]


def test_a_column_that_nobody_adds_is_named_with_the_nearest() -> None:
    threshold = Threshold(score="scores.num_wrds", reason="short", min_value=5)
    with pytest.raises(
        ConfigError, match=r"step 'threshold' of stage 'decide' reads 'scores.num_wrds'.*'scores.num_words'"
    ):
        _recipe(filters=(threshold,))


def test_a_signature_that_nobody_adds_is_named() -> None:
    with pytest.raises(ConfigError, match=r"step 'exact' of stage 'exact' reads 'signatures\.text_hash'"):
        _recipe(scores=(NumWords(),))


def test_two_steps_that_add_one_column_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"step 'again' adds 'scores.num_words', which another step adds too"):
        _recipe(scores=(NumWords(), NumWords(name="again"), TextHash()))


class _Adding(Score):
    """Adds what a test says."""

    kind: Literal["scores.adding"] = "scores.adding"
    what: str

    def adds(self) -> Mapping[str, pa.DataType]:
        return {self.what: pa.int8()}

    def open(self, context: Context) -> Callable[[Sequence[Analysis]], Columns]:
        raise AssertionError


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("id", "no column of xdata's own"),
        ("text", "which another step adds too"),
        ("text_bytes", "no column of xdata's own"),
        ("decision", "no column of xdata's own"),
        ("scores", "no column of xdata's own"),
        ("Fluency", "no column of xdata's own"),
        ("scores.a.b", "no column of xdata's own"),
        ("scores.fluency", "adds 'scores.fluency' as int8: it must be float"),
        ("dialect", "adds 'dialect' as int8: it must be string"),
    ],
)
def test_columns_that_no_step_may_add_are_refused(what: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        _recipe(scores=(NumWords(), TextHash(), _Adding(what=what)))
    assert _recipe(scores=(NumWords(), TextHash(), _Adding(what="signatures.small"))).signatures()["small"] == pa.int8()


class _Peeping(Filter):
    """Reads what filters do not see."""

    kind: Literal["filters.peeping"] = "filters.peeping"
    what: str

    def reads(self) -> frozenset[str]:
        return frozenset({self.what})

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        raise AssertionError


@pytest.mark.parametrize("what", ["signatures.text_hash", "kept", "reasons", "survivor"])
def test_filters_see_scores_and_labels_alone(what: str) -> None:
    with pytest.raises(ConfigError, match=f"reads '{what}', which no step before it adds"):
        _recipe(filters=(_Peeping(what=what),))


class _Reading(Reader):
    """A reader of somebody's own."""

    kind: Literal["readers.reading"] = "readers.reading"

    def list_files(self, *, without: Path | None = None) -> Listing:
        raise AssertionError

    def needs_index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> bool:
        raise AssertionError

    def index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> list[int]:
        raise AssertionError

    def plan(
        self, files: Sequence[InputFile], offsets: Mapping[int, Sequence[int]], *, part_bytes: int = PART_BYTES
    ) -> list[tuple[FilePart, ...]]:
        raise AssertionError

    def open(self, context: Context) -> Callable[[FilePart], Iterator[Document | Skipped | Unreadable]]:
        raise AssertionError

    def weight(self, file: InputFile) -> int:
        raise AssertionError


def test_readers_of_ones_own_are_refused() -> None:
    stages = _recipe().stages
    with pytest.raises(ConfigError, match=r"cannot form a stage: \S+\. A stage is the reader of xdata \(readers"):
        Recipe("mine", (Stage("read", (_Reading(),)), *stages[1:]))


def test_two_steps_of_one_name_are_refused() -> None:
    short = Threshold(score="scores.num_words", reason="short", min_value=5)
    with pytest.raises(ConfigError, match="two steps are called 'threshold'"):
        _recipe(filters=(short, short))


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Repair(),),
        (_FILES, NumWords()),
        (NumWords(), DropErrors()),
        (ExactDuplicates(), ExactDuplicates(name="b")),
        (Shards(), Shards(name="b")),
    ],
)
def test_steps_that_make_no_stage_are_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ConfigError, match="these steps cannot form a stage"):
        Stage("x", steps)


_READ = Stage("read", (_FILES,))
_ANNOTATE = Stage("annotate", (NumWords(),))
_DECIDE = Stage("decide", (DropErrors(),))
_CORPUS = Stage("corpus", (Shards(),))


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([_READ, _DECIDE, _CORPUS], "decide comes after annotate or cluster, not after read"),
        ([_ANNOTATE, _DECIDE, _CORPUS], "annotate comes after read, not after nothing"),
        (
            [_READ, Stage("again", (_FILES.model_copy(update={"name": "more"}),)), _CORPUS],
            "read comes after nothing, not after read",
        ),
        ([_READ, _ANNOTATE, _CORPUS], "emit comes after .*, not after annotate"),
    ],
)
def test_the_order_of_phases_is_fixed(stages: list[Stage], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Recipe("x", stages)


def test_a_recipe_ends_with_an_export_and_names_each_stage_once() -> None:
    with pytest.raises(ConfigError, match="its last stage is not an export"):
        Recipe("x", (_READ, _ANNOTATE))
    with pytest.raises(ConfigError, match="two stages are called 'read'"):
        Recipe("x", (_READ, Stage("read", (NumWords(),)), _DECIDE, _CORPUS))
    assert Recipe("x", [_READ, _ANNOTATE, _DECIDE, _CORPUS]) == Recipe("x", (_READ, _ANNOTATE, _DECIDE, _CORPUS))


@pytest.mark.parametrize("name", ["", "Edit", "a b", "../x", "index"])
def test_stage_names_can_be_folders(name: str) -> None:
    with pytest.raises(ConfigError):
        Stage(name, (_FILES,))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'kind: "filters.errors"',
            'kind: "filters.erors"',
            r"stages\[2\].steps\[0\].kind: unknown kind.*'filters.urls'",
        ),
        ('kind: "filters.errors"', "kind: 5", r"stages\[2\].steps\[0\]: the key 'kind' is missing or not a word"),
        (
            "mojibake: true",
            'mojibake: "yes"',
            r"stages\[0\].steps\[1\]: mojibake: expected a valid boolean, found 'yes'",
        ),
        ("mojibake: true", "mojibak: true", r"unknown key 'mojibak': did you mean 'mojibake'"),
        ("seed: 0", "sead: 0", "unknown key 'sead': did you mean 'seed'"),
        ("seed: 0", "seed: 0.5", "seed: expected a valid integer, found 0.5"),
        ("format: 1", "format: 9", "format is 9, this xdata reads 1"),
        ("cpu_seconds: 5.0", "cpu_seconds: -1", "guard.cpu_seconds: expected greater than 0"),
        ("code: []", 'code: ["gone.py"]', "gone.py: Python file not found"),
        ("stages:", "stages: []\nstage:", "unknown key 'stage': did you mean 'stages'"),
        ('rejects: "all"', 'rejects: "some"', "rejects: expected 'all', 'sample' or 'none', found 'some'"),
    ],
)
def test_wrong_yaml_is_refused_with_the_path_and_what_is_allowed(old: str, new: str, message: str) -> None:
    text = _recipe().to_yaml()
    assert old in text
    with pytest.raises(ConfigError, match=message):
        Recipe.from_yaml(text.replace(old, new, 1), where="r.yaml")


def test_other_sources_can_be_read_by_the_same_recipe() -> None:
    other = Source(name="other", root="/other", patterns=("a.jsonl",))
    recipe = _recipe().reading([other])
    reader = recipe.reader
    assert isinstance(reader, Files)
    assert reader.sources == (other,)
    assert recipe.to_data()["stages"][1:] == _recipe().to_data()["stages"][1:]


def test_a_step_of_the_users_own_works_from_a_path(tmp_path: Path) -> None:
    from xdata.recipe.functions import find_recipe

    path = tmp_path / "shouting.py"
    path.write_text(_USER_CODE)
    recipe = find_recipe(str(path)).make(sources=[_FILES.sources[0]], settings={"mark": "?"})
    again = Recipe.from_yaml(recipe.to_yaml(), where="x")
    assert again == recipe
    assert recipe.code == (str(path),)
    shout: Any = recipe.stages[0].steps[1]
    assert (shout.kind, shout.mark) == ("edits.shout", "?")


_USER_CODE = '''
from dataclasses import replace
from typing import Literal

from xdata import Edit, Recipe, Stage
from xdata.export.shards import Shards
from xdata.export.sentences import Sentences
from xdata.export.splits import SplitGroups
from xdata.filters.errors import DropErrors
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.scores.length import NumWords


class Shout(Edit):
    """Makes text louder."""

    kind: Literal["edits.shout"] = "edits.shout"
    mark: str = "!"

    def open(self, context):
        return lambda document: replace(document, text=document.text.upper() + self.mark)


def shouting(*, sources: tuple[Source, ...], mark: str = "!") -> Recipe:
    """Louder text."""
    edit = Stage("read", (Files(sources=sources), Shout(mark=mark)))
    annotate = Stage("annotate", (NumWords(),))
    decide = Stage("decide", (DropErrors(),))
    corpus = Stage("corpus", (Shards(),))
    return Recipe("shouting", (edit, annotate, decide, corpus), code=(__file__,))
'''


def _grouped(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages of a recipe without its export, with what splits need behind them."""
    return (*stages, Stage("groups", (SplitGroups(similarity=None),)))


def _with_sentences(*, documents: dict[str, object], sentences: dict[str, object]) -> Recipe:
    before = _grouped(_recipe().stages[:-1])
    corpus = Stage("corpus", (Shards.model_validate(documents),))
    listed = Stage("listed", (Sentences.model_validate(sentences),))
    return Recipe("r", (*before, corpus, listed))


def test_sentences_come_after_documents_and_are_read_back_from_yaml() -> None:
    options: dict[str, object] = {"splits": {"test": 0.1}, "subsets": (0.1, 0.5)}
    made = _with_sentences(documents=options | {"config_by": "language_domain"}, sentences=options)
    assert Recipe.from_yaml(made.to_yaml(), where="r") == made


@pytest.mark.parametrize("options", [{"splits": {"test": 0.2}}, {"splits": {"dev": 0.1}}, {"splits": {}}])
def test_sentences_split_in_another_way_than_documents_are_refused(options: dict[str, object]) -> None:
    same: dict[str, object] = {"splits": {"test": 0.1}}
    with pytest.raises(ConfigError, match=r"step 'sentences': its split\w* are not those of 'shards'"):
        _with_sentences(documents=same, sentences=same | options)


def test_splits_without_groups_are_refused() -> None:
    before = _recipe().stages[:-1]
    with pytest.raises(ConfigError, match=r"'shards': holds out documents.* with export\.split_groups before"):
        Recipe("r", (*before, Stage("corpus", (Shards(splits={"test": 0.1}),))))


def test_groups_need_the_signatures_that_they_compare() -> None:
    before = _recipe().stages[:-1]
    groups = Stage("groups", (SplitGroups(),))
    with pytest.raises(ConfigError, match=r"step 'split_groups' of stage 'groups' reads 'signatures\.\w+'"):
        Recipe("r", (*before, groups, Stage("corpus", (Shards(),))))


def test_nothing_decides_behind_groups() -> None:
    before = _grouped(_recipe().stages[:-1])
    late = Stage("late", (ExactDuplicates(name="late"),))
    with pytest.raises(ConfigError, match="cluster comes after decide or cluster or cut, not after group"):
        Recipe("r", (*before, late, _CORPUS))


def test_sentences_alone_or_twice_are_refused() -> None:
    before = _recipe().stages[:-1]
    alone = Stage("listed", (Sentences(),))
    with pytest.raises(ConfigError, match=r"step 'sentences': .* use export\.shards"):
        Recipe("r", (*before, alone))
    corpus = Stage("corpus", (Shards(),))
    one = Stage("one", (Sentences(),))
    two = Stage("two", (Sentences(name="more"),))
    with pytest.raises(ConfigError, match="step 'more': documents are exported once, and sentences once after them"):
        Recipe("r", (*before, corpus, one, two))
