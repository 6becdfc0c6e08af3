"""optuna_sqlite.py COUNT DATABASE PROGRAM: the benchmark's trials by Optuna.

Two at a time, its SQLite storage, random search. Prints the seconds that
optimize() took: imports and the making of the schema are not counted.
"""
import subprocess
import sys
import time

import optuna

count, database, program = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def objective(trial):
    x = trial.suggest_float('x', 0, 1)
    done = subprocess.run([program, '--x', repr(x)], stdout=subprocess.PIPE,
                          check=True)
    return float(done.stdout.partition(b'=')[2])


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(storage='sqlite:///' + database,
                            sampler=optuna.samplers.RandomSampler(seed=1))
start = time.monotonic()
study.optimize(objective, n_trials=count, n_jobs=2)
print(time.monotonic() - start)
