"""The JSON schema of job files, for editors: recipes, presets, parameters, sources and languages.

    python -m xdata.commands.job_schema > resources/job.schema.json

writes it from the code.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import regex
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from xdata.commands.options import field_docs
from xdata.language_files import described_languages
from xdata.readers.sources import SourceEntry
from xdata.recipe.functions import RUN_OPTIONS, RecipeFunction, RunOptions, recipe_functions
from xdata.recipe.job import JobFile
from xdata.recipe.settings import model_of

_REF = "#/$defs/{model}"


def job_schema() -> dict[str, Any]:
    """The schema, with the parameters of each recipe that comes with xdata; those of other recipes are not checked."""
    functions = recipe_functions()
    models = [SourceEntry, *map(_parameters, functions.values())]
    pairs = [(model, "validation") for model in models]
    definitions = models_json_schema(pairs, ref_template=_REF, schema_generator=_Described)[1]["$defs"]  # type: ignore[arg-type]
    for name in functions:
        definitions[name].pop("required", None)  # a preset or --set may give them
    docs = field_docs(JobFile)
    source = {"anyOf": [{"type": "string"}, {"$ref": _REF.format(model=SourceEntry.__name__)}]}
    language = {"anyOf": [{"enum": list(described_languages())}, {"type": "string"}]}
    python_file = {"type": "string", "pattern": r"\.py(:[a-z][a-z0-9_]*)?$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "xdata job",
        "description": "A recipe with its parameters, sources and languages: xdata build job.yaml --out DIR",
        "type": "object",
        "additionalProperties": False,
        "required": ["recipe"],
        "properties": {
            "recipe": {"description": docs["recipe"], "anyOf": [*_labels(functions.values()), python_file]},
            "parameters": {"description": docs["parameters"], "type": "object"},
            "sources": {"description": docs["sources"], **_one_or_several(source)},
            "languages": {"description": docs["languages"], **_one_or_several(language)},
        },
        "allOf": [_parameters_of(name) for name in functions],
        "$defs": definitions,
    }


def to_text(schema: dict[str, Any]) -> str:
    """The schema as the file has it."""
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode() + "\n"


class _Described(GenerateJsonSchema):
    """Describes fields by the docstrings below them, where they have no other description."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        docs = field_docs(schema["cls"])
        for name, field in found.get("properties", {}).items():
            if name in docs:
                field.setdefault("description", docs[name])
        return found


def _parameters(function: RecipeFunction) -> type[BaseModel]:
    """A model of the parameters of a recipe and the options of its run."""
    docs = field_docs(RunOptions)
    options = {name: FieldInfo.merge_field_infos(info, description=docs[name]) for name, info in RUN_OPTIONS.items()}
    return model_of(function.name, {**options, **function.parameters})


def _parameters_of(name: str) -> dict[str, Any]:
    """What the parameters are where a recipe is named, with or without a preset."""
    named = {"properties": {"recipe": {"pattern": f"^{regex.escape(name)}(:|$)"}}, "required": ["recipe"]}
    return {"if": named, "then": {"properties": {"parameters": {"$ref": _REF.format(model=name)}}}}


def _labels(functions: Iterable[RecipeFunction]) -> Iterator[dict[str, str]]:
    for function in functions:
        yield {"const": function.name, "description": function.summary}
        for name, preset in function.presets.items():
            yield {"const": f"{function.name}:{name}", "description": preset.emits}


def _one_or_several(kind: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [kind, {"type": "array", "items": kind}]}


if __name__ == "__main__":
    sys.stdout.write(to_text(job_schema()))
