"""What runs the ranks of a stage: processes of this machine, tasks of Ray, jobs of Slurm.

executor    the protocol: a context that runs the ranks of one stage after the other; named makes the one of a name
stage_run   runs the ranks of one stage that have no commit; the base of those below
local       in processes of this machine, or in this process
spawner     the process that local ranks are forked from: everything is imported, steps are opened
guard       watches the CPU time and memory of ranks
worker      what one rank does; pipeline is the same inside datatrove, in a process of its own
ray, slurm  on clusters; node is one rank on a machine of one
"""
