"""`xdata show` and `xdata list`: everything that has the name, and the nearest names for one that nothing has."""

import subprocess
import sys

import pytest

from xdata.commands.columns import tables
from xdata.commands.languages import FASTTEXT_MODEL, OWN_MODEL, identified, language_rows
from xdata.commands.listing import listing
from xdata.commands.meanings import known_names
from xdata.commands.show import show
from xdata.errors import ConfigError
from xdata.filters.rules import LANGUAGE_RULE, RULES
from xdata.language_files import described_languages
from xdata.languages import Language
from xdata.models.language import LID_176, XLID, load_identifier, load_segmenter
from xdata.output.card import COLUMNS
from xdata.output.reasons import REASONS
from xdata.recipe.functions import recipe_functions
from xdata.recipe.steps import registry


def _headings(name: str) -> list[str]:
    lines = show(name)
    return [
        line for number, line in enumerate(lines) if not line.startswith(" ") and (not number or not lines[number - 1])
    ]


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("few_stop_words", ["rule few_stop_words", "reason few_stop_words"]),
        ("near_duplicate", ["reason near_duplicate"]),
        ("id", ["column id", "language ind_Latn"]),
        ("sw", ["language swh_Latn"]),
        ("swh_Latn", ["language swh_Latn"]),
        ("scores.digit_share", ["column scores.digit_share"]),
        ("digit_share", ["column scores.digit_share"]),
        ("min_similarity", ["parameter dedup.min_similarity"]),
        ("dedup.min_similarity", ["parameter dedup.min_similarity"]),
        ("max_failed_share", ["parameter max_failed_share"]),
    ],
)
def test_a_name_shows_everything_that_has_it(name: str, headings: list[str]) -> None:
    assert _headings(name) == headings


def test_every_name_is_known() -> None:
    rules = [rule.name for rule in (LANGUAGE_RULE, *RULES)]
    assert set(known_names()) >= {*REASONS, *COLUMNS, *rules, *registry(), *recipe_functions()}


def test_every_column_is_in_a_table() -> None:
    assert {name for schema in tables().values() for name in schema.names} == COLUMNS.keys()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("cluster_sise", "'cluster_size'"),
        ("few_stop_word", "'few_stop_words'"),
        ("monolingual_corpora", "'monolingual_corpus'"),
        ("edits.extrct", "'edits.extract'"),
        ("dedup.min_similarty", "'dedup.min_similarity'"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ConfigError, match="expected a recipe, step, language, rule, column, reason or") as error:
        show(name)
    assert nearest in str(error.value)


def test_parameters_have_the_default_of_each_recipe() -> None:
    lines = show("min_words")
    defaults = [line.split()[1:4] for line in lines if line.startswith("  default ")]
    assert ["6", "in", "adaptation_lines"] in defaults
    assert len(defaults) == len({default for default, *_ in defaults}) > 1


def test_languages_that_are_identified_are_those_of_the_models() -> None:
    assert identified(OWN_MODEL) == {name for name in load_segmenter(XLID).names() if name}
    assert identified(FASTTEXT_MODEL) == load_identifier(LID_176).languages


def test_every_language_is_listed_with_its_names() -> None:
    rows = {row[0]: row for row in language_rows()}
    assert list(rows) == list(described_languages())
    for code in ("swh_Latn", "pes_Arab", "hin_Deva", "tha_Thai", "zho_Hans", "kat_Geor"):
        names = Language(code).facts.names
        assert names is not None
        assert rows[code][1:3] == (names.english, names.autonym)


@pytest.mark.parametrize("words", ["list languages", "list models", "show swh_Latn", "--help", "build --help"])
def test_what_needs_no_arrays_loads_none(words: str) -> None:
    program = (
        "import sys\nfrom xdata.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'numpy', 'pyarrow', 'datatrove', 'torch', 'lxml'} & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", program, *words.split()], check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_steps_and_papers_are_one_on_each_line() -> None:
    assert len(listing("steps")) == len({line.split()[0] for line in listing("steps")})
    assert any("FineWeb2" in line for line in listing("papers"))
