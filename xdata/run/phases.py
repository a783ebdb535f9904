"""What each phase does with one part: the table that a rank looks up its work in."""

from collections.abc import Callable

from xdata.run import annotate, cluster, cut, decide, emit, group, read
from xdata.run.commit import RankOutput
from xdata.run.task import INDEX, Part, Task


def index(task: Task, part: Part, output: RankOutput) -> None:
    """Finds out where one large file can be cut."""
    file = read.file_part(part["pieces"][0]).file
    output.facts["offsets"] = task.recipe.reader.index(file, part_bytes=part["part_bytes"])


def prepare(task: Task) -> None:
    """Does once what all ranks of a stage would do, before they are forked: opens steps, makes tables."""
    if task.phase in (INDEX, "cluster", "cut", "group", "emit"):  # few ranks, or nothing to open
        return
    for step in task.stage.steps:
        task.open(step)
    if task.phase == "read":
        read.warm_up(task)
    elif task.phase == "annotate":
        annotate.warm_up(task)


RUN: dict[str, Callable[[Task, Part, RankOutput], None]] = {
    INDEX: index,
    "read": read.run,
    "annotate": annotate.run,
    "decide": decide.run,
    "cluster": cluster.run,
    "cut": cut.run,
    "group": group.run,
    "emit": emit.run,
}
"""Phase -> function that works on one part and leaves its outputs uncommitted."""
