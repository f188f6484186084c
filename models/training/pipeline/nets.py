"""The shapes of our own models. Dense 3x3 convolutions and ReLU: what tract runs well in WebAssembly,
where depthwise ones cost many times more for what they do."""

from torch import nn


def conv(channels, out, size=3, stride=1, groups=1, active=True):
    layers = [nn.Conv2d(channels, out, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(out)]
    return nn.Sequential(*layers, *([nn.ReLU()] if active else []))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels), conv(channels, channels, active=False))

    def forward(self, values):
        return values + self.body(values)


class Embedder(nn.Module):
    """112x112 to 128 numbers. Two halvings at once, so that the work is done at 28x28 and below."""

    def __init__(self, widths=(64, 128, 192), depths=(1, 2, 1), size=128):
        super().__init__()
        layers = [conv(3, 16, stride=2), conv(16, widths[0], stride=2)]
        for at, (width, depth) in enumerate(zip(widths, depths)):
            if at:
                layers.append(conv(widths[at - 1], width, stride=2))
            layers += [Residual(width) for _ in range(depth)]
        self.body = nn.Sequential(*layers)
        last = widths[-1]
        self.pool = nn.Sequential(nn.Conv2d(last, last, 7, groups=last, bias=False), nn.BatchNorm2d(last))
        self.head = nn.Linear(last, size)

    def forward(self, pictures):
        return self.head(self.pool(self.body(pictures)).flatten(1))


class Detector(nn.Module):
    """A square picture to three grids (8, 16, 32 pixels), each square of which says how well a face is
    seen there, whether there is one, its box and its five points."""

    GRIDS = (8, 16, 32)

    def __init__(self, narrow=24, width=64):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, stride=2), conv(16, narrow, stride=2), conv(narrow, narrow))
        self.levels = nn.ModuleList(
            [
                nn.Sequential(conv(narrow, width, stride=2), Residual(width)),
                nn.Sequential(conv(width, width, stride=2), Residual(width)),
                nn.Sequential(conv(width, width, stride=2), Residual(width)),
            ]
        )
        self.before = nn.ModuleList(conv(width, 32) for _ in self.GRIDS)
        self.heads = nn.ModuleList(nn.Conv2d(32, 16, 1) for _ in self.GRIDS)
        for head in self.heads:
            nn.init.constant_(head.bias, 0)
            nn.init.constant_(head.bias[1:2], -4.0)

    def forward(self, pictures):
        """For each grid (n, squares, 16): quality and object before the sigmoid, box, points."""
        values, found = self.stem(pictures), []
        for level, before, head in zip(self.levels, self.before, self.heads):
            values = level(values)
            found.append(head(before(values)).flatten(2).transpose(1, 2))
        return found


# Widths of the one that tells people from copies.
LIVENESS = (16, 32, 64, 96)


class Classifier(nn.Module):
    """A small picture of a face, or a part of one, to scores of a few classes."""

    def __init__(self, classes, widths):
        super().__init__()
        layers = [conv(3, widths[0], stride=2)]
        for before, width in zip(widths, widths[1:]):
            layers += [conv(before, width, stride=2), Residual(width)]
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(widths[-1], classes)

    def forward(self, pictures):
        return self.head(self.body(pictures).mean((2, 3)))
