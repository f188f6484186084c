"""What happens to a face between a head and a file: each call gives another picture of it."""

import cv2
import numpy as np

from . import geometry


def placed(crop, draw):
    """The aligned face, as far from its place as detectors err, mirrored half of the time."""
    side = geometry.SIZE
    middle = crop.shape[0] / 2 - 0.5
    turn = np.deg2rad(draw.normal(0, 2.5))
    scale = np.exp(draw.normal(0, 0.03))
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[a, -b, 0], [b, a, 0]])
    matrix[:, 2] = (side - 1) / 2 + draw.normal(0, 1.2, 2) - matrix[:, :2] @ [middle, middle]
    face = cv2.warpAffine(crop, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return face[:, ::-1] if draw.random() < 0.5 else face


def mixed(one, other, draw):
    """A face that nobody has: two seen through each other, or half of each."""
    kind = draw.random()
    if kind < 0.4:
        part = draw.uniform(0.25, 0.75)
        return cv2.addWeighted(one, part, other, 1 - part, 0)
    ramp = (np.arange(geometry.SIZE) - draw.uniform(40, 72)) / draw.uniform(2, 20)
    mask = np.clip(ramp + 0.5, 0, 1).astype(np.float32)
    mask = mask[:, None] if kind < 0.75 else mask[None, :]
    mask = np.broadcast_to(mask, (geometry.SIZE, geometry.SIZE))[:, :, None]
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
        slope = np.linspace(-1, 1, geometry.SIZE, dtype=np.float32) * draw.normal(0, 0.25)
        along = slope[None, :, None] if draw.random() < 0.7 else slope[:, None, None]
        values = values * (1 + along)
    values = np.clip(values, 0, 1) ** np.exp(draw.normal(0, 0.25))
    values = (values - 0.5) * draw.uniform(0.7, 1.2) + 0.5 + draw.normal(0, 0.06)
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)


def recorded(face, draw):
    """Out of focus, from further away, noisy, compressed, a hand or a mask before it."""
    side = geometry.SIZE
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


def face(crops, draw, mixing=0.35):
    """One picture, from one face or of two."""
    picture = placed(crops[draw.integers(len(crops))], draw)
    if draw.random() < mixing:
        picture = mixed(picture, placed(crops[draw.integers(len(crops))], draw), draw)
    return np.ascontiguousarray(recorded(lit(picture, draw), draw))
