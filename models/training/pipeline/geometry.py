"""Where the points of an aligned face are, and pictures of faces brought there.

The same numbers and the same similarity transform as `shared/vision/src/align.rs`: what a model is
taught on here has to be what the Worker shows it later.
"""

import cv2
import numpy as np

SIZE = 112
POINTS = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    np.float64,
)


def similarity(source, target):
    """The 2x3 matrix of the move, turn and scale that brings `source` nearest to `target`."""
    source, target = np.asarray(source, np.float64), np.asarray(target, np.float64)
    from_middle, to_middle = source.mean(0), target.mean(0)
    p, q = source - from_middle, target - to_middle
    spread = (p**2).sum()
    a = (p * q).sum() / spread
    b = (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum() / spread
    turn = np.array([[a, -b], [b, a]])
    return np.hstack([turn, (to_middle - turn @ from_middle)[:, None]])


def aligned(picture, points, margin=0):
    """The face upright in a square of `SIZE` plus a margin on each side, in pixels of that square.

    Big faces are made small by the mean of what falls into a pixel, as the crate does.
    """
    side = SIZE + 2 * margin
    matrix = similarity(points, POINTS + margin)
    scale = np.hypot(matrix[0, 0], matrix[1, 0])
    samples = int(np.clip(np.ceil(1 / scale), 1, 8))
    fine = matrix * samples
    # The middle of the first pixel is (0, 0) for OpenCV: the finer grid's begins half a pixel earlier.
    fine[:, 2] += (samples - 1) / 2
    big = cv2.warpAffine(
        picture, fine, (side * samples, side * samples), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return big if samples == 1 else cv2.resize(big, (side, side), interpolation=cv2.INTER_AREA)
