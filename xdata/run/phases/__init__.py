"""What the stages of each phase do: every module of a phase ends with its `WORK` (`xdata.run.work`).

index      before the first stage: where large files can be cut
read       input files to documents with their final text
annotate   scores, labels and signatures
decide     filters
cluster    duplicates (clusters) and samples, over all documents of a language (columns)
cut        removes spans of texts
group      which documents are never in two splits
emit       shards, rejects and ledger: rows are placed (placing), joined (documents) or copied (rows), and cut into
           files (shards); contents counts what was written; sentences writes sentences (spill)
"""
