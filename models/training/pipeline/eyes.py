"""Teaches to tell open eyes from closed ones: squares around an eye, 0.6 times as wide as the eyes are
apart, as the Worker cuts them out."""

import hashlib
import pathlib
import re

import cv2
import numpy as np

from . import classifier, nets

SIDE = 32
CLOSED, OPEN = 0, 1


def held_out(file):
    """A fifth, by person where the name tells who it is (the two eyes of a photograph stay together)."""
    name = pathlib.Path(file).name
    person = re.sub(r"_(\d{4})_[LR]\.jpg$|\.jpg_face_\d+_[LR]\.jpg$", "", name)
    return hashlib.sha256(f"{pathlib.Path(file).parent.name.lower()}/{person}".encode()).digest()[0] < 51


def patches(folders):
    """(picture, class, source, whether it is held out) of every patch."""
    found = []
    places = [("eyestate", "Open", OPEN), ("eyestate", "Closed", CLOSED)]
    places += [("cew", f"{part}/{kind}", label) for part in ("train", "val") for kind, label in (("open", OPEN), ("closed", CLOSED))]
    for source, folder, label in places:
        for file in sorted((pathlib.Path(folders[source]) / folder).iterdir()):
            picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
            if picture is None:
                continue
            scale = 96 / max(picture.shape[:2])
            if scale < 1:
                picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            found.append((np.ascontiguousarray(picture[:, :, ::-1]), label, source, held_out(file)))
    return found


def seen(picture, draw):
    """An eye as another detector would have cut it out, by another camera."""
    high, wide = picture.shape[:2]
    grow = np.exp(draw.uniform(np.log(0.75), np.log(1.5)))
    turn = np.deg2rad(draw.normal(0, 9))
    scale = SIDE / max(high, wide) * grow
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[a, -b, 0], [b, a, 0]])
    off = draw.normal(0, 0.06 * SIDE, 2)
    matrix[:, 2] = (SIDE - 1) / 2 + off - matrix[:, :2] @ [(wide - 1) / 2, (high - 1) / 2]
    if scale < 0.7:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.5 / scale)
    eye = cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    if draw.random() < 0.5:
        eye = eye[:, ::-1]
    if draw.random() < 0.3:
        small = int(draw.integers(8, 24))
        eye = cv2.resize(cv2.resize(eye, (small, small), interpolation=cv2.INTER_AREA), (SIDE, SIDE))
    values = eye.astype(np.float32) / 255
    if draw.random() < 0.4:
        values = np.repeat(values.mean(2, keepdims=True), 3, 2)
    values = np.clip(values * np.exp(draw.normal(0, 0.08, 3)), 0, 1) ** np.exp(draw.normal(0, 0.3))
    values = (values - values.mean()) * draw.uniform(0.6, 1.3) + values.mean() + draw.normal(0, 0.08)
    values += draw.normal(0, draw.uniform(0, 0.03), values.shape)
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)


def plain(picture):
    return cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA if picture.shape[0] > SIDE else cv2.INTER_LINEAR)


def measured(net, found):
    import torch

    for source in ("eyestate", "cew"):
        part = [(picture, label) for picture, label, of, held in found if held and of == source]
        values = np.stack([plain(picture).transpose(2, 0, 1) for picture, _ in part])
        with torch.no_grad():
            given = net(torch.from_numpy(values).float() / 127.5 - 1).argmax(1).numpy()
        labels = np.array([label for _, label in part])
        print(f"{source}: {(given == labels).mean():.4f} of {len(part)} held out", flush=True)


if __name__ == "__main__":
    given = classifier.options(300_000)
    found = patches(given.pop("folders"))
    given.pop("data")
    sets = [[p for p, label, _, held in found if label == kind and not held] for kind in (CLOSED, OPEN)]
    print("to learn from:", [len(s) for s in sets], flush=True)

    def make(draw):
        label = int(draw.integers(2))
        picture = sets[label][draw.integers(len(sets[label]))]
        return np.ascontiguousarray(seen(picture, draw).transpose(2, 0, 1)), np.eye(2, dtype=np.float32)[label]

    net = classifier.train(nets.Classifier(2, (12, 24, 32)), make, **given)
    measured(net.cpu(), found)
