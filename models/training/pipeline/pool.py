"""Pictures made by one process while another learns from those that are there."""

import time

import cv2
import numpy as np
import torch
import torch.multiprocessing as processes


class Pool:
    """`make(draw)` gives numpy arrays, the same shapes each time; `first` is an example of them."""

    def __init__(self, make, first, size, each_seen, seed):
        self.size, self.each_seen = size, each_seen
        self.tensors = [torch.zeros(size, *value.shape, dtype=torch.from_numpy(value).dtype) for value in first]
        self.tensors = [tensor.share_memory_() for tensor in self.tensors]
        self.counts = torch.zeros(2, dtype=torch.int64).share_memory_()
        self.draw = torch.Generator().manual_seed(seed)
        # Before the fork: threads of OpenCV's that the other process does not have are waited for there.
        cv2.setNumThreads(1)
        self.maker = processes.Process(target=self._keep_making, args=(make, seed), daemon=True)
        self.maker.start()

    def _keep_making(self, make, seed):
        torch.set_num_threads(1)
        draw = np.random.default_rng(seed)
        while True:
            made, used = self.counts.tolist()
            if made >= self.size + used / self.each_seen:
                time.sleep(0.05)
                continue
            for tensor, value in zip(self.tensors, make(draw)):
                tensor[made % self.size] = torch.from_numpy(value)
            self.counts[0] += 1

    def wait_for(self, count):
        while self.counts[0] < count:
            if not self.maker.is_alive():
                raise SystemExit("the process that makes pictures ended")
            time.sleep(0.2)

    def _chosen(self, count):
        return torch.randint(0, int(min(self.counts[0], self.size)), (count,), generator=self.draw)

    def batch(self, count):
        chosen = self._chosen(count)
        self.counts[1] += count
        return [tensor[chosen] for tensor in self.tensors]

    def some(self, at, count):
        """Of one kind only, and not counted as seen."""
        return self.tensors[at][self._chosen(count)]

    def end(self):
        self.maker.terminate()
