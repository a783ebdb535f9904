"""The context that a step is opened with: its randomness, and the threads, device and folder that it may use.

A step draws random numbers from the seed of the recipe, its own name and the id of a record, so that neither workers
nor order nor other records change them. A score that keeps a share of the words of each document, as an example:

    from collections.abc import Callable, Mapping
    from typing import Literal

    import pyarrow as pa
    from pydantic import Field

    from xdata import Columns, Context, Score
    from xdata.text.analysis import Analyses


    class SampledLength(Score):
        '''Adds `scores.sampled_words`: the words of a document, each counted with a probability of `share`.'''

        kind: Literal["scores.sampled_length"] = "scores.sampled_length"
        share: float = Field(default=0.5, ge=0, le=1)

        def adds(self) -> Mapping[str, pa.DataType]:
            return {"scores.sampled_words": pa.float32()}

        def open(self, context: Context) -> Callable[[Analyses], Columns]:
            def score(analyses: Analyses) -> Columns:
                rngs = [context.rng(analysis.id) for analysis in analyses]
                words = [analysis.num_words for analysis in analyses]
                found = [rng.binomial(num, self.share) for rng, num in zip(rngs, words, strict=True)]
                return {"scores.sampled_words": found}

            return score


    score = SampledLength().open(Context(seed=1, step="sampled_length"))
    score(Analyses(["Kila mtu ana haki"], ids=["a"]))
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np

from xdata.threads import num_threads


@dataclass(frozen=True)
class Context:
    """What a step knows of the run that opens it. `Context()` opens a step outside a run, as in a test or a notebook.

    A step is opened once in a process. Processes that are forked from it share what was opened, the context too.
    """

    seed: int = 0
    """Seed of the recipe."""
    step: str = ""
    """Name of the step in its recipe."""
    device: str | None = None
    """Accelerator that the step may use, as `cuda:0`; None where it is to use the processor."""
    scratch: Path | None = field(default=None, compare=False)
    """Folder for temporary files of the step, None outside a run. The step creates it; it is removed when the stage
    ends. All ranks of the stage have the same one."""

    @property
    def threads(self) -> int:
        """Number of threads that the step may use now, at least 1. The result must not depend on it."""
        return num_threads()

    def rng(self, record_id: str) -> np.random.Generator:
        """Random numbers for one record, which depend on the seed, the name of the step and the id alone."""
        return np.random.Generator(np.random.Philox(key=int.from_bytes(self._digest(16, record_id), "little")))

    def hash_seed(self) -> int:
        """Seed in [0, 2**64) for a hash of records by which the step orders or samples many of them."""
        return int.from_bytes(self._digest(8), "little")

    def _digest(self, size: int, *parts: str) -> bytes:
        return blake2b("\0".join([str(self.seed), self.step, *parts]).encode(), digest_size=size).digest()
