"""YAML as xdata reads and writes it: safe, without surprises, and back again.

PyYAML takes `no` for false, `2025-01-01` for a date, and the last of two equal keys. Here dates stay words, a key
that is not a word and a key given twice are errors with their line, and every word that is written is quoted.
"""

from pathlib import Path
from typing import Any

import yaml

from xdata.errors import ConfigError, one_line

_MOST_DEPTH = 50
_MOST_LINES = 20
"""Of words and numbers in a mapping that is written with a line for each, where it is to be compact."""
_TOO_DEEP = f"is nested deeper than {_MOST_DEPTH} times"


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """SafeLoader without dates, that refuses doubled keys and keys that are not words."""


class _Dumper(yaml.SafeDumper):
    """SafeDumper that quotes every word but the keys, and never writes anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _CompactDumper(_Dumper):
    """Dumper that writes `["a", "b"]` where the other one has a line for each."""


def load_yaml(text: str, *, where: str) -> Any:
    """Parses one YAML document; `where` (a file's name) begins the message of the ConfigError it may raise."""
    try:
        _refuse_bombs(text, where)
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{where}{line}: {_problem(error)}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}: {one_line(str(error))}") from None


def _problem(error: yaml.MarkedYAMLError) -> str:
    """What is wrong. PyYAML from 6.0.4 on refuses deep nesting while it reads ahead, before `_refuse_bombs` sees it."""
    problem = one_line(error.problem or str(error))
    return _TOO_DEEP if "nesting depth" in problem else problem


def _refuse_bombs(text: str, where: str) -> None:
    """Raises ConfigError for what a small file can make large or deep: aliases, and nesting without end."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{where}:{line}: anchors and aliases are not supported: write the value out")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_DEPTH:
            raise ConfigError(f"{where}:{line}: {_TOO_DEEP}")


def read_yaml(path: Path) -> Any:
    """Parses a YAML file. Raises ConfigError where it is missing, not UTF-8 or not YAML."""
    return load_yaml(read_text(path), where=str(path))


def read_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError where it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8") from None


def dump_yaml(value: Any, *, compact: bool = False) -> str:
    """`value` as YAML, keys in their order, words quoted, so that `load_yaml` gives it back.

    `compact` puts lists of words and numbers, and long mappings of them, on as few lines as they need.
    """
    dumper = _CompactDumper if compact else _Dumper
    return yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=110)


def _construct_mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"the key {key_node.value} is read as {key!r}: put it in quotes",
                key_node.start_mark,
            )
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


def _represent_word(dumper: yaml.SafeDumper, word: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", word, style='"')


def _represent_mapping(dumper: yaml.SafeDumper, mapping: dict[str, Any]) -> yaml.MappingNode:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items())
    for key_node, _ in node.value:
        key_node.style = None
    return node


def _is_scalar(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _represent_compact_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", values)
    node.flow_style = all(map(_is_scalar, node.value))
    return node


def _represent_compact_mapping(dumper: yaml.SafeDumper, mapping: dict[str, Any]) -> yaml.MappingNode:
    node = _represent_mapping(dumper, mapping)
    node.flow_style = len(mapping) > _MOST_LINES and all(_is_scalar(value) for _, value in node.value)
    return node


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Dumper.add_representer(str, _represent_word)
_Dumper.add_representer(dict, _represent_mapping)
_CompactDumper.add_representer(list, _represent_compact_list)
_CompactDumper.add_representer(dict, _represent_compact_mapping)
