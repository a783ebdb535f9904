"""Manifests made by hand, for what is written from them."""

from typing import Any

from xdata.output.manifest import Cost, FileFacts, LanguageFacts, Manifest, SourceFacts, StageFacts


def manifest(**changes: Any) -> Manifest:
    """A small manifest: two languages, one of them undescribed, one source."""
    documents = {
        "read": {"und": _numbers(10, 10)},
        "annotate": {"swh_Latn": _numbers(6, 6), "eng_Latn": _numbers(4, 4)},
        "decide": {"swh_Latn": _numbers(6, 5), "eng_Latn": _numbers(4, 0)},
        "corpus": {"swh_Latn": _numbers(5, 5)},
    }
    made = Manifest(
        schema_version=1,
        xdata="0.1.0",
        recipe="monolingual_corpus",
        fingerprint="0123456789abcdef",
        versions={"pyarrow": "1"},
        sources=[SourceFacts(name="crawl", license="CC0", domain=None, language=None, num_files=2, num_bytes=5000)],
        ignored={},
        skipped={"request": 3},
        num_unreadable=0,
        unreadable=[],
        num_failed=0,
        failed=[],
        notes=[],
        stages=[
            StageFacts(
                name=name,
                phase="emit" if name == "corpus" else name,
                fingerprint="0" * 32,
                num_parts=2,
                documents=found,
                reasons={"eng_Latn": {"language_not_requested": 4}, "swh_Latn": {"too_few_words": 1}}
                if name == "decide"
                else {},
                steps={"too_few_words": {"kind": "filters.threshold", "name": "enough_words", "min_value": 50.0}},
            )
            for name, found in documents.items()
        ],
        languages={
            "swh_Latn": LanguageFacts(
                name="Swahili",
                described=True,
                num_rows=5,
                num_words=5000,
                num_characters=30_000,
                num_bytes=31_000,
                shares={
                    "source": {"crawl": 5},
                    "license": {"CC0": 5},
                    "domain": {"unknown": 5},
                    "host": {f"{n}.example": 1 for n in range(7)},
                },
            )
        },
        files=[FileFacts(path="data/swh_Latn/train-00000-of-00001.parquet", sha256="0", num_bytes=9, num_rows=5)],
        timing={name: Cost(seconds=1.5, cpu_seconds=2.5, peak_bytes=123_000_000) for name in documents},
    )
    return made.model_copy(update=changes)


def _numbers(read: int, kept: int) -> dict[str, int]:
    return {"read": read, "made": 0, "kept": kept, "dropped": read - kept, "merged": 0}


HOSTILE = "<script>alert(1)</script>\"'&|`*_[x](javascript:1)\n{{7*7}} {% raw %}\x1b[31m\u202e"
"""What a crawl may put into names, to run or break whatever shows it."""
