"""Options of recipes and steps in words: names, types, defaults and descriptions."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from xdata.terminal import aligned


def option_lines(
    head: str, options: Mapping[str, FieldInfo], descriptions: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """A table of options with type, default and description, a line each below a header."""
    rows = [
        (name, type_words(info.annotation), default_words(info), _one_line(info.description or descriptions.get(name)))
        for name, info in options.items()
    ]
    return aligned([(head, "type", "default", "description"), *rows])


def first_line(kind: type) -> str:
    """The first line of the docstring of a class."""
    return (inspect.getdoc(kind) or "").split("\n")[0]


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def field_docs(kind: type) -> dict[str, str]:
    """Field -> the docstring below it, in the class and its bases; empty where the source is missing.

    Read on request: pydantic would read the sources of all classes whenever they are imported, which takes long.
    """
    found: dict[str, str] = {}
    for each in (each for each in reversed(kind.__mro__) if each not in (BaseModel, object)):
        try:
            source = textwrap.dedent(inspect.getsource(each))
        except (OSError, TypeError):
            continue
        statements = next(node.body for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
        for option, below in pairwise(statements):
            match option, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = inspect.cleandoc(text)
    return found


def type_words(annotation: Any) -> str:
    """A type as users read it: without its modules and bounds, words to choose from as `['all', 'none']`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_words(arguments[0])
    if origin is Literal:
        return str(list(arguments))
    if origin in (Union, UnionType):
        return " | ".join(map(type_words, arguments))
    if annotation is NoneType or annotation is Ellipsis:
        return "null" if annotation is NoneType else "..."
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return f"{origin.__name__}[{', '.join(map(type_words, arguments))}]" if origin else name


def default_words(info: FieldInfo) -> str:
    """The default of an option as users read it; `required` where it has none."""
    if info.default_factory is not None:
        return "empty"
    if info.default is PydanticUndefined:
        return "required"
    if isinstance(info.default, tuple):
        return ", ".join(map(str, info.default)) or "empty"
    if isinstance(info.default, dict | frozenset) and not info.default:
        return "empty"
    return "null" if info.default is None else str(info.default)
