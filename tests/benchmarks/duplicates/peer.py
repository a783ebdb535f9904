"""datatrove's MinHash deduplication, as its users run it, with its defaults and 64-bit hashes.

Needs `datatrove[multilingual]`, `tokenizers` and xxhash below 4 (with 4 its first stage ends in a TypeError).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What datatrove said of some documents, and what it cost."""

    clusters: list[int | None]
    """Number of the cluster of each document that was found to have copies; None for one of its own."""
    kept: list[dict[str, Any]]
    """Metadata of the documents that it keeps."""
    signature_seconds: float
    """CPU time of its first stage."""
    decision_seconds: float
    """CPU time of its stages 2 to 4."""


def deduplicate(texts: Sequence[str], language: str, folder: Path, *, filter_rank: int = 0) -> Outcome:
    """Runs all four stages, the last one as some rank; the others are of rank 0.

    Raises ImportError where a package for the language is missing.
    """
    from datatrove.data import Document
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.utils.hashing import HashConfig
    from loguru import logger

    logger.remove()
    config: Any = MinhashConfig(hash_config=HashConfig(precision=64))
    documents = [Document(text=text, id=str(number)) for number, text in enumerate(texts)]
    code = {"zho_Hans": "cmn_Hani"}.get(language, language)
    begin = time.process_time()
    MinhashDedupSignature(str(folder / "signatures"), config=config, language=code).run(iter(documents), 0, 1)
    signed = time.process_time()
    for bucket in range(config.num_buckets):
        stage: Any = MinhashDedupBuckets(str(folder / "signatures"), str(folder / "buckets"), config=config)
        stage.run(None, bucket, config.num_buckets)
    stage = MinhashDedupCluster(
        str(folder / "buckets"), str(folder / "removed"), config=config, save_cluster_id=True, save_cluster_size=True
    )
    stage.run(None, 0, 1)
    keeping = MinhashDedupFilter(str(folder / "removed"), load_cluster_ids=True, load_cluster_sizes=True)
    kept = [document.metadata for document in keeping.run(iter(documents), filter_rank, filter_rank + 1)]
    found = [document.metadata.get("minhash_cluster_id", -1) for document in documents]
    clusters = [None if number < 0 else number for number in found]
    return Outcome(clusters, kept, signed - begin, time.process_time() - signed)
