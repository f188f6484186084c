"""Teaches to tell a person before a camera from a print or a screen before one, by a single frame. What is
a copy is known, because we made it; how much like a person one looks, the published network says too.
It has seen real copies, which ours never does."""

import cv2
import numpy as np

from . import classifier, copies, detector, nets, teachers

SIDE = 112
SURROUNDINGS = 1.7
# What is photographed is more than the network sees: the published one looks at 2.7 times the box.
WIDEST = 2.9
# Rasters are drawn on a picture this much larger than what is left of them.
FINE = 2
# The part of the people who are seen in a photograph as it is, by no second camera.
AS_IT_IS = 0.25
# Whom the published network takes for a copy is taken for one so far. Wholly would refuse too many.
DOUBTED = 0.5


def around(size, box, by):
    """Where the part of a picture around a face is, moved into it where the face is at its border; as
    `shared/vision/src/liveness/network.rs` finds it."""
    high, wide = size
    by = min(by, (wide - 1) / box[2], (high - 1) / box[3])
    part = []
    for start, length, most in ((box[0], box[2], wide), (box[1], box[3], high)):
        side = length * by
        first = int(max(0, min(start + (length - side) / 2, most - 1 - side)))
        part.append(slice(first, first + min(int(side) + 1, most - first)))
    return part[1], part[0]


def surroundings(picture, box, by=SURROUNDINGS):
    return picture[around(picture.shape[:2], box, by)]


def faces_in(photographs):
    """What surrounds the largest sure face of each photograph, RGB, and its box in there."""
    found = []
    for picture, boxes, _, scores in photographs.items:
        sure = np.flatnonzero(scores > 0.75)
        if not len(sure):
            continue
        box = boxes[sure[np.argmax(boxes[sure, 2])]]
        if box[2] >= 50 and (box[:2] >= 0).all():
            rows, columns = around(picture.shape[:2], box, WIDEST)
            part = np.ascontiguousarray(picture[rows, columns][:, :, ::-1])
            found.append((part, box - [columns.start, rows.start, 0, 0]))
    return found


def window(part, box, draw):
    """Where the network looks: somewhat more or less of what is around the face, as boxes differ."""
    rows, columns = around(part.shape[:2], box, 2.1)
    keep = draw.uniform(0.7, 0.95)
    sides = []
    for whole in (rows, columns):
        side = (whole.stop - whole.start) * keep
        sides.append((whole.start + np.clip(draw.normal(0.5, 0.15), 0, 1) * (whole.stop - whole.start - side), side))
    return sides


def example(face, kind, draw, behind):
    """A picture for the network, and the whole of what was photographed with the face's box in it; `kind`
    is one of `copies.KINDS`, or None for a person."""
    part, box = face
    (top, high), (left, wide) = window(part, box, draw)
    scale = np.array([SIDE / wide, SIDE / high])
    size = np.maximum(np.round(scale * part.shape[1::-1]).astype(int), SIDE)
    if kind is None and draw.random() < AS_IT_IS:
        picture = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    else:
        picture = cv2.resize(part, size * FINE, interpolation=cv2.INTER_CUBIC)
        picture = np.clip(picture.astype(np.float32) / 255, 0, 1)
        if kind is not None:
            picture = copies.attacked(picture, kind, draw, behind)
        picture = copies.photographed(picture, draw, size)
    x, y = np.clip(np.round([left, top] * scale).astype(int), 0, size - SIDE)
    seen = picture[y : y + SIDE, x : x + SIDE]
    return seen[:, ::-1] if draw.random() < 0.5 else seen, (picture[:, :, ::-1], box * np.tile(scale, 2))


class Published:
    """How probable a person is to the published network. Pictures are BGR, with the face's box."""

    def __init__(self):
        self.session = teachers.session(teachers.path_of("minifasnet-v2-80"))

    def __call__(self, picture, box):
        part = cv2.resize(np.ascontiguousarray(surroundings(picture, box, 2.7)), (80, 80))
        return float(teachers.shares(self.session, part.transpose(2, 0, 1))[1])


def lesson(faces, backgrounds, teacher):
    def make(draw):
        kind = None if draw.random() < 0.45 else int(draw.integers(4))
        behind = backgrounds[draw.integers(len(backgrounds))]
        seen, photograph = example(faces[draw.integers(len(faces))], kind, draw, behind)
        said = np.zeros(3, np.float32)
        if kind is None:
            said[:] = DOUBTED * (1 - teacher(*photograph)) / 2
            said[copies.PERSON] = 1 - said[: copies.PERSON].sum()
        else:
            said[copies.PRINT if kind < 2 else copies.SCREEN] = 1
        return np.ascontiguousarray(seen.transpose(2, 0, 1)), said

    return make


if __name__ == "__main__":
    given = classifier.options(500_000)
    data, folders = given.pop("data"), given.pop("folders")
    photographs, backgrounds = detector.people(data, folders), detector.nobody(data, folders)
    faces = faces_in(photographs)
    print(f"{len(faces)} faces to learn from", flush=True)
    classifier.train(nets.Classifier(3, nets.LIVENESS), lesson(faces, backgrounds, Published()), **given)
