"""Data-parallel training in the least number of lines: a line through points.

Each process has a part of the points; after each step all go on with the mean
of their gradients. It wants nothing but Python: the processes meet as those of
torch.distributed do with init_method="env://", by MASTER_ADDR, MASTER_PORT,
RANK and WORLD_SIZE. With torch the class Group is torch.distributed.
"""

import json
import os
import random
import socket
import sys
import time


class Group:
    """Rank 0 hears of all, and tells all of the mean."""

    def __init__(self):
        self.rank, self.size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
        at = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
        if self.rank == 0:
            door = socket.create_server(("", at[1]))
            links = [door.accept()[0] for _ in range(self.size - 1)]
        else:
            links = [self.connect(at)]
        self.files = [link.makefile("rw") for link in links]

    def connect(self, at):
        for _ in range(300):
            try:
                return socket.create_connection(at, 10)
            except OSError:  # rank 0 may be later than we are
                time.sleep(0.1)
        sys.exit("rank 0 is not at %s:%d" % at)

    def say(self, values):
        for file in self.files:
            file.write(json.dumps(values) + "\n")
            file.flush()

    def mean(self, values):
        if self.rank:
            self.say(values)
            return json.loads(self.files[0].readline())
        all_values = [values] + [json.loads(file.readline()) for file in self.files]
        mean = [sum(each) / self.size for each in zip(*all_values)]
        self.say(mean)
        return mean


def main():
    rate = float(sys.argv[sys.argv.index("--rate") + 1])
    group = Group()
    random.seed(group.rank)
    points = [(x, 3 * x + 1 + random.gauss(0, 0.1)) for x in (random.random() for _ in range(100))]
    slope = offset = 0.0
    for _ in range(50):
        errors = [(slope * x + offset - y, x) for x, y in points]
        loss = sum(e * e for e, _ in errors) / len(errors)
        gradient = [sum(2 * e * x for e, x in errors) / len(errors),
                    sum(2 * e for e, _ in errors) / len(errors)]
        loss, down, up = group.mean([loss] + gradient)
        slope, offset = slope - rate * down, offset - rate * up
        print("loss=%.6f" % loss, flush=True)  # rank 0's are the trial's
    print("rank %d of %d on node %s: slope %.3f" %
          (group.rank, group.size, os.environ["NODE_RANK"], slope))


if __name__ == "__main__":
    main()
