import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.texts import SCRIPTS, texts
from xdata.text.mojibake import ENCODINGS, mojibake


def _broken(text: str, encoding: str) -> str:
    """UTF-8 as a one-byte encoding reads it; bytes that it leaves free become C1 controls, as in browsers."""

    def decoded(byte: int) -> str:
        try:
            return bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            return chr(byte)

    return "".join(map(decoded, text.encode()))


def _found(text: str) -> list[str]:
    """The runs that are mojibake."""
    mask = mojibake(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32))
    if mask is None:
        return []
    assert len(mask) == len(text)
    marked = "".join(sign if found else "\n" for sign, found in zip(text, mask.tolist(), strict=True))
    return marked.split()


def _share(text: str, counts: Callable[[str], bool]) -> float:
    """How much of what `counts` is found."""
    mask = mojibake(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32))
    of = [counts(sign) for sign in text]
    return 0.0 if mask is None else sum(a and b for a, b in zip(mask.tolist(), of, strict=True)) / max(1, sum(of))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("language", [code for script, code in SCRIPTS.items() if script != "Latn"])
def test_text_of_every_script_is_found_broken_by_every_encoding(language: str, encoding: str) -> None:
    if language == "hye_Armn" and encoding == "mac_roman":
        pytest.skip("left out for the elisions of French")
    least = 0.8 if language == "kor_Kore" else 0.95  # words of one syllable stand alone
    assert _share(_broken(texts(language)[0], encoding), lambda sign: not sign.isascii()) > least


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_sound_text_of_every_script_has_none(language: str) -> None:
    assert not [run for text in texts(language) for run in _found(text)]


@pytest.mark.parametrize("encoding", ["cp1252", "cp1254", "latin-1"])
@pytest.mark.parametrize(
    "sound",
    [
        "L’école était fermée à midi; c’est là qu’il naît",
        "¿Qué pasó? ¡Mañana!",
        "Não é você, são os irmãos",
        "Ƙasar ɗaya ta ɓace, ƴaƴa",
        "Għarbi ħobż żejt ġdid ċar",
        "viết tiếng Việt ở đây",
        "Příliš žluťoučký kůň úpěl",
        "Zażółć gęślą jaźń",
        "don’t “say” it – ever",
        "5 °C, 3 €",
    ],
)
def test_latin_letters_that_are_alone_are_found(sound: str, encoding: str) -> None:
    assert _share(_broken(sound, encoding), lambda sign: not sign.isascii()) > 0.6


@pytest.mark.parametrize(
    ("broken", "runs"),
    [
        ("cafĂ© noir", ["Ă©"]),
        ("cafГ© noir", ["Г©"]),
        ("caf√© noir", ["√©"]),
        ("caf├⌐ noir", ["├⌐"]),
        ("donвЂ™t", ["вЂ™"]),
        ("donΓÇÖt", ["ΓÇÖ"]),
        ("don‚Äôt", ["‚Äô"]),
        ("donβ€™t", ["β€™"]),
        ("ï»¿start", ["ï»¿"]),
        ("lost ï¿½ letter", ["ï¿½"]),
        ("good ðŸ˜€ day", ["ðŸ˜€"]),
        ("500 kmÂ² da", ["Â²"]),
        ("“Ð¼Ð¸Ñ€”", ["Ð¼Ð¸Ñ€"]),
    ],
)
def test_what_is_broken_and_nothing_else_is_found(broken: str, runs: list[str]) -> None:
    assert _found(broken) == runs


@pytest.mark.parametrize(
    "sound",
    [
        "Es macht Spaß” – und «Spaß»",
        "LA CITÉ” et LE CAFÉ» du MARCHÉ…",
        "FIANCÉ—she said, CAFÉ’s",
        "IRMÃ” e MANHÃ – NÃO",
        "à «mot» l’été d’où “é”",
        "está»… «mamá»¹",
        "BÍŠ ÍŠ ČÍŠE",
        "Ăştia Ăşa",
        "Çžanszýdan",
        "ÓŁ ŻÓŁĄ ÓŁÓW",
        "Січень, Ді, нії, КИЇВ, МРІЯ, ЇЇ",
        "Љиљана Ђорђе пЉеска Њ",
        "Ήταν “ΆΈ” ή»",
        "ÞÓRÐ ðÓ Ð»",
        "ƙ'arfi ’yan ɓ”",
        "Â",
        "│ ├─┤ ┬ Ä",
        "¯\\_(ツ)_/¯ (╯°□°)╯ ô¿ô",
    ],
)
def test_sound_text_that_would_be_utf8_is_left_alone(sound: str) -> None:
    assert _found(sound) == []


@pytest.mark.parametrize("length", range(6))
@pytest.mark.parametrize("sign", ["Ã", "©", "ð", "\ud800", "\U0010ffff", "a", "à"])
def test_short_text_is_no_trouble(sign: str, length: int) -> None:
    assert _found(sign * length) == []


@pytest.mark.shared_data("langid/sib200")
def test_sound_text_of_111_languages_has_next_to_none(shared_data: Path) -> None:
    """Indonesian, Tagalog and Bemba have lines that are broken in the data."""
    broken = set()
    for path in sorted((shared_data / "langid" / "sib200").glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            if _found(file.read()):
                broken.add(path.name[:8])
    assert broken == {"ind_Latn", "tgl_Latn", "bem_Latn"}
