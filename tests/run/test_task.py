"""Tasks: what messages call their ranks."""

from pathlib import Path

from tests.run.corpora import build, recipe, write_crawl
from xdata.run.build import stages_of
from xdata.run.task import describe_rank


def test_ranks_of_every_phase_are_described(tmp_path: Path) -> None:
    made = recipe([write_crawl(tmp_path)], dedup={"index": True}, splitting={"splits": "{test: 0.2}"})
    build(made, tmp_path / "out", part_bytes=1 << 20)
    tasks = stages_of(made, tmp_path / "out" / "work")
    shown = [describe_rank(task, rank) for task in tasks for rank in range(task.num_parts)]
    assert shown[0] == "rank 0 of stage 'read' (crawl/0.jsonl, crawl/1.jsonl and 1 more file)"
    assert shown[1:] == [f"rank {rank} of stage {task.name!r}" for task in tasks[1:] for rank in range(task.num_parts)]
