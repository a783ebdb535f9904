"""Pure functions over text: scripts, words, encodings, and the one analysis of a document."""
