#!/usr/bin/env python3
"""PED-ANOVA once more, in another language and another hand's shape, for
tests/unit/test_importance.c: reads points.tsv, writes expected.tsv.

Columns: result, --x of uniform(-1, 1), --rate of loguniform(-7, 0), --n of
randint(8), --kind of choice(a, b, c), --wide of quniform(0, 1000, 1).
"""
import math
import os
import statistics

HERE = os.path.dirname(os.path.abspath(__file__))
NORMAL = statistics.NormalDist()


def bins(values, low, high, steps):
    width = (high - low) / (steps - 1)
    edges = [low + i * width + width / 2 for i in range(steps - 1)]
    return [sum(v > edge for edge in edges) for v in values]


def bandwidth(places):
    n = len(places)
    ordered = sorted(places)
    spread = statistics.stdev(places) if n > 1 else 0
    # The smallest place with n // 4 at or below, and the first beyond 3n // 4.
    low = ordered[max(n // 4, 1) - 1]
    high = ordered[min(n * 3 // 4, n - 1)]
    return max(1.059 * min(spread, (high - low) / 1.34) * n ** -0.2, 0.5 / 1.64)


def ordered_density(places, steps):
    kernels = [(p, bandwidth(places)) for p in places] + [((steps - 1) / 2, steps)]
    density = [0.0] * steps
    for mu, sigma in kernels:
        mass = [NORMAL.cdf((i + 0.5 - mu) / sigma) - NORMAL.cdf((i - 0.5 - mu) / sigma)
                for i in range(steps)]
        for i in range(steps):
            density[i] += mass[i] / sum(mass) / len(kernels)
    return density


def choice_density(places, steps):
    return [(places.count(i) + 1 / steps) / (len(places) + 1) for i in range(steps)]


def pearson(top, everything):
    return sum(b * (a / b - 1) ** 2 for a, b in zip(top, everything))


def importances(results, columns, quantile=0.1):
    cut = sorted(results)[max(math.ceil(quantile * len(results)), 2) - 1]
    best = [r <= cut for r in results]
    found = {}
    for name, places, steps, density in columns:
        top = [p for p, b in zip(places, best) if b]
        found[name] = pearson(density(top, steps), density(places, steps))
    return {name: value / sum(found.values()) for name, value in found.items()}


def main():
    with open(os.path.join(HERE, "points.tsv"), encoding="ascii") as file:
        rows = [line.split("\t") for line in file.read().splitlines()[1:]]
    result, x, rate, n, kind, wide = zip(*rows)
    columns = [
        ("--x", bins(map(float, x), -1, 1, 50), 50, ordered_density),
        ("--rate", bins([math.log(float(v)) for v in rate], -7, 0, 50), 50, ordered_density),
        ("--n", [int(v) for v in n], 8, ordered_density),
        ("--kind", ["abc".index(v) for v in kind], 3, choice_density),
        ("--wide", bins(map(float, wide), 0, 1000, 50), 50, ordered_density),
    ]
    with open(os.path.join(HERE, "expected.tsv"), "w", encoding="ascii") as file:
        for name, value in importances([float(v) for v in result], columns).items():
            file.write(f"{name}\t{value!r}\n")


if __name__ == "__main__":
    main()
