"""Language identification measured: sets, peers, metrics. Run as `python -m tests.benchmarks.identification`."""
