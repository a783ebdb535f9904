from typing import get_args

import pytest

from xdata.edits.repair import Repair
from xdata.errors import ConfigError
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe import criteria, stages
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe, Stage
from xdata.records import SOURCE_IDS

_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)
_CRITERIA = (criteria.drop_errors(), criteria.document_length(5))


def _recipe(*after: Stage, dedup: p.Dedup, splitting: p.Splitting, output: p.Output) -> Recipe:
    return Recipe(
        "test",
        [
            stages.read(_SOURCES, splitting=splitting),
            stages.annotate(_CRITERIA, stages.signatures(dedup)),
            stages.decide(_CRITERIA),
            *stages.deduplicate(dedup, sources=_SOURCES),
            *after,
            *stages.partition(splitting),
            *stages.emit(output, splitting=splitting),
        ],
    )


def test_stages_are_those_that_options_ask_for() -> None:
    plain = _recipe(dedup=p.Dedup(), splitting=p.Splitting(), output=p.Output())
    assert [stage.name for stage in plain.stages] == ["read", "annotate", "decide", "exact", "near", "corpus"]
    dedup = p.Dedup(semdedup_cosine=0.9, line_dedup_min_documents=3, exact_substring_words=20)
    every = _recipe(
        *stages.remove_repeats(dedup, min_words=5),
        *stages.sample(p.Quota(max_bytes=5)),
        dedup=dedup,
        splitting=p.Splitting(splits={"test": 0.1}),
        output=p.Output(sentences=True),
    )
    assert [stage.name for stage in every.stages] == [
        *("read", "annotate", "decide", "exact", "near", "semantic"),
        *("line_dedup", "exact_substrings", "exact_after_removal", "quota", "groups", "corpus", "sentences"),
    ]


def test_own_edits_come_after_those_of_every_recipe() -> None:
    kinds = [step.kind for step in stages.read(_SOURCES, edits=(Repair(name="again"),)).steps]
    assert kinds == ["readers.files", "edits.extract", "edits.repair", "edits.personal", "edits.repair"]
    kept = stages.read(_SOURCES, personal="keep")
    assert [step.kind for step in kept.steps] == kinds[:3]


def test_tags_are_those_of_sources_that_have_tags_and_name_none() -> None:
    oscar = Source(name="o", root="/data", patterns=("**",), reader="oscar2201")
    own = oscar.model_copy(update={"name": "own", "exclude_tags": ("tiny",)})
    reader = stages.read((*_SOURCES, oscar, own), tags=("noisy",)).steps[0]
    assert isinstance(reader, Files)
    assert {source.name: source.exclude_tags for source in reader.sources} == {
        "s": (),
        "o": ("noisy",),
        "own": ("tiny",),
    }


def test_fields_of_groups_are_read_where_something_is_held_out() -> None:
    for splits in ({}, {"test": 0.1}):
        reader = stages.read_rows(_SOURCES, splitting=p.Splitting(splits=splits, groups=("qid",))).steps[0]
        assert isinstance(reader, Files)
        assert set(reader.sources[0].groups) == ({"qid", SOURCE_IDS} if splits else set())


@pytest.mark.parametrize(
    ("names", "message"), [(("t",), "no source 't'"), (("s", "s"), "'s' is given twice")], ids=["unknown", "twice"]
)
def test_preferred_sources_exist_and_are_named_once(names: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=f"dedup.prefer_sources: {message}"):
        stages.deduplicate(p.RowDedup(prefer_sources=names), sources=_SOURCES)


def test_other_languages_are_removed_or_routed_where_that_is_asked_for() -> None:
    found = {mixed: stages.separate_languages(mixed) for mixed in get_args(p.MixedLanguages)}
    assert {mixed: [step.kind for step in steps] for mixed, steps in found.items()} == {
        "keep": [],
        "score": [],
        "clip": ["edits.clip_languages"],
        "route": ["edits.route_languages"],
        "drop": [],
    }
