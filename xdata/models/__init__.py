"""Models behind small protocols, each with a default that works offline on a CPU."""
