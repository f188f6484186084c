"""What a photograph of a photograph looks like: prints and screens, made by calculation.

No real attack is seen in training. Each step is one that light takes: a tone curve, a raster, a second
lens, a second sensor.
"""

import cv2
import numpy as np

PRINT, SCREEN, PERSON = 0, 1, 2
KINDS = ("halftone print", "photo print", "screen raster", "screen moire")


def grid(high, wide, angle, period, phase=(0, 0)):
    """Two coordinates of a turned raster, in periods."""
    y, x = np.mgrid[:high, :wide].astype(np.float32)
    c, s = np.cos(angle) / period, np.sin(angle) / period
    return x * c + y * s + phase[0], -x * s + y * c + phase[1]


def halftone(picture, draw):
    """Dots of three inks, each at its own angle."""
    high, wide = picture.shape[:2]
    period = draw.uniform(3.0, 7.0)
    base = draw.uniform(0, np.pi / 2)
    out = np.empty_like(picture)
    for channel, angle in enumerate(base + np.array([0.26, 1.31, 0.0])):
        u, v = grid(high, wide, angle, period, draw.random(2))
        dots = (np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v)) / 4 + 0.5
        edge = draw.uniform(4, 12)
        out[:, :, channel] = 1 / (1 + np.exp(np.clip(-edge * (picture[:, :, channel] - dots), -30, 30)))
    part = draw.uniform(0.45, 1.0)
    return picture * (1 - part) + out * part


def inked(picture, draw):
    """Paper is not white, ink not black, and colours are fewer."""
    grey = picture.mean(2, keepdims=True)
    picture = grey + (picture - grey) * draw.uniform(0.45, 0.95)
    low, high = draw.uniform(0.06, 0.2), draw.uniform(0.75, 0.95)
    paper = np.array([1, draw.uniform(0.94, 1), draw.uniform(0.86, 0.99)], np.float32)
    return (low + picture * (high - low)) * paper


def banded(picture, draw):
    """Lines that a printer's head leaves."""
    high = picture.shape[0]
    lines = 1 + draw.uniform(0.01, 0.05) * np.sin(np.arange(high) * 2 * np.pi / draw.uniform(3, 14) + draw.random())
    return picture * lines[:, None, None].astype(np.float32)


def grained(picture, draw):
    """Paper under slanting light."""
    noise = draw.normal(0, 1, (picture.shape[0] // 2 + 1, picture.shape[1] // 2 + 1)).astype(np.float32)
    noise = cv2.resize(noise, picture.shape[1::-1])
    return picture * (1 + draw.uniform(0.005, 0.03) * noise[:, :, None])


def pixels(picture, draw):
    """Stripes of red, green and blue with dark between."""
    high, wide = picture.shape[:2]
    period = draw.uniform(1.6, 6.0)
    u, v = grid(high, wide, draw.normal(0, 0.02), period, draw.random(2))
    deep = draw.uniform(0.1, 0.9)
    out = np.empty_like(picture)
    for channel in range(3):
        stripe = 0.5 + 0.5 * np.cos(2 * np.pi * (u - channel / 3))
        line = 0.75 + 0.25 * np.cos(2 * np.pi * v)
        out[:, :, channel] = picture[:, :, channel] * (1 - deep + deep * 1.6 * stripe * line)
    return out


def moire(picture, draw):
    """Waves where one raster is seen through another: slow, coloured, bent by the lens."""
    high, wide = picture.shape[:2]
    out = picture.copy()
    bend = draw.uniform(-0.004, 0.004, 2)
    for _ in range(int(draw.integers(1, 3))):
        u, v = grid(high, wide, draw.uniform(0, np.pi), draw.uniform(4, 40))
        wave = np.sin(2 * np.pi * (u + bend[0] * v * v + bend[1] * u * v))
        tint = 1 + draw.normal(0, 0.6, 3).astype(np.float32)
        out = out * (1 + draw.uniform(0.015, 0.16) * wave[:, :, None] * tint)
    return out


def shone(picture, draw):
    """A screen's own curve, its bluish white, and what is reflected in it."""
    picture = np.clip(picture, 0, 1) ** draw.uniform(0.8, 1.5)
    picture = picture * np.array([draw.uniform(0.85, 1), draw.uniform(0.92, 1), draw.uniform(1, 1.12)], np.float32)
    if draw.random() < 0.4:
        high, wide = picture.shape[:2]
        y, x = np.mgrid[:high, :wide].astype(np.float32)
        at, size = draw.random(2) * [wide, high], draw.uniform(0.15, 0.6) * wide
        spot = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * size**2))
        picture = picture * draw.uniform(0.85, 1) + draw.uniform(0.05, 0.35) * spot[:, :, None]
    return np.minimum(picture * np.exp(draw.normal(0, 0.2)), 1) + draw.uniform(0, 0.12)


def framed(picture, draw, behind):
    """The copy ends somewhere: paper's edge or a screen's frame, and the room behind it."""
    high, wide = picture.shape[:2]
    top, left, bottom, right = (draw.uniform(0.02, 0.32, 4) * [high, wide, high, wide]).astype(int)
    mask = np.zeros((high, wide), np.float32)
    mask[top : high - bottom, left : wide - right] = 1
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    held = corners + draw.normal(0, 0.03, (4, 2)) * [wide, high]
    matrix = cv2.getPerspectiveTransform(corners, held.astype(np.float32))
    edge = np.array([draw.uniform(0, 0.15)] * 3 if draw.random() < 0.6 else draw.uniform(0.7, 1, 3))
    room = cv2.resize(behind, (wide, high)).astype(np.float32) / 255
    mask = cv2.warpPerspective(mask, matrix, (wide, high))
    grow = int(draw.integers(1, 18))
    wider = cv2.dilate(mask, np.ones((grow, grow), np.uint8))
    copy = cv2.warpPerspective(picture.astype(np.float32), matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    around = np.where(wider[:, :, None] > 0.5, edge.astype(np.float32), room)
    return copy * mask[:, :, None] + around * (1 - mask[:, :, None])


def poorer(picture, draw):
    """What is shown or printed has seldom as many pixels as the camera before it."""
    high, wide = picture.shape[:2]
    part = draw.uniform(0.3, 1)
    small = cv2.resize(picture, (int(wide * part), int(high * part)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR)


def attacked(picture, kind, draw, behind):
    """The picture (0 to 1, RGB) as a copy of this kind, before it is photographed again."""
    if draw.random() < 0.5:
        picture = poorer(picture, draw)
    if kind == 0:
        picture = halftone(inked(picture, draw), draw)
    elif kind == 1:
        picture = grained(banded(inked(picture, draw), draw), draw)
    elif kind == 2:
        picture = pixels(shone(picture, draw), draw)
    else:
        picture = moire(shone(picture, draw), draw)
    if draw.random() < 0.45:
        picture = framed(np.clip(picture, 0, 1), draw, behind)
    return picture


def photographed(picture, draw, size):
    """By a camera at hand: its blur, light, noise and compression, in this size. People and copies
    alike go through it, so that it is no sign of either."""
    blur = draw.uniform(0.2, 1.4) * picture.shape[0] / size[1]
    if draw.random() < 0.6:
        picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), max(0.3, blur * 0.6))
    how = cv2.INTER_AREA if draw.random() < 0.5 else cv2.INTER_LINEAR
    picture = cv2.resize(picture.astype(np.float32), size, interpolation=how)
    slope = draw.normal(0, 0.15)
    wide, high = (np.linspace(-slope, slope, length, dtype=np.float32) for length in size)
    picture = picture * (1 + (wide[None, :, None] if draw.random() < 0.7 else high[:, None, None]))
    if draw.random() < 0.15:
        picture = np.repeat(picture.mean(2, keepdims=True), 3, 2)
    picture = np.clip(picture * np.exp(draw.normal(0, 0.09, 3)), 0, 1) ** np.exp(draw.normal(0, 0.25))
    picture = (picture - 0.5) * draw.uniform(0.7, 1.2) + 0.5 + draw.normal(0, 0.06)
    picture = picture + draw.normal(0, draw.uniform(0.002, 0.03), picture.shape)
    out = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    if draw.random() < 0.5:
        quality = int(draw.integers(40, 95))
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return out
