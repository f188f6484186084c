"""From which value on it is a yes: chosen on people and photographs that are neither trained on nor
reported on, for a stated rate."""

import pathlib

import cv2
import numpy as np

from . import measure, report_faces, report_life, sources, teachers

# How many photographs of textures and flowers may have a face in them.
FACES_OF_NOTHING = 0.01
# How many pairs of strangers may be one person.
FALSE_ACCEPTS = 0.001
# How many people may be refused as copies.
PEOPLE_REFUSED = 0.02


def detector(models, folders):
    lowest = teachers.Detector(models / "proof-detector.onnx", 256, threshold=0.2, scaled=True)
    most = []
    for name in ("dtd", "flowers"):
        for file in sorted(pathlib.Path(folders[name]).rglob("*.jpg")):
            if sources.use_of(file) == "choosing":
                scores = lowest(cv2.imread(str(file), cv2.IMREAD_COLOR))[2]
                most.append(scores.max() if len(scores) else 0.0)
    return round(float(max(0.4, np.quantile(most, 1 - FACES_OF_NOTHING))), 3)


def embedder(found):
    """Threshold and curve of what a set makes of people."""
    kept = {file: values for file, values in found.items() if values is not None}
    vectors = np.stack([values[3] for values in kept.values()])
    whole = measure.Comparison(vectors, np.array([sources.person_of(file) for file in kept]))
    steepness, midpoint = logistic(whole.same_scores, whole.same_weight, whole.other_scores)
    return {
        "threshold": round(whole.threshold(FALSE_ACCEPTS), 3),
        "calibration": {
            "steepness": round(steepness, 2),
            "midpoint": round(midpoint, 3),
            "false_accept_rate": FALSE_ACCEPTS,
        },
    }


def logistic(same, weights, other):
    """The curve of the chance that two are one, when both kinds are as frequent."""
    scores = np.concatenate([same, other])
    truth = np.concatenate([np.ones(len(same)), np.zeros(len(other))])
    by = np.concatenate([weights / weights.sum(), np.full(len(other), 1 / len(other))])
    line = np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(line[0] * scores + line[1])))
        wrong, sure = by * (chance - truth), by * chance * (1 - chance)
        slope = np.array([(wrong * scores).sum(), wrong.sum()])
        cross = (sure * scores).sum()
        bend = np.array([[(sure * scores**2).sum(), cross], [cross, sure.sum()]]) + 1e-9 * np.eye(2)
        line -= np.linalg.solve(bend, slope)
    return float(line[0]), float(-line[1] / line[0])


def liveness(models, photographs, backgrounds):
    people = report_life.simulated(photographs, backgrounds, report_life.Ours(models), 600, seed=20)["people"]
    return round(float(np.clip(np.quantile(people, PEOPLE_REFUSED), 0.05, 0.95)), 3)


def all_of(models, data, folders, backgrounds):
    pairs = sources.official_pairs(folders["pairs"])
    chosen = {"detector": {"threshold": detector(models, folders)}}
    sets = report_faces.sets(models, chosen["detector"]["threshold"])
    _, found = report_faces.lfw(folders["lfw"], pairs, sets, "choosing")
    chosen |= {"embedder": embedder(found["default"]), "published": embedder(found["published"])}
    held = report_life.held_out(data, folders, "choosing")
    chosen["liveness"] = {"threshold": liveness(models, held, backgrounds)}
    chosen["eyes"] = {"threshold": 0.5}
    return chosen, found
