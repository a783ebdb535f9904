"""Running a recipe: plan, ranks, commits, and the output folder.

build         the driver: inputs, fingerprints, one stage after the other, output
phases        what the stages of each phase do
executors     what runs ranks
work          how a phase is planned, run and summarised; parts has the typed input and results of ranks
task          one stage of a run, on disk; commit makes a rank exist
ledger        columns of documents over all stages, row-aligned
fingerprint   what the result of a stage depends on
options       execution options of stages
failures      what fails a run, and warnings
ownership     which files of an output folder are ours; publish puts them there, the manifest last
"""
