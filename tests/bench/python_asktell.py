#!/usr/bin/python3
"""python_asktell.py BUILD [--rate]: ask + tell a second from Python, random
sampling; with --rate the number alone, of hdrive.

hdrive's study in memory, then Optuna's where python3-optuna is installed; three
parameters, the best of three runs each. Optuna grows slower with its trials, so
it gets fewer. Figures to read, never a test.
"""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.abspath(sys.argv[1]), "python"))

import hdrive  # noqa: E402


def best_of_three(count, make, step):
    """Pairs of ask and tell a second, the fastest run."""
    rates = []
    for _ in range(3):
        study = make()
        start = time.perf_counter()
        for _ in range(count):
            step(study)
        rates.append(count / (time.perf_counter() - start))
    return max(rates)


def hdrive_study():
    return hdrive.Study({"lr": hdrive.loguniform(-9, 0), "opt": ["adam", "sgd"],
                         "units": hdrive.quniform(16, 256, 16)}, sampler="random", seed=1)


def hdrive_step(study):
    trial = study.ask()
    study.tell(trial, trial["lr"])


def optuna_rate():
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def step(study):
        trial = study.ask()
        rate = trial.suggest_float("lr", 1e-4, 1, log=True)
        trial.suggest_categorical("opt", ["adam", "sgd"])
        trial.suggest_int("units", 16, 256, step=16)
        study.tell(trial, rate)

    return best_of_three(1000, lambda: optuna.create_study(
        sampler=optuna.samplers.RandomSampler(seed=1)), step)


rate = best_of_three(20000, hdrive_study, hdrive_step)
if sys.argv[2:] == ["--rate"]:
    print(rate)
    sys.exit()
print("python: hdrive, in memory, random: {:10.0f} ask + tell a second".format(rate))
try:
    print("python: optuna, in memory, random: {:10.0f} ask + tell a second".format(optuna_rate()))
except ImportError:
    print("python: optuna is not installed for {}".format(sys.executable))
