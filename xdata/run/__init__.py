"""Running a recipe: plan, ranks, commits, and the output folder.

build       driver: inputs, fingerprints, one stage after the other, output
executor        what runs ranks: local processes, tasks of ray, jobs of slurm; node is one rank on a cluster's machine
executor      runs the ranks of a stage that have no commit: local in processes of this machine, or in this process
spawner     forks those processes from one that has everything imported and the steps opened, under the eye of guard
worker      what one rank does; pipeline is the same inside datatrove, in a process of its own
options     execution options of stages, as the size of their parts
edit … emit the phases: each plans parts, and runs one part of them
commit      a rank exists once its commit file does
cut         parts of documents go: texts are changed where they are read, measured again where that is needed
ledger      columns of documents, row-aligned over all stages
placing     which config, split and tier each kept document goes to; shards writes them
sentences   the emit phase of sentences; spill brings together in pieces what does not fit into memory
ownership   which files of an output folder are ours; publish puts them there, the manifest last
"""
