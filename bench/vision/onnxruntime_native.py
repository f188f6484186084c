"""Times the models of one set by onnxruntime on one thread; what there is to do comes as JSON."""

import json
import os
import sys
import time

import numpy
import onnxruntime


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def timed(run, milliseconds):
    for _ in range(3):
        run()
    times = []
    until = time.perf_counter() + milliseconds / 1e3
    while len(times) < 5 or time.perf_counter() < until:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def main():
    work = json.loads(sys.argv[1])
    sessions = {os.path.basename(path): session(path) for path in work["models"]}
    figures = []
    for models in work["photographs"]:
        times, outputs = {}, {}
        for model in models:
            one = sessions[model["file"]]
            values = numpy.fromfile(model["input"], dtype="<f4").reshape(model["shape"])
            feeds = {model["name"]: values}
            answers = one.run(model["outputs"], feeds)
            path = model["answer"] + ".onnxruntime"
            numpy.concatenate([answer.ravel() for answer in answers]).astype("<f4").tofile(path)
            outputs[model["role"]] = path
            times[model["role"] + "-model"] = timed(lambda: one.run(model["outputs"], feeds), work["milliseconds"])
        figures.append({"times": times, "outputs": outputs})
    print(json.dumps({"version": onnxruntime.__version__, "figures": figures}))


main()
