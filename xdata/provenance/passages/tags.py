"""Labels of passages from the language tags of files, as `sw`, `zh_TW`, `be@tarask`, `roa-tara`.

A label names an individual language and the script of the passage's own letters. Tags that projects use in their own
way, or that name a group of languages, are in the table below; the others are read as `xdata.languages` reads them.
"""

from functools import cache

from xdata.errors import ConfigError
from xdata.languages import find_code
from xdata.text.scripts import count_scripts, dominant_script

_OWN_TAGS = {
    "als": "gsw_Latn",
    "aeb-arab": "aeb_Arab",
    "aeb-latn": "aeb_Latn",
    "ak": "aka_Latn",
    "tw": "twi_Latn",
    "azb": "azb_Arab",
    "bat-smg": "sgs_Latn",
    "be-x-old": "bel_Cyrl",
    "bgn": "bgn_Arab",
    "bh": "bho_Deva",
    "bik": "bcl_Latn",
    "bqi": "bqi_Arab",
    "bua": "bxr_Cyrl",
    "bto": "bto_Latn",
    "cbk-zam": "cbk_Latn",
    "cdo": "cdo_Latn",
    "chm": "mhr_Cyrl",
    "diq": "diq_Latn",
    "zza": "diq_Latn",
    "eml": "egl_Latn",
    "fa-af": "prs_Arab",
    "ff": "fuv_Latn",
    "ff-cm": "fub_Latn",
    "fiu-vro": "vro_Latn",
    "gan": "gan_Hans",
    "gom": "gom_Deva",
    "gom-latn": "gom_Latn",
    "grt": "grt_Latn",
    "hak": "hak_Latn",
    "hif": "hif_Latn",
    "hmn": "mww_Latn",
    "ik": "esi_Latn",
    "iu": "ike_Cans",
    "kaa": "kaa_Latn",
    "kok": "gom_Deva",
    "kr": "knc_Latn",
    "kv": "kpv_Cyrl",
    "lah": "pnb_Arab",
    "lki": "lki_Arab",
    "lrc": "lrc_Arab",
    "luz": "luz_Arab",
    "lzh": "lzh_Hant",
    "map-bms": "jav_Latn",
    "mo": "ron_Cyrl",
    "nah": "nah_Latn",
    "nan": "nan_Latn",
    "non": "non_Latn",
    "nrm": "nrf_Latn",
    "prs": "prs_Arab",
    "roa-rup": "rup_Latn",
    "roa-tara": "nap_Latn",
    "sc": "srd_Latn",
    "sdh": "sdh_Arab",
    "simple": "eng_Latn",
    "skr-arab": "skr_Arab",
    "snd": "snd_Arab",
    "syr": "aii_Syrc",
    "tmz": "tzm_Tfng",
    "tokipona": "tok_Latn",
    "tzl": "tzl_Latn",
    "wuu": "wuu_Hans",
    "yue": "yue_Hant",
    "za": "zyb_Latn",
    "zh-classical": "lzh_Hant",
    "zh-hk": "zho_Hant",
    "zh-min-nan": "nan_Latn",
    "zh-mo": "zho_Hant",
    "zh-yue": "yue_Hant",
}
"""Tag, in lower case with hyphens -> label, in the script that is meant where the letters tell no other."""

_OTHER_LANGUAGES = {"kmr_Arab": "ckb_Arab", "pan_Arab": "pnb_Arab"}
"""Language of a tag in letters that another language of the same name is written in: Sorani, and Western Panjabi."""

_NOT_A_LANGUAGE = frozenset(
    {
        "qqq",
        "qqx",
        "ach-ug",
        "sh",
        "hbs",
        "sh-latn",
        "sh-cyrl",
        "tlh",
        "tlh-latn",
        "x-pig-latin",
        "zh-latn-cn",
        "ja-hira",
    }
)
"""Tags of notes for translators, of stand-ins for tests, of what nobody writes, and of no one standard language."""

_OTHER_SCRIPTS = frozenset({
    "ace_Arab", "aeb_Latn", "azb_Latn", "bjn_Arab", "bos_Cyrl", "cdo_Hant", "crh_Cyrl", "gom_Latn", "hak_Hant",
    "hif_Deva", "ike_Latn", "kaa_Cyrl", "kas_Deva", "kaz_Arab", "kaz_Latn", "kmr_Cyrl", "min_Arab",
    "mni_Mtei", "mni_Beng", "nan_Hant", "san_Latn", "shi_Latn", "snd_Deva", "srp_Latn", "srp_Cyrl",
    "taq_Tfng", "tat_Latn", "tuk_Cyrl", "tzm_Latn", "tzm_Tfng", "uig_Cyrl", "uig_Latn", "uzn_Cyrl", "zho_Hans",
    "zho_Hant", "zgh_Latn", "zsm_Arab",
})  # fmt: skip
"""Labels whose script is not the usual one of their language, taken where the letters are of that script."""


def label(tag: str, text: str) -> str | None:
    """The label of a text in a file of a tag; None where the tag tells no language, or the letters are of another."""
    meant = meant_by(tag)
    if meant is None:
        return None
    script = dominant_script(count_scripts(text), text)
    if script is None:
        return None
    language, usual = meant.split("_")
    if script == usual or (script == "Hani" and usual in ("Hans", "Hant")):
        return meant
    if usual == "Hant" and script == "Hans" and language != "zho":
        return meant
    found = f"{language}_{script}"
    return found if found in _OTHER_SCRIPTS else _OTHER_LANGUAGES.get(found)


@cache
def meant_by(tag: str) -> str | None:
    """The label that a tag stands for where the letters tell no other; None for what is no language."""
    plain = tag.replace("_", "-").replace("@", "-").replace("+", "-").lower().removesuffix("-latin").rstrip("-")
    if plain in _NOT_A_LANGUAGE:
        return None
    for known in (plain, plain.split("-")[0]):
        if known in _OWN_TAGS:
            return _OWN_TAGS[known]
        try:
            found = find_code(known)
        except ConfigError:
            found = None
        if found is not None:
            return found
    return None
