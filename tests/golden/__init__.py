"""Files that are compared with what the code makes now.

    python -m tests.golden

writes them anew; the difference is then read, and committed if it was meant.
"""
