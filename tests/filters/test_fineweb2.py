import tarfile
from pathlib import Path

import pytest
import yaml

from tests.pipelines.builds import CONFIGS
from xdata.errors import ConfigError, ResourceError
from xdata.filters.fineweb2 import fineweb2_filters, read_fineweb2_configs

_REAL = Path("filters", "fineweb2", "configs.tar.gz")


def test_a_configuration_is_found_by_its_name_by_what_it_resolves_to_and_by_the_common_script() -> None:
    codes = ("swh_Latn", "pes_Arab", "zho_Hans", "zho_Hant", "sin_Sinh")
    found = read_fineweb2_configs(CONFIGS, codes)
    assert set(found) == {"swh_Latn", "pes_Arab", "zho_Hans", "zho_Hant"}
    assert found["pes_Arab"].stopwords[0] == "و"
    assert found["zho_Hans"] == found["zho_Hant"]


def test_thresholds_are_those_of_each_configuration_with_their_sides() -> None:
    filters = {step.name: step for step in fineweb2_filters(read_fineweb2_configs(CONFIGS, ["swh_Latn", "tha_Thai"]))}
    assert filters["language_uncertain"].min_by_language == {"swh_Latn": 0.3, "tha_Thai": 0.5}
    assert filters["few_line_ends"].min_by_language == {"swh_Latn": 0.1}  # -1 is off
    assert filters["short_words"].min_by_language == {"swh_Latn": 2, "tha_Thai": 1}
    assert filters["long_words"].max_by_language == {"swh_Latn": 15, "tha_Thai": 15}
    assert filters["few_letters"].min_by_language == {"swh_Latn": 0.6, "tha_Thai": 0.6}
    assert filters["frequent_3_gram"].max_by_language["swh_Latn"] == 0.3
    assert filters["repeated_10_grams"].max_by_language["swh_Latn"] == 0.2
    assert filters["repeated_line_text"].max_by_language["swh_Latn"] == 0.1
    assert filters["few_stop_words"].min_by_language["tha_Thai"] == 2
    assert all(step.min_value is None and step.max_value is None for step in filters.values())
    assert "many_digits" not in filters


def test_nought_switches_a_rule_off(tmp_path: Path) -> None:
    text = (CONFIGS / "swh_Latn.yml").read_text(encoding="utf-8").replace("dup_line_frac: 0.3", "dup_line_frac: 0")
    (tmp_path / "swh_Latn.yml").write_text(text, encoding="utf-8")
    names = [step.name for step in fineweb2_filters(read_fineweb2_configs(tmp_path, ["swh_Latn"]))]
    assert "repeated_lines" not in names


def test_an_archive_gives_what_its_folder_gives(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "configs.tar.gz", "w:gz") as archive:
        archive.add(CONFIGS, arcname="configs")
    codes = ("swh_Latn", "zho_Hant", "pes_Arab")
    assert read_fineweb2_configs(tmp_path / "configs.tar.gz", codes) == read_fineweb2_configs(CONFIGS, codes)


def test_what_is_no_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="has no configurations"):
        read_fineweb2_configs(tmp_path, ["swh_Latn"])
    with pytest.raises(ResourceError, match="cannot be read as a folder or tar archive"):
        read_fineweb2_configs(tmp_path / "gone", ["swh_Latn"])
    (tmp_path / "swh_Latn.yml").write_text("dup_line_frac: many\n")
    with pytest.raises(ConfigError, match=r"swh_Latn\.yml: .*dup_line_frac"):
        read_fineweb2_configs(tmp_path, ["swh_Latn"])
    (tmp_path / "swh_Latn.yml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_fineweb2_configs(tmp_path, ["swh_Latn"])


def test_a_size_of_n_grams_without_a_rule_is_refused(tmp_path: Path) -> None:
    published = (CONFIGS / "swh_Latn.yml").read_text()
    content = yaml.safe_load(published) | {"dup_n_grams": [[11, 0.1]]}
    (tmp_path / "swh_Latn.yml").write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigError, match="there is no rule for 11-grams"):
        read_fineweb2_configs(tmp_path, ["swh_Latn"])


@pytest.mark.shared_data("filters/fineweb2")
def test_the_published_configurations_are_read(shared_data: Path) -> None:
    found = read_fineweb2_configs(
        shared_data / _REAL, ["swh_Latn", "zho_Hant", "pes_Arab", "tgl_Latn", "kor_Kore", "tha_Thai"]
    )
    assert len(found) == 6
    filters = {step.name: step for step in fineweb2_filters(found)}
    assert filters["frequent_2_gram"].max_by_language["swh_Latn"] == 0.396
    assert filters["few_line_ends"].min_by_language["swh_Latn"] == 0.143
    assert filters["language_uncertain"].min_by_language["tha_Thai"] == 0.9
    assert "many_lines" in filters


@pytest.mark.shared_data("filters/fineweb2")
def test_every_published_configuration_makes_filters(shared_data: Path) -> None:
    with tarfile.open(shared_data / _REAL) as archive:
        names = [Path(name).stem for name in archive.getnames() if name.endswith(".yml")]
    found = read_fineweb2_configs(shared_data / _REAL, names)
    assert len(found) == len(names) == 1929
    for code, config in found.items():
        thresholds = config.thresholds()
        assert thresholds["few_stop_words"] == 2, code
        assert 0.3 <= thresholds["language_uncertain"] <= 0.9, code
