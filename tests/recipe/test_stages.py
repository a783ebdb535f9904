from typing import get_args

from xdata.dedup.exact import ExactDuplicates
from xdata.edits.repair import Repair
from xdata.readers.sources import Source
from xdata.recipe import criteria
from xdata.recipe.criteria import Mixed
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import corpus, edited, unmixed

_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)
_CRITERIA = (criteria.whole(), criteria.long_enough(5))


def test_own_edits_come_after_those_of_every_recipe() -> None:
    kinds = [step.kind for step in edited(_SOURCES, edits=(Repair(name="again"),)).steps]
    assert kinds == ["readers.files", "edits.extract", "edits.repair", "edits.personal", "edits.repair"]
    kept = edited(_SOURCES, personal="keep")
    assert [step.kind for step in kept.steps] == kinds[:3]


def test_what_selects_comes_after_duplicates_and_before_shards() -> None:
    documents = edited(_SOURCES)
    step = ExactDuplicates(name="quota")
    stages = corpus(documents, _CRITERIA, min_similarity=0.8, select=(step,), rejects="all", shard_bytes=1024)
    names = [stage.name for stage in Recipe("test", stages).stages]
    assert names == ["read", "annotate", "decide", "exact", "near", "quota", "corpus"]


def test_other_languages_are_taken_out_or_routed_where_that_is_asked_for() -> None:
    assert {mixed: [step.kind for step in unmixed(mixed)] for mixed in get_args(Mixed)} == {
        "keep": [],
        "score": [],
        "clip": ["edits.clip_languages"],
        "route": ["edits.route_languages"],
        "drop": [],
    }
