from xdata.provenance.writers import writers_in


def territory(people: int, literate: int, **languages: dict[str, str]) -> dict[str, object]:
    return {"_population": str(people), "_literacyPercent": str(literate), "languagePopulation": languages}


def test_people_of_all_territories_add_up() -> None:
    found = writers_in(
        {
            "TZ": territory(1000, 50, sw={"_populationPercent": "90"}),
            "KE": territory(1000, 80, sw={"_populationPercent": "50", "_literacyPercent": "10"}),
        }
    )
    assert found == {"swh_Latn": 500}


def test_writing_takes_precedence_over_reading() -> None:
    found = writers_in({"CH": territory(1000, 99, gsw={"_populationPercent": "50", "_writingPercent": "10"})})
    assert found == {"gsw_Latn": 50}


def test_scripts_are_those_of_the_territory() -> None:
    half = {"_populationPercent": "50"}
    found = writers_in(
        {
            "CN": territory(100, 100, zh=half),
            "TW": territory(100, 100, zh=half),
            "AZ": territory(100, 100, az=half, az_Cyrl=half),
            "IR": territory(100, 100, az=half),
        }
    )
    assert found == {"azj_Arab": 50, "azj_Cyrl": 50, "azj_Latn": 50, "zho_Hans": 50, "zho_Hant": 50}


def test_no_codes_and_nobody_are_left_out() -> None:
    found = writers_in({"CN": territory(100, 100, lzh={"_populationPercent": "0"}, und={"_populationPercent": "9"})})
    assert found == {}
