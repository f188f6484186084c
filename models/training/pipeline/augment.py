"""What happens to a face between a head and a file: each call gives another picture of it."""

import cv2
import numpy as np
import torch
from torch.nn import functional


def placed(crop, draw, side):
    """The aligned face in a square of this side, nearly at its place."""
    middle = crop.shape[0] / 2 - 0.5
    turn = np.deg2rad(draw.normal(0, 1.5))
    scale = np.exp(draw.normal(0, 0.02))
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[a, -b, 0], [b, a, 0]])
    matrix[:, 2] = (side - 1) / 2 + draw.normal(0, 0.7, 2) - matrix[:, :2] @ [middle, middle]
    return cv2.warpAffine(crop, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def displaced(pictures, side):
    """The middles of a batch of squares (numbers, channels first), each as far from its place as a
    detector errs, half of them mirrored."""
    count, around = len(pictures), pictures.shape[-1]

    def normal(spread):
        return torch.randn(count, device=pictures.device) * spread

    turn, scale = torch.deg2rad(normal(2.5)), torch.exp(normal(0.03)) * side / around
    mirror = torch.randint(0, 2, (count,), device=pictures.device) * 2 - 1
    a, b = scale * torch.cos(turn), scale * torch.sin(turn)
    across, down = normal(1.4) * 2 / around, normal(1.4) * 2 / around
    moves = torch.stack([torch.stack([a * mirror, -b, across], 1), torch.stack([b * mirror, a, down], 1)], 1)
    grid = functional.affine_grid(moves, (count, 3, side, side), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def mixed(one, other, draw):
    """A face that nobody has: two seen through each other, or half of each."""
    kind = draw.random()
    if kind < 0.4:
        part = draw.uniform(0.25, 0.75)
        return cv2.addWeighted(one, part, other, 1 - part, 0)
    side = len(one)
    ramp = (np.arange(side) - side / 2 - draw.uniform(-16, 16)) / draw.uniform(2, 20)
    mask = np.clip(ramp + 0.5, 0, 1).astype(np.float32)
    mask = mask[:, None] if kind < 0.75 else mask[None, :]
    mask = np.broadcast_to(mask, (side, side))[:, :, None]
    return (one * mask + other * (1 - mask)).astype(np.uint8)


def lit(face, draw):
    """Other light, another camera's colours, no colours at all."""
    values = face.astype(np.float32) / 255
    if draw.random() < 0.2:
        values = np.repeat((values @ np.array([0.299, 0.587, 0.114], np.float32))[:, :, None], 3, 2)
    else:
        values = values * np.exp(draw.normal(0, 0.06, 3)).astype(np.float32)
        grey = values.mean(2, keepdims=True)
        values = grey + (values - grey) * draw.uniform(0.5, 1.3)
    if draw.random() < 0.4:  # light from one side
        slope = np.linspace(-1, 1, len(face), dtype=np.float32) * draw.normal(0, 0.25)
        along = slope[None, :, None] if draw.random() < 0.7 else slope[:, None, None]
        values = values * (1 + along)
    values = np.clip(values, 0, 1) ** np.exp(draw.normal(0, 0.25))
    values = (values - 0.5) * draw.uniform(0.7, 1.2) + 0.5 + draw.normal(0, 0.06)
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)


def recorded(face, draw):
    """Out of focus, from further away, noisy, compressed, a hand or a mask before it."""
    side = len(face)
    if draw.random() < 0.25:
        face = cv2.GaussianBlur(face, (0, 0), draw.uniform(0.3, 1.6))
    if draw.random() < 0.25:
        small = int(side * draw.uniform(0.3, 0.9))
        face = cv2.resize(cv2.resize(face, (small, small), interpolation=cv2.INTER_AREA), (side, side))
    if draw.random() < 0.2:
        noise = draw.normal(0, draw.uniform(2, 12), face.shape)
        face = np.clip(face + noise, 0, 255).astype(np.uint8)
    if draw.random() < 0.1:
        high, wide = draw.integers(15, 50, 2)
        top, left = draw.integers(0, side - high), draw.integers(0, side - wide)
        face = face.copy()
        face[top : top + high, left : left + wide] = draw.integers(0, 255, 3)
    if draw.random() < 0.3:
        quality = int(draw.integers(25, 90))
        face = cv2.imdecode(cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return face


def face(crops, draw, side, mixing=0.35):
    """One picture, from one face or of two."""
    picture = placed(crops[draw.integers(len(crops))], draw, side)
    if draw.random() < mixing:
        other = placed(crops[draw.integers(len(crops))], draw, side)
        picture = mixed(picture, other if draw.random() < 0.5 else other[:, ::-1], draw)
    return np.ascontiguousarray(recorded(lit(picture, draw), draw))
