"""The schema of job files: current, valid, and in agreement with what is read."""

from typing import Any

import jsonschema
import orjson
import pytest

from xdata.commands.job_schema import job_schema, to_text
from xdata.recipe.functions import recipe_functions
from xdata.resources import resource


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(orjson.loads(resource("job.schema.json").read_bytes()))


def test_the_file_is_what_the_code_makes() -> None:
    """Where the difference is meant: `python -m xdata.commands.job_schema > resources/job.schema.json`."""
    assert resource("job.schema.json").read_text(encoding="utf-8") == to_text(job_schema())


def test_it_is_a_schema(validator: jsonschema.Draft202012Validator) -> None:
    jsonschema.Draft202012Validator.check_schema(validator.schema)


@pytest.mark.parametrize(
    "job",
    [
        {"recipe": "quickstart"},
        {"recipe": "mine.py:many", "parameters": {"anything": 1}},
        {
            "recipe": "monolingual_corpus:fineweb2",
            "parameters": {
                "quality": {"fineweb2_configs": "configs"},
                "dedup": {"min_similarity": 0.8},
                "splitting": {"splits": {"test": 0.02}, "similarity": None},
                "upsample": {"times": {"2": 3}},
                "identifier": {"backend": "fasttext", "model": "lid.bin"},
                "blocklist": {"urls": [{"category": "mine", "path": "hosts.txt"}]},
                "max_failed_share": 0.1,
            },
            "sources": ["crawl/*.warc.gz", {"name": "books", "path": "books.jsonl", "keep": {"isbn": "isbn"}}],
            "languages": ["swh_Latn", "mt"],
        },
    ],
)
def test_jobs_agree_with_it(validator: jsonschema.Draft202012Validator, job: Any) -> None:
    assert list(validator.iter_errors(job)) == []


@pytest.mark.parametrize(
    "job",
    [
        {},
        {"recipe": "monolingual"},
        {"recipe": "quickstart", "recipes": "x"},
        {"recipe": "monolingual_corpus", "parameters": {"min_similarity": 0.8}},
        {"recipe": "monolingual_corpus:oscar", "parameters": {"dedup": {"min_similarity": 2}}},
        {"recipe": "deduplicate", "parameters": {"dedup": {"exact_substring_words": 50}}},
        {"recipe": "quickstart", "sources": [{"path": "x"}]},
        {"recipe": "quickstart", "languages": [5]},
    ],
)
def test_mistakes_do_not(validator: jsonschema.Draft202012Validator, job: Any) -> None:
    assert list(validator.iter_errors(job)) != []


@pytest.mark.parametrize("name", recipe_functions())
def test_every_option_is_described(validator: jsonschema.Draft202012Validator, name: str) -> None:
    definitions = validator.schema["$defs"]
    for option, schema in definitions[name]["properties"].items():
        target = definitions[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
        assert "description" in schema or "description" in target, option
