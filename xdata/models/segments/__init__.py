"""Which parts of a text are in which language.

A text is read once. Its units, some words of one sentence and one script, say which languages there may be. Only
those stay that explain units which no other of them does, so that a language for which some units of a close
relative are taken is not among them. Where more than one stays, each word is judged by the words beside it, among
those languages alone, and the best course over all words is taken, a change costing more inside of a sentence than
at its end (Viterbi 1967).
"""
