import json
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from xdata.cli import main
from xdata.commands import doctor
from xdata.errors import ResourceError
from xdata.language_files import OVERLAY


def test_everything_that_is_needed_works_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "all that is needed works"
    assert "named 5 of 5 samples" in said
    assert "read and wrote one document" in said


def test_what_is_broken_is_named_and_is_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(model: object) -> None:
        raise ResourceError("models/xlid.npz is missing: install xdata again")

    monkeypatch.setattr(doctor, "load_identifier", broken)
    monkeypatch.setattr(doctor, "_one_task", lambda: "ran")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "broken: model xlid"
    assert "install xdata again" in said


def test_what_is_not_needed_is_missing_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "ray" else known(name))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {finding.what: finding for finding in doctor.examine()}
    assert (found["executor ray"].state, found["extra ray"].state) == ("missing", "missing")
    assert found["extra ray"].words == "not installed: pip install 'xdata-corpora[ray]'"
    assert found["executor slurm"].words == "there is no sbatch on this machine"


def test_a_slurm_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, text in (("sbatch", "exit 0"), ("sinfo", "echo 'slurm_load_partitions: Unable to contact' >&2; exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert "Unable to contact" in doctor._slurm().words
    assert subprocess.run(["sinfo"], check=False, capture_output=True).returncode == 1


def test_a_missing_overlay_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERLAY, "/nowhere")
    monkeypatch.setattr(doctor, "_one_task", lambda: "ran")
    found = {finding.what: finding for finding in doctor.examine()}
    assert found["resources"].state == "broken"


def test_findings_are_told_in_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [doctor.Finding("machine", "ok", "Python"), doctor.Finding("recipes", doctor.BROKEN, "no recipe")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(found))
    assert main(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"findings": [asdict(finding) for finding in found]}
