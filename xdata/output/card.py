"""`README.md` of an output folder: the data card in the Hugging Face form.

Its YAML head names the configs, one a language, so that `datasets.load_dataset(DIR, "swh_Latn")` works. Nothing in
it depends on when, where or how fast a run was, so equal data has an equal card.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from xdata.disk import write_atomically
from xdata.errors import counted, one_line
from xdata.export.splits import DEFAULT, TRAIN
from xdata.formats.features import type_words
from xdata.formats.table import datasets_options
from xdata.output.license_ids import hub_licenses
from xdata.output.manifest import LanguageFacts, Leakage, Manifest, ShardName
from xdata.recipe.phases import EMIT
from xdata.yaml_files import dump_yaml

CARD = "README.md"
REMOVED = "_removed"
"""Ends the names of configs of rejects."""
_SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
COLUMNS = {
    "id": "stable id of the record; `xdata explain DIR ID` shows what happened to it",
    "original_id": "id of the record in its source (the user's id)",
    "text": "the text",
    "language": "language and script, ISO 639-3 and ISO 15924",
    "language_score": "probability of the language, 0 to 1; null where the source declares it",
    "script": "script, ISO 15924",
    "variety": "variety of the language, where it is known",
    "source": "name of the source",
    "license": "license of the source",
    "domain": "domain, given by the source",
    "url": "URL of the page",
    "date": "date given by the source, ISO 8601",
    "scores": "scores of the text; null where a score was not computed",
    "cluster_size": "size of its cluster of duplicates, itself included",
    "upsample": "recommended number of repetitions in training",
    "groups": "values that it shares with other documents, from its source",
    "split_group": "group whose documents are never in two splits",
    "source_ids": "ids of the documents that it was made of",
    "position": "place of the sentence in its document, from 0",
    "path": "file that it was read from, below the root of its source",
    "offset": "byte at which the record begins (of its compressed member, if compressed), or row of a table",
    "inner_offset": "byte at which it begins in the decompressed member; 0 where there is one record in each member",
    "text_bytes": "size of the text in UTF-8 bytes",
    "error": "why no text could be made of the record; null where there is a text",
    "earlier": "number of documents that it stood for in the output folder it was read from; 0 for other input",
    "made_from": "id of the document that it is a part of; null for a document that was read",
    "alternatives": "other languages that it may be in, with their probabilities, as `swb_Latn:0.0154`",
    "segments": "languages of its parts, in code points",
    "url_category": "category of the URL list that has its URL",
    "url_language": "language that its URL states",
    "leaks": "test items that it contains, and how each was found",
    "contamination_checked": "what it was compared with: `all`; `some`, where fewer than half of the translations are "
    "found in its language; `text`, no translations",
    "decision": "`kept` or `dropped`",
    "reasons": "why it was dropped: step, reason, value and threshold of each failed rule",
    "cluster": "id of its cluster of duplicates, which is the id of the document that is kept",
    "survivor": "id of the document that is kept in its place",
    "reference_id": "id of the document of another corpus that it duplicates",
    "reference_corpus": "place of that corpus among those that the step names, from 0",
    "cuts": "spans that were removed from the text, in code points of the whole text, half open",
    "data_file": "file of `data/` that has its row, where rows are copied",
    "data_row": "place of its row in that file, from 0",
}
"""Column of xdata's records -> what it is."""

_MOST_SHOWN = 5
_SPECIAL = frozenset("\\`*_[]()#|!~")


def write_card(manifest: Manifest, out: Path) -> None:
    """Writes the card of a folder."""
    write_atomically(out / CARD, card(manifest).encode())


def card(manifest: Manifest) -> str:
    """The card's text."""
    return "\n".join(
        [
            f"---\n{dump_yaml(_head(manifest))}---",
            f"# {manifest.recipe}",
            _introduction(manifest),
            "## Languages",
            _language_table(manifest),
            *_config_table(manifest),
            *_column_tables(manifest),
            *_leakage(manifest),
            *_repeats_table(manifest),
            "## Where it comes from",
            _source_table(manifest),
            *[_origin(code, facts) for code, facts in manifest.languages.items()],
            "## How it was made",
            _funnel_table(manifest),
            _reasons(manifest),
            *_sentences(manifest),
            *_changes(manifest),
            *_notes(manifest),
            "",
        ]
    )


def _head(manifest: Manifest) -> dict[str, Any]:
    """The YAML that the Hugging Face hub and `datasets` read."""
    licenses = hub_licenses(source.license for source in manifest.sources)
    return {
        "language": sorted({code.split("_")[0] for code in manifest.languages}),
        "license": licenses[0] if len(licenses) == 1 else licenses or "unknown",
        "task_categories": ["text-generation"],
        "size_categories": [_size_category(sum(facts.num_rows for facts in manifest.languages.values()))],
        "configs": [
            *_default_config(manifest),
            *(
                {"config_name": config, "data_files": _data_files(found), **_reading(manifest)}
                for config, found in _configs(manifest).items()
            ),
            *_removed_configs(manifest),
        ],
        **_features(manifest),
    }


def _reading(manifest: Manifest) -> dict[str, Any]:
    """The options by which `datasets` reads copied rows as they are written."""
    path = next((file.path for file in manifest.files if file.path.startswith("data/")), None)
    return {} if path is None else datasets_options(path, manifest.row_style)


def _data_files(found: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Split -> patterns, as the hub writes them."""
    return [{"split": split, "path": paths[0] if len(paths) == 1 else list(paths)} for split, paths in found.items()]


def _default_config(manifest: Manifest) -> list[dict[str, Any]]:
    """The config that `load_dataset(DIR)` takes: the documents of all languages."""
    shards = [shard for shard in _shards(manifest) if shard.folder == "data"]
    if not shards or any(shard.name == DEFAULT for shard in shards):
        return []
    splits = sorted({shard.split for shard in shards}, key=lambda split: (split != TRAIN, split))
    found = {split: [f"data/*/{split}-*.{shards[0].format}"] for split in splits}
    return [{"config_name": DEFAULT, "default": True, "data_files": _data_files(found)}]


def _removed_configs(manifest: Manifest) -> list[dict[str, Any]]:
    """Rejects as configs: those of all languages, and of each language that has data and rejects.

    They are Parquet, and `datasets` reads all configs of a card in one format, so there are none beside other data.
    """
    if not _has_rejects(manifest) or not _is_parquet(manifest):
        return []
    files = _data_files({TRAIN: ["rejects/rejects-*.parquet"]})
    dropped = {code for stage in manifest.stages for code, found in stage.documents.items() if found["dropped"]}
    languages = [] if manifest.copies_rows else [code for code in manifest.languages if code in dropped]
    return [
        {"config_name": f"{DEFAULT}{REMOVED}", "data_files": files},
        *(
            {"config_name": f"{code}{REMOVED}", "filters": [["language", "==", code]], "data_files": files}
            for code in languages
        ),
    ]


def _has_rejects(manifest: Manifest) -> bool:
    return any(file.path.startswith("rejects/") and file.num_rows for file in manifest.files)


def _is_parquet(manifest: Manifest) -> bool:
    return all(shard.format == "parquet" for shard in _shards(manifest))


def _size_category(num_rows: int) -> str:
    """The hub's size category of a number of rows, as `1K<n<10K`."""
    bounds = [(10**power, name) for power, name in zip(range(3, 13), _SIZES, strict=True)]
    if num_rows < bounds[0][0]:
        return f"n<{bounds[0][1]}"
    for (_, name), (most, next_name) in pairwise(bounds):
        if num_rows < most:
            return f"{name}<n<{next_name}"
    return f"n>{bounds[-1][1]}"


def _features(manifest: Manifest) -> dict[str, Any]:
    """The types of columns, which JSON, CSV and TSV files do not state and `datasets` would otherwise guess."""
    text = [shard for shard in _shards(manifest) if shard.format != "parquet"]
    found = {
        shard.name: shard.folder
        for shard in text
        if shard.folder != "data" or not manifest.copies_rows or _reading(manifest)
    }
    subsets = manifest.subsets()
    infos = [
        {"config_name": config, "features": manifest.columns[folder]}
        for name, folder in sorted(found.items())
        for config in (name, *(f"{name}-subset-{most}" for most in subsets[folder]))
        if manifest.columns.get(folder)
    ]
    if infos and _default_config(manifest) and manifest.columns.get("data"):
        infos.insert(0, {"config_name": DEFAULT, "features": manifest.columns["data"]})
    return {"dataset_info": infos} if infos else {}


def _configs(manifest: Manifest) -> dict[str, dict[str, list[str]]]:
    """Config -> split, train first -> patterns of its files. A subset of train has the shards of all smaller ones."""
    found: dict[str, dict[str, list[str]]] = {}
    subsets = manifest.subsets()
    for shard in sorted(_shards(manifest), key=lambda shard: (shard.folder, shard.config, shard.split != TRAIN)):
        found.setdefault(shard.name, {}).setdefault(shard.split, [shard.pattern])
        for most in subsets[shard.folder] if shard.split == TRAIN else ():
            paths = found.setdefault(f"{shard.name}-subset-{most}", {}).setdefault(TRAIN, [])
            if shard.lies_in(most) and shard.tier_pattern not in paths:
                paths.append(shard.tier_pattern)
    return found


def _shards(manifest: Manifest) -> list[ShardName]:
    return [shard for file in manifest.files if (shard := ShardName.parse(file.path))]


def _introduction(manifest: Manifest) -> str:
    rows = sum(facts.num_rows for facts in manifest.languages.values())
    example = next(iter(_configs(manifest).items()), None)
    size = f"{counted(rows, 'document')} in {counted(len(manifest.languages), 'language')}"
    text = (
        f"{size}, made by xdata {manifest.xdata} with the recipe "
        f"`{manifest.recipe}`. `recipe.yaml` makes it again, `manifest.json` has every count and checksum, "
        "`report.html` shows what became of the documents, `ledger/` has the decision over each of them.\n"
    )
    if example:
        config, found = example
        load = f'corpus = load_dataset("DIR", "{config}", split="{next(iter(found))}")'
        if _has_rejects(manifest) and not _is_parquet(manifest):
            load += '\ndropped = load_dataset("parquet", data_files="DIR/rejects/*.parquet", split="train")'
        text += f"\n```python\nfrom datasets import load_dataset\n\n{load}\n```\n"
    return text


def _language_table(manifest: Manifest) -> str:
    return _table(
        ("code", "language", "documents", "words", "characters", "bytes"),
        [
            (
                f"`{code}`",
                _plain(facts.name),
                f"{facts.num_rows:,}",
                "not counted" if facts.num_words is None else f"{facts.num_words:,}",
                f"{facts.num_characters:,}",
                f"{facts.num_bytes:,}",
            )
            for code, facts in manifest.languages.items()
        ],
    )


def _config_table(manifest: Manifest) -> list[str]:
    """Rows of each config and split, where there is more than one of a language."""
    shards = _shards(manifest)
    if all(shard.name == shard.language and shard.split == TRAIN and not shard.to_percent for shard in shards):
        return []
    rows: dict[tuple[str, str], int] = {}
    for file in manifest.files:
        for shard in filter(None, [ShardName.parse(file.path)]):
            for name in (shard.name, *_subsets_with(shard, manifest)):
                rows[name, shard.split] = rows.get((name, shard.split), 0) + (file.num_rows or 0)
    order = [(config, split) for config, found in _configs(manifest).items() for split in found]
    table = [(f"`{config}`", split, f"{rows[config, split]:,}") for config, split in order]
    told = "Configs and their splits. A subset is a part of train, and smaller subsets lie in larger ones.\n"
    return [told, _table(("config", "split", "rows"), table)]


def _meaning(column: str, manifest: Manifest) -> str:
    """Description of a column of xdata, empty for other columns."""
    return "" if manifest.copies_rows else COLUMNS.get(column, "")


def _column_tables(manifest: Manifest) -> list[str]:
    """The columns of documents and of sentences, and what those of xdata are."""
    found = []
    for folder, columns in sorted(manifest.columns.items()):
        rows = [
            (f"`{_plain(str(column['name']))}`", _plain(type_words(column)), _meaning(str(column["name"]), manifest))
            for column in columns
        ]
        found += [f"Columns of `{folder}/`:\n", _table(("column", "type", "what it is"), rows)]
    return found


def _leakage(manifest: Manifest) -> list[str]:
    """Splits: requested and actual shares, and the results of the leakage check."""
    leakage = manifest.leakage
    if leakage is None:
        return []
    found = []
    if len(leakage.splits) > 1:
        rows = [
            (split, f"{facts.num_documents:,}", f"{facts.share:.2%}", f"{facts.asked:.2%}")
            for split, facts in leakage.splits.items()
        ]
        found = [
            f"Held-out splits consist of whole groups of related documents: {leakage.num_groups or 0:,} groups in all; "
            f"the largest has {leakage.largest_group:,} documents.\n",
            _table(("split", "documents", "share", "asked"), rows),
        ]
    compared = ", ".join(f"{num:,} {what}" for what, num in leakage.compared.items())
    lines = [f"Read back from the files: of {compared}, none is in more than one split."]
    lines += _near_leakage(leakage) if len(leakage.splits) > 1 else []
    if leakage.subsets:
        lines.append(f"{sum(leakage.subsets.values()):,} subsets are as large as asked for, each in the larger ones.")
    if leakage.same_in_other_languages:
        lines.append(f"{leakage.same_in_other_languages:,} sentences are in another split too, in another language.")
    return [*found, " ".join(lines) + "\n"]


def _near_leakage(leakage: Leakage) -> list[str]:
    near = leakage.near
    if near is None:
        return ["Near duplicates across splits were not checked."]
    return [
        f"Of {near.num_compared:,} pairs in different splits that share a signature band, {near.on_two_sides:,} have "
        f"{near.min_similarity:g} of their n-grams in common; {near.pairs_seen:.0%} of such pairs are seen."
    ]


def _repeats_table(manifest: Manifest) -> list[str]:
    """Repetitions of documents in training, if the output has them."""
    if not manifest.upsample:
        return []
    rows = []
    for code, found in manifest.upsample.items():
        table = ", ".join(f"{size}: {number}" for size, number in found.table.items())
        reads = manifest.languages[code].num_reads
        rows.append((f"`{code}`", table or "1: 1", f"{reads or 0:,}", "learned" if found.pools else "given"))
    told = (
        "Training should repeat each document `upsample` times. The number depends on the size of its cluster of "
        "duplicates (smallest size: times). `manifest.json` has the counts from which it was learned.\n"
    )
    return [told, _table(("code", "upsample", "documents read", "table"), rows)]


def _subsets_with(shard: ShardName, manifest: Manifest) -> list[str]:
    """Names of the subsets that a shard is in."""
    return [f"{shard.name}-subset-{most}" for most in manifest.subsets()[shard.folder] if shard.lies_in(most)]


def _source_table(manifest: Manifest) -> str:
    return _table(
        ("source", "files", "bytes", "license", "domain"),
        [
            (
                _plain(source.name),
                f"{source.num_files:,}",
                f"{source.num_bytes:,}",
                _plain(source.license),
                _plain(source.domain or "unknown"),
            )
            for source in manifest.sources
        ],
    )


def _origin(code: str, facts: LanguageFacts) -> str:
    lines = [f"### {code}\n"]
    for what, counts in facts.shares.items():
        if counts:
            shown = ", ".join(_share(value, num, facts.num_rows) for value, num in list(counts.items())[:_MOST_SHOWN])
            more = f" and {len(counts) - _MOST_SHOWN} more" if len(counts) > _MOST_SHOWN else ""
            lines.append(f"- {what}: {shown}{more}")
    return "\n".join(lines) + "\n"


def _share(value: str, num: int, total: int) -> str:
    return f"{_plain(value)} {100 * num / total:.1f} %"


def _funnel_table(manifest: Manifest) -> str:
    """How many documents of each language every stage kept; all that were dropped whole are one line."""
    kept = list(manifest.languages)
    others = [code for code in manifest.all_languages() if code not in manifest.languages]
    stages = [name for name, _ in manifest.funnel("und")]
    rows = [(f"`{code}`", *[f"{num:,}" for _, num in manifest.funnel(code)]) for code in kept]
    if others:
        sums = [
            sum(numbers)
            for numbers in zip(*[[num for _, num in manifest.funnel(code)] for code in others], strict=True)
        ]
        rows.append((f"{len(others)} others", *[f"{num:,}" for num in sums]))
    read = sum(numbers["read"] for numbers in manifest.stages[0].documents.values())
    were = "was" if read == 1 else "were"
    told = f"{counted(read, 'document')} {were} read. Documents kept after each stage:\n\n"
    return told + _table(("language", *stages), rows)


def _reasons(manifest: Manifest) -> str:
    counts: dict[str, int] = {}
    for stage in (stage for stage in manifest.stages if stage.phase != EMIT.name):
        for reasons in stage.reasons.values():
            for reason, num in reasons.items():
                counts[reason] = counts.get(reason, 0) + num
    if not counts:
        return "No document was dropped.\n"
    rows = [(f"`{reason}`", f"{num:,}") for reason, num in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    return "Documents were dropped for these reasons, some for several:\n\n" + _table(("reason", "documents"), rows)


def _sentences(manifest: Manifest) -> list[str]:
    """Counts of sentences, if a stage made some."""
    stage = manifest.stage_writing("sentences")
    if stage is None:
        return []
    head = ("language", "documents", "sentences", "written", "dropped", "why")
    rows = []
    for code, numbers in stage.documents.items():
        why = ", ".join(f"`{reason}` {num:,}" for reason, num in stage.reasons.get(code, {}).items())
        counts = (numbers[name] for name in ("read", "made", "kept", "dropped"))
        rows.append((f"`{code}`", *(f"{num:,}" for num in counts), why or "none"))
    told = "Sentences of the documents, each written once, shuffled. No sentence of train is in a held-out document.\n"
    return [told, _table(head, rows)]


def _changes(manifest: Manifest) -> list[str]:
    """Changes by edits and removals, also in documents that were dropped later."""
    rows = [(_plain(what), f"{num:,}") for what, num in sorted(manifest.changes.items())]
    told = "Changes by edits and removals, in all documents that were read:\n\n"
    return [told + _table(("edit and what it did", "times"), rows)] if rows else []


def _notes(manifest: Manifest) -> list[str]:
    lines = [f"- **Warning:** {_plain(warning, limit=400)}" for warning in manifest.warnings]
    lines += [f"- {_plain(note)}" for note in manifest.notes]
    if manifest.skipped:
        kinds = sorted(manifest.skipped.items(), key=lambda item: (-item[1], item[0]))
        shown = ", ".join(f"{_plain(what)} {num:,}" for what, num in kinds[:_MOST_SHOWN])
        more = f" and {len(kinds) - _MOST_SHOWN} kinds more" if len(kinds) > _MOST_SHOWN else ""
        lines.append(f"- {sum(manifest.skipped.values()):,} records of the input are no documents: {shown}{more}")
    if manifest.num_unreadable_files:
        num_files = sum(source.num_files for source in manifest.sources)
        lines.append(
            f"- {manifest.num_unreadable_files:,} of {num_files:,} input files could not be read; "
            "`manifest.json` names them"
        )
    if manifest.num_damaged_files:
        named = ", ".join(_plain(f"{file['source']}/{file['path']}") for file in manifest.damaged_files[:_MOST_SHOWN])
        num_more = manifest.num_damaged_files - _MOST_SHOWN
        named += f" and {num_more:,} more" if num_more > 0 else ""
        lines.append(f"- {counted(manifest.num_damaged_files, 'damaged input file')}: {named}")
    if manifest.num_unreadable:
        lines.append(f"- {manifest.num_unreadable:,} places of the input could not be read; `manifest.json` names them")
    if manifest.num_failed:
        by_step = ", ".join(f"{_plain(step)} {num:,}" for step, num in manifest.num_failed_by_step.items())
        shown = f" ({by_step})" if by_step else ""
        lines.append(f"- {manifest.num_failed:,} documents failed in a step{shown}; `manifest.json` names them")
    return ["## To be known\n", *lines] if lines else []


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _plain(text: str, *, limit: int = 120) -> str:
    """Escapes foreign text for Markdown and HTML."""
    line = one_line(text, limit=limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in line)
