"""Before the first stage: large files that must be read through to be cut are read through."""

from xdata.run.commit import RankOutput
from xdata.run.input_files import InputFiles
from xdata.run.parts import IndexFacts, IndexPart
from xdata.run.task import Task
from xdata.run.work import Planning, Work


def plan(planning: Planning) -> list[IndexPart]:
    """One rank for each large file."""
    reader, size = planning.task.recipe.reader, planning.part_bytes
    large = [file for file in planning.files if reader.needs_index(file, part_bytes=size)]
    return [IndexPart(file=file, part_bytes=size, num_bytes=file.size) for file in large]


def run(task: Task, part: IndexPart, output: RankOutput) -> IndexFacts:
    """Finds out where one large file can be cut."""
    return IndexFacts(offsets=task.recipe.reader.index(part.file, part_bytes=part.part_bytes))


def _summary(task: Task, inputs: InputFiles) -> str:
    return f"{task.num_parts} large files indexed"


WORK = Work(part=IndexPart, plan=plan, run=run, summary=_summary)
