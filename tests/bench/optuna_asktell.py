"""optuna_asktell.py N: N trials of Optuna's random sampler asked for and told
of in memory; prints pairs a second."""
import sys
import time

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
count = int(sys.argv[1])
study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3))
began = time.perf_counter()
for _ in range(count):
    trial = study.ask()
    lr = trial.suggest_float("lr", 1e-4, 1, log=True)
    trial.suggest_int("units", 0, 511)
    trial.suggest_categorical("opt", ["adam", "sgd"])
    study.tell(trial, lr)
print(round(count / (time.perf_counter() - began)))
