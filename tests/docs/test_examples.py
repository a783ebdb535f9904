"""The example notebook runs from top to bottom and leaves what it tells of."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

import xdata
from tests.docs.pages import ROOT


@pytest.mark.slow
def test_the_notebook_runs_as_a_script(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    script = ROOT / "docs" / "examples" / "notebook.py"
    ran = subprocess.run([sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    for words in ("swh_Latn", "near_duplicate", "decision   dropped", "mlt_Latn", "swahili"):
        assert words in ran.stdout
    for name in ("corpus", "more", "by-datatrove"):
        assert xdata.load(tmp_path / name).check() == []
    corpus, more = xdata.load(tmp_path / "corpus"), xdata.load(tmp_path / "more")
    assert {row["original_id"] for row in more.records()} <= {row["id"] for row in corpus.records("swh_Latn")}
    counts = orjson.loads((tmp_path / "logs" / "stats.json").read_bytes())
    assert any("xdata num_words, threshold" in step["name"] for step in counts)
