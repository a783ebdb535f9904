"""Columns of the tables of an output folder: which table has which, of which type."""

from collections.abc import Mapping

import pyarrow as pa

from xdata import records

_LABELS = (
    records.ALTERNATIVES,
    records.SEGMENTS,
    records.URL_LANGUAGE,
    records.URL_CATEGORY,
    records.LEAKS,
    records.CHECKED,
)


def tables() -> Mapping[str, pa.Schema]:
    """Folder -> the columns that its tables may have, with one score for all of them."""
    scores = ["num_words"]
    ledger = records.ledger_schema(dict.fromkeys(_LABELS, pa.string()), scores)
    decision = [
        pa.field(records.DECISION, pa.string()),
        records.DECISION_SCHEMA.field(records.REASONS),
        pa.field(records.CLUSTER, pa.string()),
        pa.field(records.CLUSTER_SIZE, pa.int32()),
        pa.field(records.SURVIVOR, pa.string()),
        pa.field(records.REFERENCE, pa.string()),
        pa.field(records.REFERENCE_CORPUS, pa.int32()),
        pa.field(records.CUTS, records.CUTS_TYPE),
        pa.field(records.SPLIT_GROUP, pa.uint64()),
        pa.field(records.DATA_FILE, pa.string()),
        pa.field(records.DATA_ROW, pa.int64()),
    ]
    return {
        "data": records.document_schema(scores, upsample=True, grouped=True),
        "ledger": pa.schema([*ledger, *decision]),
        "rejects": records.rejects_schema(records.document_schema(scores)),
        "sentences": records.SENTENCE_SCHEMA,
    }
