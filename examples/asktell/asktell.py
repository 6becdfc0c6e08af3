"""Branin's function, which has three equal minima of 0.397887, by asking and
telling: the loop is this script's, hdrive says what to try next."""
import json
from math import cos, pi

import hdrive


def branin(x, y):
    a = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6
    return a * a + 10 * (1 - 1 / (8 * pi)) * cos(x) + 10


study = hdrive.Study({"x": hdrive.uniform(-5, 10), "y": hdrive.uniform(0, 15)},
                     goal="minimize", sampler="bayesian", seed=1)
for _ in range(40):
    trial = study.ask()
    trial.tell(branin(**trial.params))
best = study.best
print("best {:.4f} (#{}): {}".format(best.value, best.number,
                                     json.dumps(best.params, separators=(",", ":"))))
