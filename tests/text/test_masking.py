import pytest

from tests.texts import SCRIPTS, texts
from xdata.text.masking import mask_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("andika kwa mtu@mfano.example leo", "andika kwa [mail] leo"),
        ("пиши на иван@пример.рф", "пиши на [mail]"),
        ("piga +255 712 345 678 sasa", "piga [phone] sasa"),
        ("4111 1111 1111 1111", "[card]"),
        ("@mtumiaji alisema", "[handle] alisema"),
        ("सुनील@डाटामेल.भारत को", "[mail] को"),
        ("ಜೋ@ಉದಾಹರಣೆ.ಭಾರತ", "[mail]"),
        ("joe＠example.com", "[mail]"),
        ("joe%40example.com", "[mail]"),
        ("joe@exa\u200bmple.com", "[mail]"),
        ("+255‑712‑345‑678", "[phone]"),
        ("mwaka 1948, kifungu 26", "mwaka 1948, kifungu 26"),
        ("10.12.2024", "10.12.2024"),
        ("watu 61,498,437 mwaka 2022", "watu 61,498,437 mwaka 2022"),
        ("", ""),
    ],
)
def test_what_may_be_personal_is_hidden(text: str, masked: str) -> None:
    found, num = mask_personal(text)
    assert found == masked
    assert num == masked.count("[")
    assert mask_personal(masked) == (masked, 0)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_text_without_it_stays(language: str) -> None:
    for text in texts(language):
        assert mask_personal(text) == (text, 0)
