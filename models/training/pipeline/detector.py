"""Teaches the detector to find in scenes what the teacher found in the photographs they are made of."""

import time

import numpy as np
import torch
from torch.nn import functional

from . import nets, scenes, sources
from .classifier import begun_with, options, set_rate
from .pool import Pool

BATCH = 32
# The largest side of faces that a grid looks for; those near a border are looked for by both.
REACH = {8: (0, 44), 16: (32, 104), 32: (76, 10_000)}


def squares_of(grid):
    """The middle of each square, in pixels."""
    count = scenes.SIDE // grid
    row, column = np.divmod(np.arange(count * count), count)
    return np.stack([column, row], 1)


def targets_of(boxes, points, scores):
    """For all squares of all grids: 1 (a face), 0 (none) or -1 (does not matter), its box and points."""
    marks, regions, fives = [], [], []
    for grid in nets.Detector.GRIDS:
        corners = squares_of(grid)
        middles = (corners + 0.5) * grid
        mark = np.zeros(len(corners), np.float32)
        region, five = np.zeros((len(corners), 4), np.float32), np.zeros((len(corners), 5, 2), np.float32)
        low, high = REACH[grid]
        for at in np.argsort(-boxes[:, 2] * boxes[:, 3]):  # small ones last: they are on top
            box, size = boxes[at], boxes[at, 2:].max()
            away = np.abs(middles - box[:2] - box[2:] / 2)
            inside = (away < box[2:] / 2).all(1)
            near = (away < np.maximum(box[2:] * 0.22, grid * 0.75)).all(1)
            if scores[at] < scenes.SURE or not low <= size < high:
                # Parts of a face that is far too large for a grid are no faces; what is nearly in its
                # reach, and what is doubtful, is neither.
                if scores[at] < scenes.SURE or low * 0.7 <= size < high * 1.4:
                    mark[inside & (mark == 0)] = -1
                continue
            mark[inside & ~near & (mark == 0)] = -1
            mark[near] = 1
            region[near] = box
            five[near] = points[at]
        marks.append(mark), regions.append(region), fives.append(five)
    return np.concatenate(marks), np.concatenate(regions), np.concatenate(fives)


def lesson(photographs, backgrounds):
    def make(draw):
        canvas, boxes, points, scores = scenes.scene(photographs, backgrounds, draw)
        picture = np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1))
        return picture, *targets_of(boxes, points, scores)

    return make


def constants(device):
    corners = np.concatenate([squares_of(grid) for grid in nets.Detector.GRIDS])
    grids = np.concatenate([np.full(len(squares_of(grid)), grid) for grid in nets.Detector.GRIDS])
    return (torch.tensor(values, dtype=torch.float32, device=device) for values in (corners, grids))


def loss_of(given, mark, region, five, corners, grids):
    quality, sight, boxes, points = given.split([1, 1, 4, 10], 2)
    face = mark == 1
    count = face.sum().clamp(min=1)
    matters = mark >= 0
    # Most squares are empty and soon known to be: those that are still doubted count most (focal).
    wrong = functional.binary_cross_entropy_with_logits(sight[..., 0], face.float(), reduction="none")
    chance = torch.sigmoid(sight[..., 0])
    doubt = torch.where(face, 1 - chance, chance) ** 2 * torch.where(face, 0.75, 0.5)
    seen = (wrong * doubt * matters).sum() / count
    if not face.any():
        return seen, seen
    at = face.nonzero(as_tuple=True)[1]
    corner, grid = corners[at], grids[at][:, None]
    box, wanted = boxes[face], region[face]
    middle, size = (corner + box[:, :2]) * grid, torch.exp(box[:, 2:].clamp(-4, 6)) * grid
    low, far = middle - size / 2, middle + size / 2
    wanted_low, wanted_far = wanted[:, :2], wanted[:, :2] + wanted[:, 2:]
    both = (torch.minimum(far, wanted_far) - torch.maximum(low, wanted_low)).clamp(min=0).prod(1)
    whole = size.prod(1) + wanted[:, 2:].prod(1) - both
    around = (torch.maximum(far, wanted_far) - torch.minimum(low, wanted_low)).prod(1)
    overlap = both / whole.clamp(min=1e-6)
    boxed = (1 - overlap + (around - whole) / around.clamp(min=1e-6)).mean()
    placed = (points[face].view(-1, 5, 2) + corner[:, None]) * grid[:, None]
    far_off = (placed - five[face]) / wanted[:, None, 2:].mean(2, keepdim=True) * 20
    pointed = functional.smooth_l1_loss(far_off, torch.zeros_like(far_off))
    sure = functional.binary_cross_entropy_with_logits(quality[..., 0][face], overlap.detach().clamp(0, 1))
    return 2 * seen + 2 * boxed + 2 * pointed + 0.5 * sure, seen


def train(data, folders, out, begin, samples, minutes, rate, seed):
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    photographs, backgrounds = people(data, folders), nobody(data, folders)
    print(f"{len(photographs)} photographs with faces, {len(backgrounds)} without, on {device}", flush=True)
    make = lesson(photographs, backgrounds)
    pool = Pool(make, make(np.random.default_rng(0)), 6_000, 2.0, seed)
    net = begun_with(nets.Detector(), begin).to(device).to(memory_format=torch.channels_last).train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    corners, grids = constants(device)
    pool.wait_for(1_500)
    begun, step, seen, told = time.time(), 0, 0, 0.0
    while (done := max(seen / samples, (time.time() - begun) / 60 / minutes)) < 1:
        set_rate(optimiser, rate, 200, step, done)
        pictures, *wanted = (tensor.to(device) for tensor in pool.batch(BATCH))
        batch = pictures.float().div_(127.5).sub_(1).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16):
            given = torch.cat(net(batch), 1)
        loss, missed = loss_of(given.float(), *wanted, corners, grids)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        step, seen = step + 1, seen + BATCH
        if time.time() - told > 60:
            told = time.time()
            speed = seen / (time.time() - begun)
            print(f"{done:6.1%} {seen} seen, {speed:.0f}/s, loss {loss:.3f}, of it sight {missed:.3f}", flush=True)
            torch.save(net.state_dict(), out)
    torch.save(net.state_dict(), out)
    pool.end()


class Together:
    def __init__(self, parts):
        self.items = [item for part in parts for item in part.items]

    def __len__(self):
        return len(self.items)


def nobody(data, folders):
    """Pictures without faces that may be trained on: half of those that are there."""
    empty = [
        scenes.Photographs(data, name, folders[name], sources.for_training)
        for name in sources.WITHOUT_FACES
        if name in folders
    ]
    return [picture for part in empty for picture in scenes.without_faces(part.items)]


def people(data, folders):
    """Photographs of people that may be trained on: of nobody who is held out."""
    pairs = sources.official_pairs(folders["pairs"])
    use = sources.splits(pairs, {sources.person_of(file) for file in sources.names(data, "lfw")})
    lfw = scenes.Photographs(data, "lfw", folders["lfw"], lambda file: use[sources.person_of(file)] == "training")
    masks = scenes.Photographs(data, "masks", folders["masks"], lambda file: True)
    return Together([lfw, masks])


if __name__ == "__main__":
    train(**options(300_000))
