"""Our networks as ONNX: fixed sizes, batch normalisation folded in, weights as bytes.

A weight is kept as a quarter of its size: one byte, times a factor for each output channel. The graph
multiplies them out; every runtime does that once, when it loads the model.
"""

import argparse

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from . import nets

OPSET = 17


class Graph:
    def __init__(self, name, shape):
        self.nodes, self.weights, self.outputs, self.count = [], [], [], 0
        self.name = name
        self.input = helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)

    def node(self, kind, inputs, output=None, **attributes):
        self.count += 1
        output = output or f"v{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def kept(self, values):
        self.count += 1
        name = f"w{self.count}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def weight(self, values):
        """As bytes, with a factor for each first index that leaves the smallest error."""
        flat = values.reshape(len(values), -1)
        most = np.abs(flat).max(1).clip(1e-12)
        best, factor = np.full(len(flat), np.inf), most / 127
        for part in np.linspace(0.7, 1.0, 16):
            tried = most * part / 127
            rounded = np.clip(np.round(flat / tried[:, None]), -127, 127) * tried[:, None]
            error = ((rounded - flat) ** 2).sum(1)
            factor = np.where(error < best, tried, factor)
            best = np.minimum(error, best)
        whole = np.clip(np.round(flat / factor[:, None]), -127, 127).astype(np.int8).reshape(values.shape)
        shape = (-1,) + (1,) * (values.ndim - 1)
        numbers = self.node("Cast", [self.kept(whole)], to=TensorProto.FLOAT)
        return self.node("Mul", [numbers, self.kept(factor.reshape(shape).astype(np.float32))])

    def convolved(self, layer, value, norm=None):
        weight = layer.weight.detach().double().numpy()
        bias = np.zeros(len(weight)) if layer.bias is None else layer.bias.detach().double().numpy()
        if norm is not None:
            by = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach().double().numpy()
            weight = weight * by[:, None, None, None]
            bias = norm.bias.detach().double().numpy() + (bias - norm.running_mean.double().numpy()) * by
        pad = layer.padding[0]
        return self.node(
            "Conv",
            [value, self.weight(weight), self.kept(bias.astype(np.float32))],
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            pads=[pad] * 4,
            group=layer.groups,
        )

    def through(self, module, value):
        """Any of the modules that our networks are made of."""
        if isinstance(module, nets.Residual):
            return self.node("Add", [value, self.through(module.body, value)])
        if isinstance(module, torch.nn.Sequential):
            layers, at = list(module), 0
            while at < len(layers):
                layer = layers[at]
                if isinstance(layer, torch.nn.Conv2d):
                    norm = layers[at + 1] if at + 1 < len(layers) else None
                    folded = isinstance(norm, torch.nn.BatchNorm2d)
                    value = self.convolved(layer, value, norm if folded else None)
                    at += 1 + folded
                else:
                    value = self.through(layer, value)
                    at += 1
            return value
        if isinstance(module, torch.nn.ReLU):
            return self.node("Relu", [value])
        if isinstance(module, torch.nn.Conv2d):
            return self.convolved(module, value)
        raise TypeError(f"no way to export {type(module).__name__}")

    def linear(self, layer, value, output):
        weight = self.weight(layer.weight.detach().double().numpy())
        bias = self.kept(layer.bias.detach().numpy().astype(np.float32))
        return self.node("Gemm", [value, weight, bias], output, transB=1)

    def gives(self, name, shape):
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def model(self):
        graph = helper.make_graph(self.nodes, self.name, [self.input], self.outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="proof")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        return model


def embedder(state):
    net = nets.Embedder()
    net.load_state_dict(state)
    graph = Graph("embedder", [1, 3, 112, 112])
    value = graph.through(net.pool, graph.through(net.body, "picture"))
    graph.linear(net.head, graph.node("Flatten", [value], axis=1), "embedding")
    graph.gives("embedding", [1, 128])
    return graph.model()


def detector(state, side=256):
    net = nets.Detector()
    net.load_state_dict(state)
    graph = Graph("detector", [1, 3, side, side])
    value = graph.through(net.stem, "picture")
    parts = [("cls", 0, 1), ("obj", 1, 2), ("bbox", 2, 6), ("kps", 6, 16)]
    for grid, level, before, head in zip(net.GRIDS, net.levels, net.before, net.heads):
        value = graph.through(level, value)
        seen = graph.through(before, value)
        squares = (side // grid) ** 2
        for name, first, end in parts:
            part = torch.nn.Conv2d(head.in_channels, end - first, 1)
            part.weight.data, part.bias.data = head.weight.data[first:end], head.bias.data[first:end]
            lines = graph.node("Transpose", [graph.convolved(part, seen)], perm=[0, 2, 3, 1])
            shape = graph.kept(np.array([1, squares, end - first], np.int64))
            if end - first == 1:
                lines = graph.node("Sigmoid", [lines])
            graph.node("Reshape", [lines, shape], f"{name}_{grid}")
    for name, first, end in parts:
        for grid in net.GRIDS:
            graph.gives(f"{name}_{grid}", [1, (side // grid) ** 2, end - first])
    return graph.model()


def classifier(state, name, side, classes, widths):
    net = nets.Classifier(classes, widths)
    net.load_state_dict(state)
    graph = Graph(name, [1, 3, side, side])
    value = graph.node("GlobalAveragePool", [graph.through(net.body, "picture")])
    graph.linear(net.head, graph.node("Flatten", [value], axis=1), "scores")
    graph.gives("scores", [1, classes])
    return graph.model()


MODELS = {
    "detector": detector,
    "embedder": embedder,
    "liveness": lambda state: classifier(state, "liveness", 112, 3, nets.LIVENESS),
    "eyes": lambda state: classifier(state, "eyes", 32, 2, (12, 24, 32)),
}


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("role", choices=MODELS)
    options.add_argument("state")
    options.add_argument("out")
    given = options.parse_args()
    model = MODELS[given.role](torch.load(given.state, map_location="cpu"))
    with open(given.out, "wb") as file:
        file.write(model.SerializeToString())
