#!/usr/bin/env python3
"""train.py [--rate R] [--momentum M] [--hidden H]: tell two rings apart.

A network with one hidden layer learns which of two rings around zero a point is
of, with Python's standard library, and prints its loss after each of 27 epochs.

What it needs to go on goes into $HDRIVE_CHECKPOINTS before the loss is printed:
who is stopped for its loss has it then. Started again, it goes on behind the
last epoch that is there; without that folder it begins anew.
"""

import argparse
import json
import math
import os
import random

EPOCHS = 27
FOLDER = os.environ.get("HDRIVE_CHECKPOINTS")
FILE = os.path.join(FOLDER, "state.json") if FOLDER else None


def rings(count):
    """The same points for every trial: x, y, and which ring."""
    draw = random.Random(1958)
    points = []
    for i in range(count):
        radius = draw.gauss(1.0 + i % 2, 0.25)
        angle = draw.uniform(0, 2 * math.pi)
        points.append((radius * math.cos(angle), radius * math.sin(angle), i % 2))
    return points


def start(hidden, seed):
    """Of each hidden unit the weights of x, y and 1, and its own."""
    draw = random.Random(seed)
    return {
        "epoch": 0,
        "weights": [[draw.gauss(0, 0.7) for _ in range(4)] for _ in range(hidden)],
        "speed": [[0.0] * 4 for _ in range(hidden)],
        "bias": 0.0,
    }


def load():
    if not FILE or not os.path.exists(FILE):
        return None
    with open(FILE) as file:
        return json.load(file)


def save(state):
    """Whole or not at all: the old file stands until the new one is written."""
    if not FILE:
        return
    with open(FILE + ".new", "w") as file:
        json.dump(state, file)
    os.replace(FILE + ".new", FILE)


def epoch(state, points, rate, momentum):
    """One pass over the points; the mean loss on the way."""
    total = 0.0
    for x, y, ring in points:
        tanhs = [math.tanh(a * x + b * y + c) for a, b, c, _ in state["weights"]]
        score = state["bias"] + sum(w[3] * t for w, t in zip(state["weights"], tanhs))
        chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
        total -= math.log(chance if ring else 1 - chance)
        error = chance - ring
        state["bias"] -= rate * error
        for w, v, t in zip(state["weights"], state["speed"], tanhs):
            inner = error * w[3] * (1 - t * t)
            for i, slope in enumerate((inner * x, inner * y, inner, error * t)):
                v[i] = momentum * v[i] - rate * slope
                w[i] += v[i]
    return total / len(points)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--hidden", type=int, default=6)
    args = parser.parse_args()
    points = rings(60)
    state = load()
    if state:
        print("going on behind epoch %d" % state["epoch"], flush=True)
    else:
        state = start(args.hidden, int(os.environ.get("HDRIVE_SEED", "1")))
    while state["epoch"] < EPOCHS:
        loss = epoch(state, points, args.rate, args.momentum)
        state["epoch"] += 1
        save(state)
        print("epoch %d: loss=%.6f" % (state["epoch"], loss), flush=True)


if __name__ == "__main__":
    main()
