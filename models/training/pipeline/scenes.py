"""Pictures to find faces in: photographs laid over backgrounds without any, in all sizes."""

import pathlib

import cv2
import numpy as np

SIDE = 256
SURE, DOUBTFUL = 0.65, 0.4


class Photographs:
    """Photographs with what the teacher found in them. Decoded once, kept small."""

    def __init__(self, data, name, folder, keep):
        prepared = np.load(pathlib.Path(data) / "prepared" / f"{name}.npz")
        first = prepared["first"]
        self.items = []
        for n, file in enumerate(prepared["files"]):
            if not keep(str(file)):
                continue
            part = slice(first[n], first[n + 1])
            picture = cv2.imread(str(pathlib.Path(folder) / str(file)), cv2.IMREAD_COLOR)
            scale = min(1, 512 / max(picture.shape[:2]))
            if scale < 1:
                picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            found = prepared["boxes"][part] * scale, prepared["points"][part] * scale, prepared["scores"][part]
            self.items.append((picture, *found))

    def __len__(self):
        return len(self.items)


def without_faces(items):
    return [picture for picture, _, _, scores in items if not (scores > DOUBTFUL).any()]


def moved(picture, boxes, points, matrix, size):
    """A picture and its faces after a transform; faces are upright boxes again, as large as before."""
    out = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT)
    turn, scale = matrix[:, :2], np.hypot(matrix[0, 0], matrix[1, 0])
    middles = (boxes[:, :2] + boxes[:, 2:] / 2) @ turn.T + matrix[:, 2]
    sizes = boxes[:, 2:] * scale
    return out, np.hstack([middles - sizes / 2, sizes]), points @ turn.T + matrix[:, 2]


def photograph(item, draw, wanted):
    """One photograph, scaled so that its largest face is about `wanted` pixels, perhaps turned and
    mirrored. None if it would be larger than the canvas can use."""
    picture, boxes, points, scores = item
    largest = boxes[np.argmax(boxes[:, 2] * boxes[:, 3])]
    scale = wanted / max(largest[2:])
    if scale < 0.6:  # in two steps, so that nothing shimmers
        half = max(scale * 1.2, 0.05)
        picture = cv2.resize(picture, None, fx=half, fy=half, interpolation=cv2.INTER_AREA)
        boxes, points, scale = boxes * half, points * half, scale / half
    if draw.random() < 0.5:
        width = picture.shape[1]
        picture = picture[:, ::-1]
        boxes = np.hstack([(width - boxes[:, 0] - boxes[:, 2])[:, None], boxes[:, 1:]])
        points = points[:, [1, 0, 2, 4, 3]].copy()
        points[:, :, 0] = width - 1 - points[:, :, 0]
    turn = np.deg2rad(draw.normal(0, 10) if draw.random() < 0.6 else 0)
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    high, wide = picture.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [0, high], [wide, high]]) @ np.array([[a, b], [-b, a]])
    low, size = corners.min(0), np.ceil(np.ptp(corners, 0)).astype(int)
    if max(size) > 4 * SIDE:
        return None
    matrix = np.array([[a, -b, -low[0]], [b, a, -low[1]]])
    return (*moved(np.ascontiguousarray(picture), boxes, points, matrix, tuple(int(v) for v in size)), scores)


def scene(photographs, backgrounds, draw):
    """A canvas with its faces: boxes, points, scores of those that can be seen."""
    canvas = background(backgrounds, draw)
    boxes, points, scores = np.zeros((0, 4)), np.zeros((0, 5, 2)), np.zeros(0)
    kind = draw.random()
    count = 0 if kind < 0.12 else 1 if kind < 0.6 else int(draw.integers(2, 6))
    for _ in range(count):
        item = photographs.items[draw.integers(len(photographs))]
        if not len(item[3]):
            continue
        largest = SIDE * (0.95 if count == 1 else 0.45)
        wanted = float(np.exp(draw.uniform(np.log(12), np.log(largest))))
        placed = photograph(item, draw, wanted)
        if placed is None:
            continue
        picture, found, five, sure = placed
        left, top = (int(draw.integers(-length // 2, SIDE - length // 2 + 1)) for length in picture.shape[1::-1])
        if wanted > 90 and draw.random() < 0.7:  # large faces are in the middle
            box = found[np.argmax(found[:, 2])]
            middle = box[:2] + box[2:] / 2
            left, top = (int(v) for v in SIDE / 2 - middle + draw.normal(0, SIDE * 0.08, 2))
        boxes, points, scores = covered(boxes, points, scores, left, top, picture)
        laid(canvas, picture, left, top)
        shift = np.array([left, top])
        boxes = np.vstack([boxes, found + np.array([left, top, 0, 0])])
        points, scores = np.vstack([points, five + shift]), np.concatenate([scores, sure])
    size = seen_size(draw)
    boxes, points, scores = visible(boxes, points, scores, size)
    canvas = recorded(canvas, draw)
    canvas[:, size[0] :] = 0
    canvas[size[1] :] = 0
    return canvas, boxes, points, scores


def background(backgrounds, draw):
    if draw.random() < 0.12:
        return np.full((SIDE, SIDE, 3), draw.integers(0, 255, 3), np.uint8)
    picture = backgrounds[draw.integers(len(backgrounds))]
    high, wide = picture.shape[:2]
    side = int(min(high, wide) * draw.uniform(0.4, 1))
    top, left = draw.integers(0, high - side + 1), draw.integers(0, wide - side + 1)
    part = picture[top : top + side, left : left + side]
    return cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def laid(canvas, picture, left, top):
    high, wide = picture.shape[:2]
    x, y = max(0, left), max(0, top)
    right, bottom = min(SIDE, left + wide), min(SIDE, top + high)
    if right > x and bottom > y:
        part = picture[y - top : bottom - top, x - left : right - left]
        seen = part.any(2, keepdims=True)  # corners of a turned photograph are empty
        canvas[y:bottom, x:right] = np.where(seen, part, canvas[y:bottom, x:right])


def covered(boxes, points, scores, left, top, picture):
    """Faces over which another photograph is laid are gone; half covered ones are doubtful."""
    if not len(boxes):
        return boxes, points, scores
    high, wide = picture.shape[:2]
    low = np.maximum(boxes[:, :2], [left, top])
    far = np.minimum(boxes[:, :2] + boxes[:, 2:], [left + wide, top + high])
    part = np.clip(far - low, 0, None).prod(1) / boxes[:, 2:].prod(1)
    kept = part < 0.9
    scores = np.where(part > 0.15, np.minimum(scores, DOUBTFUL), scores)
    return boxes[kept], points[kept], scores[kept]


def seen_size(draw):
    """What is not square fills the rest with black, on the right or below."""
    if draw.random() < 0.5:
        return SIDE, SIDE
    edge = int(SIDE * draw.uniform(0.5, 0.95))
    return (edge, SIDE) if draw.random() < 0.7 else (SIDE, edge)


def recorded(canvas, draw):
    values = canvas.astype(np.float32) / 255
    if draw.random() < 0.15:
        values = np.repeat(values.mean(2, keepdims=True), 3, 2)
    values = np.clip(values * np.exp(draw.normal(0, 0.08, 3)), 0, 1) ** np.exp(draw.normal(0, 0.3))
    values = (values - 0.5) * draw.uniform(0.6, 1.2) + 0.5 + draw.normal(0, 0.07)
    out = (np.clip(values, 0, 1) * 255).astype(np.uint8)
    if draw.random() < 0.2:
        out = cv2.GaussianBlur(out, (0, 0), draw.uniform(0.3, 1.5))
    if draw.random() < 0.2:
        out = np.clip(out + draw.normal(0, draw.uniform(2, 10), out.shape), 0, 255).astype(np.uint8)
    return out


def visible(boxes, points, scores, size):
    """Cut to what is there: a face of which about half is left is doubtful, a tiny one as well."""
    if not len(boxes):
        return boxes, points, scores
    low, far = np.clip(boxes[:, :2], 0, size), np.clip(boxes[:, :2] + boxes[:, 2:], 0, size)
    part = (far - low).clip(0).prod(1) / boxes[:, 2:].prod(1)
    small = boxes[:, 2:].max(1) < 9
    scores = np.where((part < 0.55) | small, np.minimum(scores, DOUBTFUL), scores)
    kept = part > 0.05
    return boxes[kept], points[kept], scores[kept]
