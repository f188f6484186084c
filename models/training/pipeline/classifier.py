"""Teaches a small network to tell a few classes apart."""

import math
import time

import numpy as np
import torch
from torch.nn import functional

from .pool import Pool

BATCH = 64


def set_rate(optimiser, rate, warm_for, step, done):
    """Up in so many steps, then down along a cosine as the work is done."""
    for group in optimiser.param_groups:
        group["lr"] = rate * min(1, (step + 1) / warm_for) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-6


def begun_with(net, state):
    """The network as it was left in a file, if there is one."""
    if state:
        net.load_state_dict(torch.load(state, map_location="cpu"))
    return net


def train(net, make, out, begin, samples, minutes, rate, seed):
    """`make(draw)` gives a picture (bytes, RGB, channels first) and how much it is of each class."""
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pool = Pool(make, make(np.random.default_rng(0)), 8_000, 2.0, seed)
    pool.wait_for(1_000)
    net = begun_with(net, begin).to(device).train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    begun, step, told, smooth = time.time(), 0, 0.0, None
    while (done := max(step * BATCH / samples, (time.time() - begun) / 60 / minutes)) < 1:
        set_rate(optimiser, rate, 100, step, done)
        pictures, said = pool.batch(BATCH)
        given = net(pictures.to(device).float().div_(127.5).sub_(1))
        loss = functional.cross_entropy(given, said.to(device), label_smoothing=0.03)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        smooth = loss.item() if smooth is None else 0.98 * smooth + 0.02 * loss.item()
        if time.time() - told > 60:
            told = time.time()
            print(f"{done:6.1%} {step * BATCH} seen, loss {smooth:.4f}", flush=True)
            torch.save(net.state_dict(), out)
    torch.save(net.state_dict(), out)
    pool.end()
    return net.eval()


def options(samples):
    import argparse

    given = argparse.ArgumentParser()
    given.add_argument("--data", required=True)
    given.add_argument("--folder", action="append", required=True, help="NAME=FOLDER; pairs=FILE")
    given.add_argument("--out", required=True)
    given.add_argument("--begin", help="a state to go on from, instead of from nothing")
    given.add_argument("--samples", type=int, default=samples)
    given.add_argument("--minutes", type=float, default=1e9)
    given.add_argument("--rate", type=float, default=2e-3)
    given.add_argument("--seed", type=int, default=1)
    values = vars(given.parse_args())
    values["folders"] = dict(pair.split("=", 1) for pair in values.pop("folder"))
    return values
