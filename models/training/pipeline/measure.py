"""Rates, and how sure one can be of them."""

import math

import numpy as np


def rate(count, of):
    """A part and the 95 % interval around it (Wilson's)."""
    if not of:
        return {"rate": None, "of": 0}
    p, z = count / of, 1.96
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return {"rate": p, "low": max(0.0, middle - half), "high": min(1.0, middle + half), "of": int(of)}


def accuracy(same, other):
    """The best accuracy over all thresholds, and the threshold."""
    scores = np.concatenate([same, other])
    truth = np.concatenate([np.ones(len(same)), np.zeros(len(other))])
    order = np.argsort(-scores)
    accepted = np.cumsum(truth[order])
    refused = len(other) - np.cumsum(1 - truth[order])
    right = (accepted + refused) / len(scores)
    best = int(np.argmax(right))
    return right[best], scores[order][best]


def area(same, other):
    """How often one of the same scores above one of the others: under the curve, 0.5 is chance."""
    order = np.sort(other)
    below, up_to = (np.searchsorted(order, same, side) for side in ("left", "right"))
    return float((below + up_to).mean() / 2 / len(other))


def equal_error(same, other):
    """Where as many of the same are refused as of others accepted."""
    thresholds = np.quantile(np.concatenate([same, other]), np.linspace(0, 1, 2001))
    refused = np.searchsorted(np.sort(same), thresholds) / len(same)
    accepted = 1 - np.searchsorted(np.sort(other), thresholds) / len(other)
    at = int(np.argmin(np.abs(refused - accepted)))
    return (refused[at] + accepted[at]) / 2


class Comparison:
    """All pairs of photographs of some people."""

    def __init__(self, vectors, people, seed=7, draws=400):
        self.scores = vectors @ vectors.T
        names, self.of = np.unique(people, return_inverse=True)
        self.count, self.draws = len(names), draws
        self.random = np.random.default_rng(seed)
        one, two = np.triu_indices(len(vectors), 1)
        alike = self.of[one] == self.of[two]
        self.same = one[alike], two[alike]
        self.other = one[~alike], two[~alike]
        # A person with many photographs has many more pairs than others: each person counts alike.
        each = np.bincount(self.of[self.same[0]], minlength=self.count)
        self.same_weight = 1 / each[self.of[self.same[0]]]
        self.same_scores = self.scores[self.same]
        self.other_scores = np.sort(self.scores[self.other])

    def threshold(self, false_accepts):
        return float(np.quantile(self.other_scores, 1 - false_accepts))

    def false_accepts(self, threshold):
        return float(1 - np.searchsorted(self.other_scores, threshold) / len(self.other_scores))

    def false_rejects(self, threshold, weights=None):
        drawn = np.ones(self.count) if weights is None else weights
        by = self.same_weight * drawn[self.of[self.same[0]]]
        return float((by * (self.same_scores < threshold)).sum() / by.sum())

    def interval(self, threshold):
        """The middle 95 % of the false rejects when people are drawn again."""
        values = []
        for _ in range(self.draws):
            weights = np.bincount(self.random.integers(0, self.count, self.count), minlength=self.count)
            values.append(self.false_rejects(threshold, weights))
        return [float(v) for v in np.quantile(values, [0.025, 0.975])]

    def equal_error(self):
        low, high = -1.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            if self.false_rejects(middle) < self.false_accepts(middle):
                low = middle
            else:
                high = middle
        return self.false_rejects(high)
