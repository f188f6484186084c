"""Photographs become faces: found and aligned by the teacher, kept with who it is and where it was."""

import concurrent.futures
import pathlib
import sys

import cv2
import numpy as np

from . import geometry, teachers

MARGIN = 16


def faces_of(file, detector):
    """The photograph, small, and its faces."""
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if picture is None or min(picture.shape[:2]) < 64:
        return None
    boxes, points, scores = detector(picture)
    return picture, boxes, points, scores


_detector = None


def _work(file):
    global _detector
    cv2.setNumThreads(1)
    _detector = _detector or teachers.yunet(0.5)
    found = faces_of(file, _detector)
    if found is None:
        return None
    picture, boxes, points, scores = found
    sure = scores >= 0.75
    width = picture.shape[1]
    crops = []
    for box, five in zip(boxes[sure], points[sure]):
        if box[2] < 48:
            continue
        crop = geometry.aligned(picture, five, MARGIN)[:, :, ::-1]
        middle = np.abs(box[:2] + box[2:] / 2 - np.array(picture.shape[1::-1]) / 2).max() / width
        crops.append((crop, middle, five, box))
    return str(file), picture.shape[:2], boxes, points, scores, crops


def prepare(name, folder, data, limit=None):
    files = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))[:limit]
    rows, crops = [], []
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for at, found in enumerate(pool.map(_work, files, chunksize=64)):
            if at % 2000 == 0:
                print(f"{name}: {at} of {len(files)} photographs, {len(crops)} faces", flush=True)
            if not found:
                continue
            file, shape, boxes, points, scores, faces = found
            if name == "lfw":  # the one it is named after is in the middle
                faces = sorted(faces, key=lambda face: face[1])[:1]
            rows.append((file, shape, boxes, points, scores, [len(crops) + n for n in range(len(faces))]))
            crops.extend(faces)
    out = pathlib.Path(data) / "prepared"
    out.mkdir(parents=True, exist_ok=True)
    # Under its own name only when it is whole: what is there is not prepared again.
    part = out / f"{name}.part.npz"
    np.savez(
        part,
        crops=np.stack([c for c, _, _, _ in crops]),
        five=np.stack([f for _, _, f, _ in crops]),
        of=np.array([n for n, row in enumerate(rows) for _ in row[5]]),
        files=np.array([str(pathlib.Path(row[0]).relative_to(folder)) for row in rows]),
        shapes=np.array([row[1] for row in rows]),
        first=np.cumsum([0] + [len(row[4]) for row in rows]),
        boxes=np.concatenate([row[2].reshape(-1, 4) for row in rows]),
        points=np.concatenate([row[3].reshape(-1, 5, 2) for row in rows]),
        scores=np.concatenate([row[4].reshape(-1) for row in rows]),
    )
    part.replace(out / f"{name}.npz")
    print(f"{name}: {len(crops)} faces in {len(rows)} photographs", flush=True)


if __name__ == "__main__":
    prepare(*sys.argv[1:4])
