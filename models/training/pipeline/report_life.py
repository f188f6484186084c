"""How well people are told from copies of them, and open eyes from closed ones."""

import pathlib

import cv2
import numpy as np

from . import copies, eyes, liveness, measure, scenes, sources, teachers


class Ours:
    def __init__(self, models):
        self.session = teachers.session(models / "proof-liveness.onnx")

    def close(self, picture):
        """`picture` is what the network sees: RGB, its own size."""
        return float(teachers.shares(self.session, picture.transpose(2, 0, 1) / np.float32(127.5) - 1)[copies.PERSON])

    def __call__(self, picture, box):
        """`picture` is BGR, with the face's box."""
        part = liveness.surroundings(picture, box)[:, :, ::-1]
        return self.close(cv2.resize(np.ascontiguousarray(part), (liveness.SIDE, liveness.SIDE)))


def held_out(data, folders, use):
    """Photographs of people for this use, with what the teacher found in them."""
    pairs = sources.official_pairs(folders["pairs"])
    people = sources.splits(pairs, {sources.person_of(file) for file in sources.names(data, "lfw")})
    return scenes.Photographs(data, "lfw", folders["lfw"], lambda file: people[sources.person_of(file)] == use)


def simulated(photographs, backgrounds, ours, count=1200, seed=21):
    """Scores of the same people as themselves and as each kind of copy."""
    draw = np.random.default_rng(seed)
    faces = liveness.faces_in(photographs)
    scores = {"people": []} | {kind: [] for kind in copies.KINDS}
    for n in range(count):
        face = faces[draw.integers(len(faces))]
        for name, kind in [("people", None)] + [(name, n) for n, name in enumerate(copies.KINDS)]:
            behind = backgrounds[draw.integers(len(backgrounds))]
            scores[name].append(ours.close(liveness.example(face, kind, draw, behind)[0]))
    return {name: np.array(values) for name, values in scores.items()}


def rates(scores, threshold):
    """How many copies pass and how many people do not."""
    report = {"BPCER": measure.rate(int((scores["people"] < threshold).sum()), len(scores["people"]))}
    for kind, values in scores.items():
        if kind != "people":
            report[f"APCER, {kind}"] = measure.rate(int((values >= threshold).sum()), len(values))
    return report


def untouched(photographs, networks, threshold, count=1500):
    """People in photographs as they are, by both networks."""
    report = {name: [] for name in networks}
    for picture, boxes, _, scores in photographs.items[:count]:
        if not len(scores) or scores.max() < 0.75:
            continue
        box = boxes[np.argmax(boxes[:, 2] * (scores > 0.75))]
        for name, network in networks.items():
            report[name].append(network(picture, box) < threshold[name])
    return {name: measure.rate(int(np.sum(wrong)), len(wrong)) for name, wrong in report.items()}


def real_attacks(folder, networks, threshold, detector):
    """Frames of real replays and real people that several people published, about 25 in all: few, cut out
    by others, mostly close to the face, and often of one phone. Nothing of ours is trained on them."""
    scores = {name: {"real": [], "fake": []} for name in networks}
    for kind in ("real", "fake"):
        for file in sorted(pathlib.Path(folder).glob(f"*/dataset/{kind}/*"))[::4]:
            picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
            if picture is None or min(picture.shape[:2]) < 64:
                continue
            boxes, _, _ = detector(picture)
            if not len(boxes):
                continue
            box = np.maximum(boxes[np.argmax(boxes[:, 2])], [0, 0, 1, 1])
            for name, network in networks.items():
                scores[name][kind].append(network(picture, box))
    report = {}
    for name, both in scores.items():
        people, attacks = np.array(both["real"]), np.array(both["fake"])
        report[name] = {
            "BPCER": measure.rate(int((people < threshold[name]).sum()), len(people)),
            "APCER": measure.rate(int((attacks >= threshold[name]).sum()), len(attacks)),
            "area": measure.area(people, attacks),
        }
    return report


def eye_states(models, folders, threshold):
    session = teachers.session(models / "proof-eyes.onnx")
    report = {}
    found = [patch for patch in eyes.patches(folders) if patch[3]]
    for source in ("eyestate", "cew"):
        wrong = {eyes.OPEN: [0, 0], eyes.CLOSED: [0, 0]}
        for picture, label, of, _ in found:
            if of == source:
                values = eyes.plain(picture).transpose(2, 0, 1) / np.float32(127.5) - 1
                told = teachers.shares(session, values)[eyes.OPEN] >= threshold
                wrong[label][0] += told != (label == eyes.OPEN)
                wrong[label][1] += 1
        both = np.sum(list(wrong.values()), 0)
        report[source] = {
            "accuracy": measure.rate(int(both[1] - both[0]), int(both[1])),
            "open taken for closed": measure.rate(*wrong[eyes.OPEN]),
            "closed taken for open": measure.rate(*wrong[eyes.CLOSED]),
        }
    return report
