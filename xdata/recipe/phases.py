"""The phases of a run: each one is a value that holds everything that is particular to it.

    read ▶ annotate ▶ decide ▶ (cluster | cut | decide)* ▶ group ▶ emit ▶ emit

What the stages of a phase do is in the module that the value names (`xdata.run.work`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xdata import records
from xdata.export.splits import SplitExport, SplitGroups
from xdata.readers.files import Files
from xdata.step import Cluster, Edit, Filter, RemoveSpans, Sample, Score, Step

MANY = 1 << 30
"""For `Makeup.most`: any number of steps."""


@dataclass(frozen=True)
class Makeup:
    """The steps that make a stage: a first one of one family, and further ones."""

    first: type[Step]
    others: type[Step]
    most: int = MANY
    """Most steps of a stage, from 1."""

    def fits(self, steps: Sequence[Step]) -> bool:
        """Whether steps make a stage of this kind."""
        return (
            0 < len(steps) <= self.most
            and isinstance(steps[0], self.first)
            and all(isinstance(step, self.others) for step in steps[1:])
        )


@dataclass(frozen=True)
class Phase:
    """One kind of stage."""

    name: str
    makeups: tuple[Makeup, ...]
    """The steps that make a stage of the phase, in one of these ways."""
    described: str
    """The same in words, for messages."""
    purpose: str
    """What a stage does, as an infinitive, for plans of a run."""
    follows: tuple[str, ...]
    """Names of the phases of which a stage may come right before; empty for the first stage of a recipe."""
    module: str
    """Python module whose `WORK` plans, runs and summarises the stages of the phase (`xdata.run.work.Work`)."""
    provides: frozenset[str] = frozenset()
    """Columns that exist after a stage of the phase, besides those that its steps add."""
    reads_own: bool = False
    """Whether the steps of a stage read the columns that it provides itself."""
    reads_signatures: bool = True
    """Whether the steps of a stage may read signatures."""
    decides: bool = False
    """Whether a stage decides over every record which is kept."""
    has_part_bytes: bool = False
    """Whether the size of the parts of a stage can be set (`--stage NAME.part_bytes=`)."""

    def fits(self, steps: Sequence[Step]) -> bool:
        """Whether steps make a stage of the phase."""
        return any(makeup.fits(steps) for makeup in self.makeups)


_ORIGIN = frozenset(
    {
        records.ID,
        records.ORIGINAL_ID,
        records.SOURCE,
        records.PATH,
        records.OFFSET,
        records.INNER,
        records.URL,
        records.DATE,
        records.LICENSE,
        records.DOMAIN,
        records.ERROR,
        records.EARLIER,
        records.MADE_FROM,
        records.GROUPS,
        records.TEXT_BYTES,
        records.LANGUAGE,
        records.LANGUAGE_SCORE,
        records.SCRIPT,
    }
)

READ = Phase(
    "read",
    makeups=(Makeup(Files, Edit),),
    described="the reader of xdata (readers.files) and edits",
    purpose="read records and edit their text",
    follows=(),
    module="xdata.run.phases.read",
    provides=frozenset({records.TEXT}),
    has_part_bytes=True,
)
ANNOTATE = Phase(
    "annotate",
    makeups=(Makeup(Score, Score),),
    described="scores",
    purpose="compute scores, labels and signatures of each record",
    follows=("read",),
    module="xdata.run.phases.annotate",
    provides=_ORIGIN,
    reads_own=True,
    has_part_bytes=True,
)
DECIDE = Phase(
    "decide",
    makeups=(Makeup(Filter, Filter),),
    described="filters",
    purpose="drop records by their scores and labels",
    follows=("annotate", "cluster"),
    module="xdata.run.phases.decide",
    provides=frozenset(records.DECISION_SCHEMA.names),
    reads_signatures=False,
    decides=True,
)
CLUSTER = Phase(
    "cluster",
    makeups=(Makeup(Cluster, Cluster, most=1), Makeup(Sample, Sample, most=1)),
    described="one step that clusters or samples",
    purpose="drop duplicates, or what is over a quota, over all records of a language",
    follows=("decide", "cluster", "cut"),
    module="xdata.run.phases.cluster",
    decides=True,
)
CUT = Phase(
    "cut",
    makeups=(Makeup(RemoveSpans, RemoveSpans, most=1),),
    described="one step that removes spans",
    purpose="remove repeated lines or substrings, over all records of a language",
    follows=("decide", "cluster", "cut"),
    module="xdata.run.phases.cut",
    decides=True,
)
GROUP = Phase(
    "group",
    makeups=(Makeup(SplitGroups, SplitGroups, most=1),),
    described="the partition of xdata (export.split_groups)",
    purpose="group records that are never on two sides of a split",
    follows=("decide", "cluster", "cut"),
    module="xdata.run.phases.group",
    provides=frozenset({records.SPLIT_GROUP}),
)
EMIT = Phase(
    "emit",
    makeups=(Makeup(SplitExport, SplitExport, most=1),),
    described="one export of xdata (export.shards, export.sentences)",
    purpose="write the output",
    follows=("decide", "cluster", "cut", "group", "emit"),
    module="xdata.run.phases.emit",
)

PHASES = (READ, ANNOTATE, DECIDE, CLUSTER, CUT, GROUP, EMIT)
"""All phases of a recipe, in the order in which they can run."""

INDEX = Phase(
    "index",
    makeups=(),
    described="",
    purpose="find where large files can be cut",
    follows=(),
    module="xdata.run.phases.index",
)
"""What a run does before its first stage: it finds out where large files can be cut. No stage of a recipe."""


def phase_named(name: str) -> Phase:
    """The phase of a name that a manifest holds. Raises KeyError for an unknown one."""
    return {phase.name: phase for phase in (*PHASES, INDEX)}[name]
