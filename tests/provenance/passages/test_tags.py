import pytest

from xdata.provenance.passages.tags import label, meant_by


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("sw", "Watu wote wamezaliwa huru", "swh_Latn"),
        ("ar", "يولد جميع الناس أحرارا", "arb_Arab"),
        ("ne", "सबै व्यक्ति जन्मजात स्वतन्त्र", "npi_Deva"),
        ("zh-tw", "這個網頁沒有內容", "zho_Hant"),
        ("zh_CN", "这个网页没有内容", "zho_Hans"),
        ("th", "มนุษย์ทั้งปวงเกิดมา", "tha_Thai"),
        ("am", "የሰው ልጅ ሁሉ ሲወለድ", "amh_Ethi"),
        ("sr", "Сва људска бића рађају се", "srp_Cyrl"),
        ("sr", "Sva ljudska bića rađaju se", "srp_Latn"),
        ("be@tarask", "Усе людзі нараджаюцца", "bel_Cyrl"),
        ("bat-smg", "Vėsė žmuonis gėmst", "sgs_Latn"),
        ("uz-UZ-Cyrl", "Барча одамлар эркин", "uzn_Cyrl"),
        ("ku", "هەموو مرۆڤ ئازاد", "ckb_Arab"),
        ("ku", "Hemû mirov azad", "kmr_Latn"),
        ("pa_PK", "سارے انسان آزاد", "pnb_Arab"),
        ("fa_AF", "تمام افراد بشر آزاد", "prs_Arab"),
    ],
)
def test_names_the_individual_language_and_the_script_of_the_letters(tag: str, text: str, expected: str) -> None:
    assert label(tag, text) == expected


@pytest.mark.parametrize(
    ("tag", "text"), [("am", "Save the file"), ("hi", "Открыть файл"), ("ru", "Open the file"), ("ja", "12 + 3 ...")]
)
def test_letters_of_another_script_are_of_no_language(tag: str, text: str) -> None:
    assert label(tag, text) is None


@pytest.mark.parametrize("tag", ["qqq", "ach-ug", "ja-Hira", "tlh", "sh", "zz", "flags_of_the_world"])
def test_notes_and_stand_ins_are_no_languages(tag: str) -> None:
    assert meant_by(tag) is None
