"""Which languages some units of a text are in together."""

import numpy as np

from xdata.models.identifier import Floats
from xdata.text.spans import Ints

LEAST_LETTERS = 40
"""Letters of units that a language wins, to come into question; an ideograph or syllable sign counts as three."""
UNEXPLAINED = 0.01
"""Probability of a unit or a word in any language: foreign names, misspellings."""
_ROUNDS = 12
_ALIKE = 0.15
"""Mean probability of a language, of the two alone, where another one wins, from which it replaces that."""
_TAKEN = 25.0


def explaining(shares: Floats, letters: Floats, columns: Ints) -> Ints:
    """The columns that explain LEAST_LETTERS of letters that no other of them does, or the best one.

    Shares of a mixture by expectation and maximisation, from each of which LEAST_LETTERS are taken away.
    """
    weights = letters @ shares / letters.sum()
    for _ in range(_ROUNDS):
        if len(columns) == 1:
            break
        mixed = shares * weights
        explained = letters @ (mixed / (mixed.sum(axis=1, keepdims=True) + np.float32(UNEXPLAINED)))
        stays = explained >= _TAKEN
        stays[explained.argmax()] = True
        shares, columns = shares[:, stays], columns[stays]
        weights = np.maximum(explained[stays] - _TAKEN, 1.0) / letters.sum()
    return columns


def unlike(shares: Floats, letters: Floats, columns: Ints, own: int | None) -> Ints:
    """The columns without those that stand for a greater one: where they win, it is not much less probable.

    So a text in one of some close relatives is not cut to pieces among them.
    """
    while len(columns) > 1:
        won = shares.argmax(axis=1)
        sizes = np.bincount(won, weights=letters, minlength=len(columns))
        if own is not None:
            sizes[columns == own] = np.inf
        stays = np.ones(len(columns), dtype=bool)
        for column in np.argsort(sizes, kind="stable")[:-1].tolist():
            weights = letters * (won == column)
            other = shares / (shares + shares[:, [column]] + np.float32(1e-9))
            alike = weights @ other / max(float(weights.sum()), 1.0)
            if (alike[sizes > sizes[column]] >= _ALIKE).any():
                stays[column] = False
                break
        if stays.all():
            break
        shares, columns = shares[:, stays], columns[stays]
    return columns
