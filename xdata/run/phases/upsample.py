"""Upsampling: repetitions of the documents of each language, set by the export or learned from decisions of the run."""

from collections.abc import Iterable

from xdata.export.upsample import Upsample, learn, sum_sizes
from xdata.run.parts import DecideFacts
from xdata.run.task import Task


def upsample_by_language(task: Task, languages: Iterable[str]) -> dict[str, Upsample]:
    """Language -> its upsample, of a task that emits documents; nothing where its documents are not to say any.

    What is learned comes from sums over all ranks of the stage of filters nearest to the task of those that come after
    clusters, so it is the same for any number of workers.
    """
    export = task.recipe.shards
    if not export.says_upsample:
        return {}
    learned: dict[str, Upsample] = {}
    if export.learn_upsample is not None:
        judging = next(before for before in task.upstream if task.recipe.decides_over_clusters(before.stage))
        sizes = sum_sizes(facts.sizes for facts in judging.facts(DecideFacts))
        learned = {language: learn(found, export.learn_upsample) for language, found in sizes.items()}
    common = Upsample(table=dict(export.upsample))
    given = {language: Upsample(table=dict(table)) for language, table in export.upsample_by_language.items()}
    return {language: given.get(language) or learned.get(language) or common for language in sorted(set(languages))}
