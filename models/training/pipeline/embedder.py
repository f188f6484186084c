"""Teaches the embedder to say of any face, also of one that nobody has, what the teacher says of it.

One process makes pictures and asks the teacher, another learns from those that are there; each picture
is seen a few times before it gives way to a new one, each time displaced and mirrored in another way. The
teacher sees it at its place and mirrored, and what it says of both is what ours should say of all.
"""

import copy
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional

from . import augment, faces, geometry, measure, nets, teachers
from .classifier import begun_with, options, set_rate
from .pool import Pool

POOL = 12_000
EACH_SEEN = 8
BATCH = 128
# Around a face, so that one that is displaced has something there.
MARGIN = 8


def crops_for_training(data, held):
    """Faces of people who are neither chosen nor reported on, by name, and of other sources by the
    teacher's own eyes: one that is too like somebody held out is left out."""
    crops = [held.crops[held.indices("training")]]
    out = np.concatenate([held.indices("choosing"), held.indices("reporting")])
    teach = teachers.embedder()
    known = embedded(teach, held.crops[out])
    for name in ("masks", "catsdogs"):
        more = np.load(pathlib.Path(data) / f"prepared/{name}.npz")["crops"]
        like = (embedded(teach, more) @ known.T).max(1)
        print(f"{name}: {(like < 0.45).sum()} of {len(more)} faces are of nobody who is held out", flush=True)
        crops.append(more[like < 0.45])
    return np.concatenate(crops)


def embedded(net, crops):
    """Vectors of the middle of crops, by anything that takes batches of -1 to 1."""
    edge = (crops.shape[1] - 112) // 2
    vectors = []
    for start in range(0, len(crops), 128):
        part = crops[start : start + 128, edge : edge + 112, edge : edge + 112]
        values = torch.from_numpy(part.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1
        vectors.append(net(values).float())
    return functional.normalize(torch.cat(vectors)).numpy()


class Lesson:
    """Makes a picture and asks the teacher about it."""

    def __init__(self, crops):
        self.crops, self.session = crops, None

    def __call__(self, draw):
        if self.session is None:  # in the process that makes them
            self.session = teachers.session(teachers.path_of("mobilefacenet-112"))
        face = augment.face(self.crops, draw, geometry.SIZE + 2 * MARGIN)
        middle = face[MARGIN:-MARGIN, MARGIN:-MARGIN].transpose(2, 0, 1)
        values = ((middle - teachers.MEAN) * teachers.SCALE).astype(np.float32)
        return np.ascontiguousarray(face.transpose(2, 0, 1)), teachers.both_ways(self.session, values)


def report(net, held, tenths):
    net.eval()
    with torch.no_grad():
        pairs = held.pairs_of(tenths)
        needed = np.unique(pairs[:, :2])
        crops = held.crops[needed]
        vectors = embedded(net, crops) + embedded(net, crops[:, :, ::-1])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    at = {index: n for n, index in enumerate(needed)}
    one, two = ([at[i] for i in pairs[:, side]] for side in (0, 1))
    scores, same = (vectors[one] * vectors[two]).sum(1), pairs[:, 2] == 1
    return measure.accuracy(scores[same], scores[~same])[0], measure.equal_error(scores[same], scores[~same])


def train(data, folders, out, begin, samples, minutes, rate, seed):
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    held = faces.Faces(data, folders["pairs"])
    crops = crops_for_training(data, held)
    print(f"{len(crops)} faces to learn from, on {device}", flush=True)
    side = geometry.SIZE + 2 * MARGIN
    first = np.zeros((3, side, side), np.uint8), np.zeros(128, np.float32)
    pool = Pool(Lesson(crops), first, POOL, EACH_SEEN, seed)
    net = begun_with(nets.Embedder(), begin).to(device).to(memory_format=torch.channels_last)
    steady = copy.deepcopy(net)
    decayed = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0}], lr=rate
    )
    pool.wait_for(POOL)
    begun, step, seen, told, smooth = time.time(), 0, 0, 0.0, None
    while (done := max(seen / samples, (time.time() - begun) / 60 / minutes)) < 1:
        set_rate(optimiser, rate, 300, step, done)
        pictures, wanted = (tensor.to(device) for tensor in pool.batch(BATCH))
        batch = augment.displaced(pictures.float().div_(127.5).sub_(1), geometry.SIZE)
        batch = batch.contiguous(memory_format=torch.channels_last)
        anchors = pool.some(1, 1_024).to(device)
        net.train()
        with torch.autocast(device, torch.bfloat16):
            given = net(batch)
        given = functional.normalize(given.float())
        near = (1 - (given * wanted).sum(1)).mean()
        seen_alike = (((given - wanted) @ anchors.T) ** 2).mean()
        loss = near + 20 * seen_alike
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        step, seen = step + 1, seen + BATCH
        smooth = near.item() if smooth is None else 0.99 * smooth + 0.01 * near.item()
        with torch.no_grad():
            keep = min(0.999, step / (step + 10))
            for ours, new in zip(steady.state_dict().values(), net.state_dict().values()):
                if ours.dtype.is_floating_point:
                    ours.lerp_(new, 1 - keep)
                else:
                    ours.copy_(new)
        if time.time() - told > 120:
            told = time.time()
            accuracy, equal = report(steady, held, {8})
            speed = seen / (time.time() - begun)
            print(
                f"{done:6.1%} {seen} seen of {int(pool.counts[0])} made, {speed:.0f}/s, distance {smooth:.4f}, "
                f"chosen on: accuracy {accuracy:.4f} EER {equal:.4f}",
                flush=True,
            )
            torch.save(steady.state_dict(), out)
    torch.save(steady.state_dict(), out)
    print("choosing", report(steady, held, {8}), "reporting", report(steady, held, {9, 10}), flush=True)
    pool.end()


if __name__ == "__main__":
    train(**options(1_500_000))
