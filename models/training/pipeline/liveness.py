"""Teaches to tell a person before a camera from a print or a screen before one, by a single frame."""

import cv2
import numpy as np

from . import classifier, copies, detector, nets

SIDE = 112
SURROUNDINGS = 1.7
# Rasters are drawn on a picture this much larger than what is left of them.
FINE = 2.0


def surroundings(picture, box, by=SURROUNDINGS):
    """The part of the picture around a face, moved into it where the face is at its border; as
    `shared/vision/src/liveness/network.rs` cuts it."""
    high, wide = picture.shape[:2]
    by = min(by, (wide - 1) / box[2], (high - 1) / box[3])
    part = []
    for start, length, most in ((box[0], box[2], wide), (box[1], box[3], high)):
        side = length * by
        first = int(max(0, min(start + (length - side) / 2, most - 1 - side)))
        part.append(slice(first, first + min(int(side) + 1, most - first)))
    return picture[part[1], part[0]]


def faces_in(photographs):
    """What surrounds the largest sure face of each photograph, RGB."""
    found = []
    for picture, boxes, _, scores in photographs.items:
        sure = np.flatnonzero(scores > 0.75)
        if not len(sure):
            continue
        box = boxes[sure[np.argmax(boxes[sure, 2])]]
        if box[2] >= 50 and (box[:2] >= 0).all():
            found.append(np.ascontiguousarray(surroundings(picture, box, 2.1)[:, :, ::-1]))
    return found


def cut(part, draw):
    """Somewhat more or less of it, as boxes differ."""
    high, wide = part.shape[:2]
    keep = draw.uniform(0.7, 0.95)
    h, w = int(high * keep), int(wide * keep)
    top, left = (int(np.clip(draw.normal(0.5, 0.15), 0, 1) * rest) for rest in (high - h, wide - w))
    return part[top : top + h, left : left + w]


def example(part, kind, draw, behind):
    """A picture for the network; `kind` is one of `copies.KINDS`, or None for a person."""
    fine = int(SIDE * FINE)
    picture = cv2.resize(cut(part, draw), (fine, fine), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(picture.astype(np.float32) / 255, 0, 1)
    if kind is not None:
        picture = copies.attacked(picture, kind, draw, behind)
    return copies.photographed(picture, draw, SIDE)


def lesson(faces, backgrounds):
    def make(draw):
        kind = None if draw.random() < 0.45 else int(draw.integers(4))
        label = copies.PERSON if kind is None else copies.PRINT if kind < 2 else copies.SCREEN
        behind = backgrounds[draw.integers(len(backgrounds))]
        picture = example(faces[draw.integers(len(faces))], kind, draw, behind)
        return np.ascontiguousarray(picture.transpose(2, 0, 1)), np.array([label])

    return make


if __name__ == "__main__":
    given = classifier.options(250_000)
    data, folders = given.pop("data"), given.pop("folders")
    photographs, backgrounds = detector.people(data, folders), detector.nobody(data, folders)
    faces = faces_in(photographs)
    print(f"{len(faces)} faces to learn from", flush=True)
    classifier.train(nets.Classifier(3, (16, 24, 48, 64)), lesson(faces, backgrounds), **given)
