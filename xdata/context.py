"""What a step is given when it is opened: the seed of its randomness, and what it may use of the machine."""

from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Context:
    """The surroundings of an opened step. `Context()` is enough to open one outside a run."""

    seed: int = 0
    """Of the recipe."""
    step: str = ""
    """Name of the step."""
    threads: int = 1
    """Threads that the step may use; results must not depend on it."""
    device: str | None = None
    """Accelerator that the step may use, as `cuda:0`; None for none."""
    scratch: Path | None = field(default=None, compare=False)
    """Folder for temporary files, which is removed when the stage ends; None outside a run."""

    def rng(self, record_id: str) -> np.random.Generator:
        """Randomness for one record: the same for equal seed, step and id, whatever the workers and the order."""
        key = blake2b(f"{self.seed}\0{self.step}\0{record_id}".encode(), digest_size=16).digest()
        return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))

    def hash_seed(self) -> int:
        """A seed from 0 to 2**64-1 for hashes of records, from the seed of the recipe and the name of the step."""
        return int.from_bytes(blake2b(f"{self.seed}\0{self.step}".encode(), digest_size=8).digest(), "little")
