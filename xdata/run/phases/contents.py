"""What was written of each language, as the data card has it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import regex

from xdata import records
from xdata.records import LANGUAGE, SCORES, TEXT, UPSAMPLE
from xdata.run.commit import RankOutput
from xdata.run.parts import LanguageContents
from xdata.run.phases.documents import OTHER_LANGUAGES

MOST_HOSTS = 200
"""Hosts that a rank names for each language."""

_CODE = regex.compile(r"\b[a-z]{3}_[A-Z][a-z]{3}\b")


@dataclass
class Contents:
    """Counts of a language for the data card, by one rank."""

    num_rows: int = 0
    num_bytes: int = 0
    num_characters: int = 0
    num_words: float | None = None
    """None where words are not counted."""
    num_reads: int | None = None
    """Counts with the repetitions of `upsample`; None without that column."""
    shares: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """`source`, `license`, `domain`, `host` -> value -> documents; and where languages were identified, `may_be` and
    `has_parts_in` -> other language -> documents."""

    def add(self, table: pa.Table) -> None:
        """Counts some documents."""
        self.num_rows += table.num_rows
        self.num_bytes += pc.sum(pc.binary_length(table[TEXT])).as_py() or 0
        self.num_characters += pc.sum(pc.utf8_length(table[TEXT])).as_py() or 0
        if SCORES in table.column_names and table.schema.field(SCORES).type.get_field_index("num_words") >= 0:
            words = pc.sum(pc.struct_field(table[SCORES], "num_words")).as_py() or 0.0
            self.num_words = (self.num_words or 0.0) + words
        if UPSAMPLE in table.column_names:
            self.num_reads = (self.num_reads or 0) + (pc.sum(table[UPSAMPLE]).as_py() or 0)
        for what in (records.SOURCE, records.LICENSE, records.DOMAIN):
            values = table[what].to_pylist()
            self.shares[what].update(records.UNKNOWN if value is None else value for value in values)
        self.shares["host"].update(host for host in map(_host, table[records.URL].to_pylist()) if host)
        for what, name in OTHER_LANGUAGES.items():
            if name in table.column_names:
                labels = zip(table[name].to_pylist(), table[records.LANGUAGE].to_pylist(), strict=True)
                self.shares[what].update(code for label, own in labels for code in _codes(label, own))

    @property
    def facts(self) -> LanguageContents:
        """What was counted, of each share the most frequent values."""
        shares = {what: most_frequent(counts, MOST_HOSTS) for what, counts in sorted(self.shares.items())}
        return LanguageContents(**vars(self) | {"shares": shares})


def count_contents(documents: pa.Table, contents: dict[str, "Contents"], output: RankOutput) -> None:
    """Counts documents that were written, by their language."""
    for language in documents[LANGUAGE].unique().to_pylist():
        own = documents.filter(pc.equal(documents[LANGUAGE], language))
        output.counts.tallies[language].read += own.num_rows
        output.counts.tallies[language].kept += own.num_rows
        contents.setdefault(language, Contents()).add(own)


def most_frequent(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """The largest counts, equal ones in order of name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most])


def _codes(label: str | None, own: str) -> set[str]:
    """The languages that a label of a document names, its own left out."""
    return set(_CODE.findall(label or "")) - {own}


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None
