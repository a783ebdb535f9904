"""Types of options that name languages: codes in any usual form, resolved to `iso639-3_Script` when they are read."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator

from xdata.errors import ConfigError
from xdata.languages import resolve_code

Value = TypeVar("Value")


def _resolved(name: str) -> str:
    try:
        return resolve_code(name)
    except ConfigError as error:
        raise ValueError(str(error)) from None


def _sorted(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(map(_resolved, names))))


def _keys_resolved(found: Mapping[str, Value]) -> Mapping[str, Value]:
    resolved: dict[str, Value] = {}
    for name, value in found.items():
        code = _resolved(name)
        if code in resolved:
            raise ValueError(f"the language {code} is given twice")
        resolved[code] = value
    return dict(sorted(resolved.items()))


LanguageCode = Annotated[str, AfterValidator(_resolved)]
"""One language."""
LanguageCodes = Annotated[tuple[str, ...], AfterValidator(_sorted)]
"""Several languages, sorted, each once."""
ByLanguage = Annotated[Mapping[str, Value], AfterValidator(_keys_resolved)]
"""Language -> value, in order of language."""
