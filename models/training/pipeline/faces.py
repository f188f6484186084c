"""Prepared faces, by what they are for."""

import pathlib

import numpy as np

from . import sources


class Faces:
    def __init__(self, data, pairs):
        self.pairs = sources.official_pairs(pairs)
        prepared = np.load(pathlib.Path(data) / "prepared/lfw.npz")
        self.crops = prepared["crops"]
        self.files = prepared["files"][prepared["of"]]
        self.people = [sources.person_of(file) for file in self.files]
        named = {person for person in self.people if person}
        self.use = sources.splits(self.pairs, named)
        self.at = {pathlib.Path(file).name: n for n, file in enumerate(self.files)}

    def indices(self, use):
        return np.array([n for n, p in enumerate(self.people) if (self.use[p] if p else "training") == use])

    def pairs_of(self, tenths):
        """Two lists of indices and whether they are the same person; pairs with a photograph that is not
        there are left out."""
        found = []
        for tenth, a, i, b, j in self.pairs:
            one, two = self.at.get(f"{a}_{i:04}.jpg"), self.at.get(f"{b}_{j:04}.jpg")
            if tenth in tenths and one is not None and two is not None:
                found.append((one, two, a == b))
        return np.array(found)
