"""`xdata show NAME`: everything that has the name, in words.

A name may mean several things: `few_stop_words` is a rule and a reason, `id` a column and a language.
"""

from pathlib import Path

from xdata.commands.languages import language_lines
from xdata.errors import ConfigError, nearest
from xdata.language_files import described_languages, names_of
from xdata.languages import Language, is_code


def show(name: str) -> list[str]:
    """The lines of `xdata show NAME`: of everything that has the name, with an empty line between.

    Raises ConfigError for a name that nothing has, and for a recipe file that is wrong.
    """
    if is_code(name):
        return language_lines(Language(name))
    from xdata.commands.meanings import known_names, meanings  # loads all recipes and steps

    found = [*meanings(name), *(_language(name) or _language_named(name))]
    if not found:
        raise ConfigError(
            f"unknown name {name!r}, expected a recipe, step, language, rule, column, reason or parameter: "
            f"{nearest(name, [*known_names(), *described_languages()])}"
        )
    return [line for number, lines in enumerate(found) for line in ([""] if number else []) + lines]


def _language_named(name: str) -> list[list[str]]:
    """The languages with an English name, as `Swahili`."""
    codes = [code for code, path in described_languages().items() if _english(path) == name.casefold()]
    return [language_lines(Language(code)) for code in codes]


def _english(path: Path) -> str | None:
    names = names_of(path)
    return None if names is None else names.english.casefold()


def _language(name: str) -> list[list[str]]:
    """A language by any of its codes, as `sw`; nothing for another name."""
    try:
        return [language_lines(Language(name))]
    except ConfigError:
        return []
