"""Options of recipes: each one that a recipe has reaches its steps."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from xdata.models.language import LID_176
from xdata.readers.sources import Source
from xdata.recipe import parameters
from xdata.recipe.functions import find_recipe, recipe_functions
from xdata.recipe.parameters import OptionGroup
from xdata.recipe.settings import paths_of


def _is_group(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, OptionGroup) and value is not OptionGroup


_SOURCES = tuple(Source(name=name, root="/data", patterns=("**",), reader="oscar2201") for name in ("a", "b"))
_FASTTEXT = LID_176.model_dump(exclude_none=True)
_SETS = [{"name": "e", "path": "/e.jsonl"}]
_SPLITS = {"splitting": {"splits": {"test": 0.1}}}
_SENTENCES = {"output": {"sentences": True}}

OTHERS: dict[str, Any] = {
    "extractor": "resiliparse",
    "personal": "remove",
    "identifier": _FASTTEXT,
    "language.min_score": 0.7,
    "language.second_identifier": _FASTTEXT,
    "language.prior": "people",
    "language.weights": {"lk": {"sin": 2.0}},
    "language.mixed": "route",
    "language.min_main_share": 0.7,
    "language.min_script_share": 0.6,
    "language.confusable_languages": ["mlt_Latn"],
    "language.distinctive_word_lists": {"mlt_Latn": "/words"},
    "language.min_distinctive_words": 0.2,
    "min_words": 7,
    "thresholds": "english",
    "rule_limits": {"many_digits": 0.3},
    "quality.max_words": 900,
    "quality.min_sentences": 3,
    "blocklist.urls": [{"category": "mine", "path": "/hosts"}],
    "blocklist.tags": ["noisy"],
    "blocklist.words": {"swh_Latn": "/flagged"},
    "blocklist.max_flagged_share": 0.2,
    "perplexity.models": "/models",
    "perplexity.max_z": 2.0,
    "perplexity.max_z_by_language": {"swh_Latn": 2.0},
    "classifier.model": "/other.bin",
    "classifier.min_quality": 0.3,
    "classifier.min_quality_by_language": {"swh_Latn": 0.2},
    "decontamination.evaluation_sets": _SETS,
    "decontamination.num_words": 8,
    "decontamination.max_leak": 0.4,
    "embedder": {"backend": "sentence_transformers", "model": "/embedder", "labels": "/card.yaml"},
    "dedup.min_similarity": 0.9,
    "dedup.prefer": "oldest",
    "dedup.prefer_sources": ["b"],
    "dedup.max_cluster_size": 3,
    "dedup.reference_corpora": ["/other"],
    "dedup.index": True,
    "dedup.semdedup_cosine": 0.97,
    "dedup.line_dedup_min_documents": 4,
    "dedup.exact_substring_words": 40,
    "upsample.learn": True,
    "upsample.max_times": 4,
    "upsample.times": {"2": 3},
    "upsample.times_by_language": {"swh_Latn": {"2": 3}},
    "quota.max_bytes": 9,
    "quota.max_documents": 9,
    "quota.max_ratio": 3.0,
    "quota.total_bytes": 9,
    "quota.balance": 0.3,
    "splitting.splits": {"dev": 0.2},
    "splitting.by": "site",
    "splitting.groups": ["qid"],
    "splitting.similarity": 0.9,
    "splitting.translations": False,
    "splitting.subsets": [0.1],
    "rejects": "none",
    "output.format": "jsonl",
    "output.shard_bytes": 4096,
    "output.config_by": "language_domain",
    "output.sentences": True,
    "output.min_sentence_words": 3,
    "output.max_sentence_words": 30,
    "domains": ["history"],
    "max_debris_share": 0.2,
    "undecidable": "keep",
    "min_hant_share": 0.7,
    "replay": ["swh_Latn"],
}
"""Path of an option -> a value that is not its default."""

_WITH: dict[str, dict[str, Any]] = {
    "language.min_main_share": {"language": {"mixed": "drop"}},
    "language.min_distinctive_words": {"language": {"confusable_languages": ["mlt_Latn"]}},
    "blocklist.max_flagged_share": {"blocklist": {"words": {"swh_Latn": "/flagged"}}},
    "perplexity.max_z": {"perplexity": {"models": "/models"}},
    "perplexity.max_z_by_language": {"perplexity": {"models": "/models"}},
    "classifier.min_quality": {"classifier": {"model": "/models/law.bin"}},
    "classifier.min_quality_by_language": {"classifier": {"model": "/models/law.bin"}},
    "decontamination.num_words": {"decontamination": {"evaluation_sets": _SETS}},
    "decontamination.max_leak": {"decontamination": {"evaluation_sets": _SETS}},
    "embedder": {"dedup": {"semdedup_cosine": 0.9}},
    "upsample.max_times": {"upsample": {"learn": True}},
    "quota.balance": {"quota": {"total_bytes": 9}},
    "output.min_sentence_words": _SENTENCES,
    "output.max_sentence_words": _SENTENCES,
    **{f"splitting.{option}": _SPLITS for option in ("by", "groups", "similarity", "translations")},
}
"""Path of an option -> other options without which it has no effect."""


_NEEDED: dict[str, dict[str, Any]] = {
    "decontaminate": {"decontamination": {"evaluation_sets": [{"name": "s", "path": "/s.jsonl"}]}},
    "domain_corpus": {"domains": ["law"], "classifier": {"model": "/models/law.bin"}},
}
"""Recipe -> the parameters that it cannot do without."""
_TESTED_BY_BUILDS = {"quality.fineweb2_configs", "quality.fineweb2_missing", "upsample.file"}
"""Options that name files which are read when the recipe is made."""


def _cases() -> Iterator[tuple[str, str]]:
    for name, function in recipe_functions().items():
        yield from ((name, path) for path in paths_of(function.parameters) if path not in _TESTED_BY_BUILDS)


def _made(name: str, *layers: Mapping[str, Any]) -> Any:
    """The recipe as data, with layers of parameters."""
    function = find_recipe(name)
    given: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            merged = {**given.get(key, {}), **value} if isinstance(value, dict) and key != "embedder" else value
            given |= {key: merged} if key in function.parameters else {}
    sources = _SOURCES if function.takes("sources") else ()
    languages = ("swh_Latn",) if function.takes("languages") else ()
    return function.make(sources=sources, languages=languages, parameters=given).to_data()


@cache
def _unchanged(name: str, path: str | None) -> Any:
    """The recipe with those options alone without which another has no effect."""
    return _made(name, _NEEDED.get(name, {}), _WITH.get(path or "", {}))


@pytest.mark.parametrize(("name", "path"), list(_cases()))
def test_every_option_reaches_the_steps(name: str, path: str) -> None:
    group, _, option = path.rpartition(".")
    changed = {group: {option: OTHERS[path]}} if group else {path: OTHERS[path]}
    needed = (_NEEDED.get(name, {}), _WITH.get(path, {}))
    assert _made(name, *needed, changed) != _unchanged(name, path if path in _WITH else None)


@pytest.mark.parametrize(
    "group", [each for each in vars(parameters).values() if _is_group(each)], ids=lambda g: g.__name__
)
def test_every_option_of_a_group_is_described_and_has_a_default(group: type[OptionGroup]) -> None:
    assert group.__doc__
    for name, info in group.model_fields.items():
        assert info.description and not info.is_required(), name
    assert group() == group.model_validate_json(group().model_dump_json())
