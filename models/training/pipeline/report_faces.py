"""How well faces are found and told apart, of people and in photographs that were not trained on. Each
set is measured whole: its own detector finds the points by which its own embedder sees faces."""

import pathlib

import cv2
import numpy as np

from . import geometry, measure, scenes, sources, teachers

# A face that is not in the middle of an LFW photograph is not the one it is named after.
MIDDLE = 0.2


def seen(picture, detector):
    """The face in the middle: box, points, score; None if none is there."""
    boxes, points, scores = detector(picture)
    if not len(boxes):
        return None
    high, wide = picture.shape[:2]
    away = np.abs(boxes[:, :2] + boxes[:, 2:] / 2 - [wide / 2, high / 2]).max(1) / wide
    away[boxes[:, 2] < 0.15 * wide] = 1
    best = int(np.argmin(away))
    return (boxes[best], points[best], scores[best]) if away[best] < MIDDLE else None


def embed(session, picture, points, mean, scale):
    face = geometry.aligned(picture, points)[:, :, ::-1].transpose(2, 0, 1).astype(np.float32)
    return teachers.both_ways(session, ((face - mean) * scale).astype(np.float32))


class Set:
    """A detector and an embedder that belong together."""

    def __init__(self, name, detector, embedder, mean, scale):
        self.name, self.detector, self.session = name, detector, teachers.session(embedder)
        self.mean, self.scale = mean, scale

    def __call__(self, picture):
        found = seen(picture, self.detector)
        if found is None:
            return None
        return *found, embed(self.session, picture, found[1], self.mean, self.scale)


def sets(models, threshold):
    default = Set(
        "default",
        teachers.Detector(models / "proof-detector.onnx", 256, threshold=threshold, scaled=True),
        models / "proof-embedder.onnx",
        np.float32(127.5),
        np.float32(1 / 127.5),
    )
    published = Set(
        "published", teachers.yunet(0.6), teachers.path_of("mobilefacenet-112"), teachers.MEAN, teachers.SCALE
    )
    return [default, published]


def lfw(folder, pairs, sets_, use):
    """What each set makes of each photograph of people for this use: a dict from file to what it saw."""
    people = sources.splits(pairs, {p.name for p in pathlib.Path(folder).iterdir()})
    files = [f for f in sorted(pathlib.Path(folder).rglob("*.jpg")) if people[sources.person_of(f)] == use]
    found = {s.name: {} for s in sets_}
    for file in files:
        picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
        for s in sets_:
            found[s.name][file.name] = s(picture)
    return files, found


def detection(files, found):
    """How many of the faces in the middle are found, and how far points are from the published ones."""
    report = {}
    for name, seen_by in found.items():
        missed = sum(seen_by[file.name] is None for file in files)
        report[name] = {"missed": measure.rate(missed, len(files))}
    off = []
    for file in files:
        ours, theirs = found["default"][file.name], found["published"][file.name]
        if ours and theirs:
            apart = np.linalg.norm(theirs[1][0] - theirs[1][1])
            off.append(np.linalg.norm(ours[1] - theirs[1], axis=1).mean() / apart)
    report["default"]["points"] = {q: float(np.quantile(off, p)) for q, p in (("median", 0.5), ("p95", 0.95))}
    return report


def empty(folders, sets_):
    """How many photographs of textures, flowers and animals have a face seen in them. A few of the animals
    are held by people, so that is an upper bound."""
    report = {s.name: {} for s in sets_}
    for name, folder in folders.items():
        files = [f for f in sorted(pathlib.Path(folder).rglob("*.jpg")) if sources.use_of(f) == "reporting"]
        for s in sets_:
            wrong = sum(len(s.detector(cv2.imread(str(file), cv2.IMREAD_COLOR))[0]) > 0 for file in files)
            report[s.name][name] = measure.rate(wrong, len(files))
    return report


def sizes(photographs, backgrounds, sets_, count=1500):
    """Of faces laid over backgrounds, how many are found, by the larger side in a picture of 256."""
    draw = np.random.default_rng(11)
    bins = [(12, 20), (20, 32), (32, 64), (64, 128), (128, 256)]
    hit = {s.name: np.zeros((len(bins), 2), int) for s in sets_}
    for _ in range(count):
        canvas, boxes, _, scores = scenes.scene(photographs, backgrounds, draw)
        for s in sets_:
            mine = s.detector(canvas)[0]
            for box in boxes[scores >= scenes.SURE]:
                size = box[2:].max()
                at = next((n for n, (low, high) in enumerate(bins) if low <= size < high), None)
                if at is not None:
                    hit[s.name][at] += [len(mine) and teachers.overlap(box, mine).max() >= 0.4, 1]
    return {
        s.name: {f"{low} to {high}": measure.rate(*hit[s.name][n]) for n, (low, high) in enumerate(bins)}
        for s in sets_
    }


def tone(picture, points):
    """The brightness of a face, and its skin's angle (ITA) by the middle of the cheeks."""
    face = geometry.aligned(picture, points)
    lab = cv2.cvtColor(face.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    cheeks = np.concatenate([lab[66:84, 28:44].reshape(-1, 3), lab[66:84, 68:84].reshape(-1, 3)])
    light, _, yellow = np.median(cheeks, 0)
    return float(lab[:, :, 0].mean()), float(np.degrees(np.arctan2(light - 50, yellow)))


def comparison(files, found, pairs, chosen, thresholds):
    """Verification on people who were not trained on. `chosen`: what the sets saw of those by whom the
    thresholds were chosen."""
    report = {}
    for name in found:
        seen_by = found[name]
        kept = [f for f in files if seen_by[f.name] is not None]
        vectors = np.stack([seen_by[f.name][3] for f in kept])
        people = np.array([sources.person_of(f) for f in kept])
        whole = measure.Comparison(vectors, people)
        same, other = official(pairs, seen_by, sources.REPORTING)
        chosen_same, chosen_other = official(pairs, chosen[name], sources.CHOOSING)
        _, threshold = measure.accuracy(chosen_same, chosen_other)
        right = (same >= threshold).sum() + (other < threshold).sum()
        rates = {}
        for far in (0.01, 0.001):
            at = whole.threshold(far)
            rates[str(far)] = {"threshold": at, "frr": whole.false_rejects(at), "interval": whole.interval(at)}
        report[name] = {
            "photographs": len(kept),
            "people": whole.count,
            "same": len(whole.same_scores),
            "other": len(whole.other_scores),
            "official": measure.rate(int(right), len(same) + len(other)),
            "eer": whole.equal_error(),
            "at": rates,
            "chosen": {
                "threshold": thresholds[name],
                "far": whole.false_accepts(thresholds[name]),
                "frr": whole.false_rejects(thresholds[name]),
                "interval": whole.interval(thresholds[name]),
            },
            "fairness": by_looks(kept, seen_by, whole, thresholds[name]),
            "curve": curve(whole),
        }
    return report


def official(pairs, seen_by, tenths):
    same, other = [], []
    for tenth, a, i, b, j in pairs:
        if tenth not in tenths:
            continue
        one, two = seen_by.get(f"{a}_{i:04}.jpg"), seen_by.get(f"{b}_{j:04}.jpg")
        # Who is not found is not accepted.
        score = float(one[3] @ two[3]) if one and two else -1.0
        (same if a == b else other).append(score)
    return np.array(same), np.array(other)


def by_looks(files, seen_by, whole, threshold):
    """False rejects and accepts where both photographs of a pair are in the same third of a measure."""
    looks = np.array([tone(cv2.imread(str(f), cv2.IMREAD_COLOR), seen_by[f.name][1]) for f in files])
    report = {}
    for name, column in (("brightness", 0), ("skin tone (ITA)", 1)):
        edges = np.quantile(looks[:, column], [0, 1 / 3, 2 / 3, 1])
        third = np.clip(np.searchsorted(edges, looks[:, column], side="right") - 1, 0, 2)
        report[name] = {}
        for n, label in enumerate(("dark", "middle", "light")):
            both = (third[whole.same[0]] == n) & (third[whole.same[1]] == n)
            other = (third[whole.other[0]] == n) & (third[whole.other[1]] == n)
            scores = whole.scores[whole.other][other]
            report[name][label] = {
                "frr": measure.rate(int((whole.same_scores[both] < threshold).sum()), int(both.sum())),
                "far": measure.rate(int((scores >= threshold).sum()), len(scores)),
            }
    return report


# Places in an aligned face that something lies over, and its colour (blue, green, red).
COVERS = {
    "dark glasses": ([[24, 40], [88, 40], [88, 62], [64, 62], [56, 54], [48, 62], [24, 62]], (25, 22, 20)),
    "a mask over mouth and nose": ([[18, 64], [56, 58], [94, 64], [88, 100], [56, 114], [24, 100]], (210, 190, 170)),
    "a cap down to the brows": ([[2, -30], [110, -30], [106, 34], [56, 28], [6, 34]], (90, 50, 30)),
}


def covered(picture, points, cover):
    """The photograph with something drawn over the face that has these points."""
    corners, colour = COVERS[cover]
    back = cv2.invertAffineTransform(geometry.similarity(points, geometry.POINTS))
    corners = np.array(corners, np.float64) @ back[:, :2].T + back[:, 2]
    return cv2.fillPoly(picture.copy(), [np.round(corners).astype(np.int32)], colour, lineType=cv2.LINE_AA)


def covers(files, found, sets_, thresholds):
    """Of everybody who is seen twice or more, how often the last photograph is refused against the first:
    as it is, and with something over the face. Glasses, masks and caps are painted: real ones differ."""
    by = {}
    for file in files:
        by.setdefault(sources.person_of(file), []).append(file)
    twice = [(group[0], group[-1]) for group in by.values() if len(group) > 1]
    refused = {s.name: dict.fromkeys(("nothing", *COVERS), 0) for s in sets_}
    count = 0
    for one, other in twice:
        known = found["published"][other.name]
        if known is None or any(found[s.name][one.name] is None for s in sets_):
            continue
        count += 1
        picture = cv2.imread(str(other), cv2.IMREAD_COLOR)
        for cover in ("nothing", *COVERS):
            shown = None if cover == "nothing" else covered(picture, known[1], cover)
            for s in sets_:
                mine = found[s.name][other.name] if shown is None else s(shown)
                score = -1.0 if mine is None else float(mine[3] @ found[s.name][one.name][3])
                refused[s.name][cover] += score < thresholds[s.name]
    return {name: {cover: measure.rate(n, count) for cover, n in by_cover.items()} for name, by_cover in refused.items()}


def curve(whole):
    """False rejects for false accepts from 0.01 % to 30 %."""
    fars = np.geomspace(1e-4, 0.3, 60)
    return [[float(far), whole.false_rejects(whole.threshold(far))] for far in fars]


RACES = {"0": "White", "1": "Black", "2": "Asian", "3": "Indian", "4": "other"}


def groups(folder, sets_, thresholds, each=500):
    """UTKFace, which nothing of ours is trained on: how often a face is found, and how often strangers of
    one group are taken for one person. It says how old and of which group people look to whoever labelled
    them; nobody is in it under a name, so a few pairs may be one person."""
    by = {}
    for file in sorted(pathlib.Path(folder).glob("*.jpg")):
        parts = file.name.split("_")
        if len(parts) == 4 and parts[2] in RACES and int(parts[0]) >= 18:
            by.setdefault(f"{RACES[parts[2]]}, {'women' if parts[1] == '1' else 'men'}", []).append(file)
    report = {s.name: {} for s in sets_}
    draw = np.random.default_rng(5)
    for group in sorted(by):
        files = [by[group][n] for n in draw.permutation(len(by[group]))[:each]]
        for s in sets_:
            vectors, missed = [], 0
            for file in files:
                picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
                edge = picture.shape[0] // 3
                picture = cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
                found = s(picture)
                missed += found is None
                if found is not None:
                    vectors.append(found[3])
            vectors = np.stack(vectors)
            one, two = np.triu_indices(len(vectors), 1)
            scores = (vectors @ vectors.T)[one, two]
            # More alike than this is one person twice, not two.
            scores = scores[scores < 0.8]
            report[s.name][group] = {
                "missed": measure.rate(missed, len(files)),
                "far": measure.rate(int((scores >= thresholds[s.name]).sum()), len(scores)),
            }
    return report
