"""xdata in a notebook: build, look at what was dropped and why, and share steps with datatrove.

Each `# %%` begins a cell. Run it cell by cell in an editor that shows cells, or whole: `python notebook.py`.
"""

# %% Build a corpus. The same call again does nothing; after Ctrl-C it continues.
import xdata

corpus = xdata.build("quickstart", out="corpus")
print(corpus)

# %% The ledger has every record that was read, as an Arrow table.
ledger = corpus.ledger(columns=["id", "language", "decision", "reasons"]).to_pandas()
print(ledger.groupby(["language", "decision"]).size().unstack(fill_value=0).loc[list(corpus.configs)])

# %% Rejects are whole, with all reasons of the stage that dropped them.
rejects = corpus.rejects(language="swh_Latn").to_pandas()
print(rejects["reasons"].explode().str["reason"].value_counts())

# %% One record, from the file that it was read from to what became of it.
found = corpus.explain(rejects["id"][0])
print(found)
print(found.to_dict()["records"][0]["ledger"]["reasons"])

# %% Languages of texts.
for text in ("Kull bniedem jitwieled ħieles u ugwali", "Habari za asubuhi, rafiki yangu mpendwa."):
    (language,) = xdata.identify(text)
    print(language.language, language.probability, language.alternatives)

# %% A split as a dataset of Hugging Face.
train = corpus.dataset("swh_Latn", "train")
print(train.num_rows, train.column_names[:4])

# %% Rows in memory are input too. Their ids follow from the number of the row.
frame = corpus.to_pandas("swh_Latn", columns=["id", "text", "url"])
more = xdata.build(
    "monolingual_corpus",
    inputs={"swahili": {"data": frame, "license": "MIT", "language": "swh_Latn"}},
    id="id",
    out="more",
    dedup={"min_similarity": 0.8},
)
print(more.to_pandas(columns=["original_id", "source", "license"]).head(2))

# %% A score and a filter of xdata in a pipeline of datatrove.
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.writers import JsonlWriter

from xdata.filters.thresholds import Threshold
from xdata.scores.length import NumWords

pipeline = [
    xdata.datatrove.reader(corpus, "swh_Latn"),
    xdata.datatrove.step(
        NumWords(),
        Threshold(score="scores.num_words", min_value=100, reason="too_few_words"),
        exclusion_writer=JsonlWriter("too-short"),
    ),
    JsonlWriter("long-enough"),
]
LocalPipelineExecutor(pipeline=pipeline, tasks=1, logging_dir="logs").run()

# %% A filter of datatrove in a recipe of xdata.
from datatrove.pipeline.filters import GopherRepetitionFilter

from xdata import DropErrors, Files, IdentifyLanguage, Recipe, Shards, Source, Stage

score, drop = xdata.datatrove.filter(GopherRepetitionFilter(language="swh_Latn"))
source = Source(name="kept", root="long-enough", patterns=("*.jsonl.gz",), reader="datatrove")
recipe = Recipe(
    "by_repetition",
    (
        Stage("read", (Files(sources=(source,)),)),
        Stage("annotate", (IdentifyLanguage(), score)),
        Stage("decide", (DropErrors(), drop)),
        Stage("corpus", (Shards(),)),
    ),
)
by_datatrove = xdata.build(recipe, out="by-datatrove")
print(by_datatrove.ledger().to_pandas()[["original_id", "decision", "gopher_repetition_filter"]].head(3))
