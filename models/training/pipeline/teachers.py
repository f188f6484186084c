"""The published models that teach: a detector with five points, and an embedder.

They are named with their hashes in `models/manifest.toml`; `cargo xtask models add` installs them.
"""

import hashlib
import os
import pathlib
import tomllib

import cv2
import numpy as np

# What MobileFaceNet was taught with, red first.
MEAN = np.array([123.675, 116.28, 103.53], np.float32)[:, None, None]
SCALE = np.array([0.017124754, 0.017507003, 0.017429194], np.float32)[:, None, None]

ROOT = pathlib.Path(__file__).resolve().parents[3]


def path_of(name):
    """The file of a published model, checked against the manifest."""
    manifest = tomllib.loads((ROOT / "models/manifest.toml").read_text())
    entry = next(e for e in manifest["model"] if e["name"] == name)
    places = [os.environ.get("PROOF_MODELS"), ROOT / ".proof/models", ROOT.parent / "shared/models"]
    for place in filter(None, places):
        file = pathlib.Path(place) / entry["file"]
        if file.exists():
            if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
                raise SystemExit(f"{file} is not the {name} of the manifest")
            return file
    raise SystemExit(f"{name} is not installed: cargo xtask models add {name} FILE")


def session(path, threads=1):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def shares(session, values):
    """What it says of each class, of one picture; they add up to one."""
    scores = session.run(None, {session.get_inputs()[0].name: values[None].astype(np.float32)})[0][0]
    e = np.exp(scores - scores.max())
    return e / e.sum()


def both_ways(session, values):
    """The vector of a face and its mirror image together, as `shared/vision/src/embed.rs` makes it."""
    name = session.get_inputs()[0].name
    both = [session.run(None, {name: one[None]})[0][0] for one in (values, np.ascontiguousarray(values[..., ::-1]))]
    vector = sum(one / np.linalg.norm(one) for one in both)
    return vector / np.linalg.norm(vector)


def read_grids(outputs, side, threshold):
    """Boxes (left, top, width, height), five points and scores out of twelve outputs: class, object,
    box and points on grids of 8, 16 and 32 pixels."""
    boxes, points, scores = [], [], []
    for at, grid in enumerate((8, 16, 32)):
        columns = side // grid
        cls, obj = outputs[at].reshape(-1), outputs[3 + at].reshape(-1)
        score = np.sqrt(np.clip(cls, 0, 1) * np.clip(obj, 0, 1))
        kept = np.flatnonzero(score >= threshold)
        if not len(kept):
            continue
        corner = np.stack([kept % columns, kept // columns], 1).astype(np.float32)
        box = outputs[6 + at].reshape(-1, 4)[kept]
        middle, size = (corner + box[:, :2]) * grid, np.exp(box[:, 2:]) * grid
        boxes.append(np.hstack([middle - size / 2, size]))
        kps = outputs[9 + at].reshape(-1, 5, 2)[kept]
        points.append((kps + corner[:, None]) * grid)
        scores.append(score[kept])
    if not boxes:
        return np.zeros((0, 4)), np.zeros((0, 5, 2)), np.zeros(0)
    boxes, points, scores = map(np.concatenate, (boxes, points, scores))
    kept = without_doubles(boxes, scores)
    return boxes[kept], points[kept], scores[kept]


def overlap(box, boxes):
    """Intersection over union of one box with many."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:])
    both = np.clip(high - low, 0, None).prod(1)
    return both / (box[2] * box[3] + boxes[:, 2] * boxes[:, 3] - both + 1e-9)


def without_doubles(boxes, scores, most=0.3):
    """Which of faces that overlap stay: the surer ones."""
    order, kept = np.argsort(-scores), []
    while len(order):
        first, order = order[0], order[1:]
        kept.append(first)
        order = order[overlap(boxes[first], boxes[order]) <= most]
    return kept


def fitted(picture, side):
    """The whole picture in the upper left of a square, the rest black, and the scale."""
    scale = side / max(picture.shape[:2])
    size = [max(1, round(length * scale)) for length in picture.shape[1::-1]]
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    canvas = np.zeros((side, side, *picture.shape[2:]), np.uint8)
    canvas[: size[1], : size[0]] = small
    return canvas, scale


class Detector:
    """Any detector that answers on three grids; YuNet to teach, our own to be measured."""

    def __init__(self, path, side, threshold=0.6, scaled=False):
        """`scaled`: RGB from -1 to 1, as ours takes it; otherwise BGR bytes, as YuNet does."""
        self.session, self.side, self.threshold, self.scaled = session(path), side, threshold, scaled
        self.input = self.session.get_inputs()[0].name
        self.outputs = [f"{kind}_{grid}" for kind in ("cls", "obj", "bbox", "kps") for grid in (8, 16, 32)]

    def __call__(self, picture):
        """`picture` is BGR, as OpenCV reads it."""
        canvas, scale = fitted(picture, self.side)
        values = canvas.transpose(2, 0, 1)[None].astype(np.float32)
        if self.scaled:
            values = np.ascontiguousarray(values[:, ::-1]) / 127.5 - 1
        outputs = self.session.run(self.outputs, {self.input: values})
        boxes, points, scores = read_grids(outputs, self.side, self.threshold)
        return boxes / scale, points / scale, scores


def yunet(threshold=0.6):
    return Detector(path_of("yunet-n-320"), 320, threshold=threshold)


def embedder(device="cpu"):
    """MobileFaceNet over batches of -1 to 1 (n, 3, 112, 112), red first; in bfloat16 unless `exact`."""
    import onnx
    import torch
    from onnx2torch import convert

    net = convert(onnx.load(path_of("mobilefacenet-112"))).eval().to(device)
    net = net.to(memory_format=torch.channels_last)
    mean, scale = (torch.from_numpy(values).to(device) for values in (MEAN, SCALE))

    @torch.no_grad()
    def run(pictures, exact=False):
        values = (pictures * 127.5 + 127.5 - mean) * scale
        values = values.contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16, enabled=not exact):
            out = net(values).reshape(len(pictures), -1)
        return torch.nn.functional.normalize(out.float())

    return run
