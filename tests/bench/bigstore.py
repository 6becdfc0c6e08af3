#!/usr/bin/env python3
"""bigstore.py HDRIVE STORE: a store with a large sweep, in a few seconds.

HDRIVE, the program, makes the store and the sweep, so that the schema and the
file are what they are today; the trials are written by SQL, as an engine would
have left them. --trials 10000 --values 100 are a million values, of two metrics.

--state Running leaves the last trials running and queued. The numbers are the
same each time: a parameter, --lr, decides most of the result, --momentum nothing.
"""
import argparse
import json
import math
import os
import random
import sqlite3
import subprocess
import tempfile

SECOND = 1000000
BEGIN = 1760000000 * SECOND

KINDS = [
    ("--lr", "loguniform", [-9, 0]),
    ("--opt", "choice", [["sgd", "adam", "rmsprop"]]),
    ("--units", "quniform", [16, 256, 16]),
    ("--dropout", "uniform", [0, 0.6]),
    ("--depth", "randint", [12]),
    ("--weight-decay", "loguniform", [-12, -3]),
    ("--act", "choice", [["relu", "gelu", "tanh", "swish"]]),
    ("--momentum", "uniform", [0, 0.99]),
    ("--batch", "choice", [[16, 32, 64, 128]]),
    ("--clip", "lognormal", [0, 1]),
]


def kinds(count):
    more = [(f"--extra{i}", "uniform", [0, 1]) for i in range(len(KINDS), count)]
    return (KINDS + more)[:count]


def config(parameters, trials):
    rows = "".join(
        f"  - {json.dumps({'name': n, 'expression': e, 'values': v})}\n" for n, e, v in parameters
    )
    return (
        "sampling:\n  type: random\n  parameter_space:\n" + rows +
        "primary_metric_name: acc\nprimary_metric_goal: maximize\n"
        f"max_total_runs: {trials}\nmax_concurrent_runs: 8\n"
    )


def draw(rng, expression, values):
    if expression == "choice":
        return rng.choice(values[0])
    if expression == "randint":
        return rng.randrange(values[0])
    if expression == "loguniform":
        return math.exp(rng.uniform(*values))
    if expression == "quniform":
        return round(rng.uniform(values[0], values[1]) / values[2]) * values[2]
    if expression == "lognormal":
        return math.exp(rng.gauss(*values))
    return rng.uniform(*values)


def quality(rng, point):
    lr = (math.log(point.get("--lr", 0.01)) + 5) / 4
    opt = {"adam": 0.05, "sgd": 0}.get(point.get("--opt"), 0.02)
    return 0.9 - 0.25 * lr * lr + opt - 0.1 * point.get("--dropout", 0) + rng.gauss(0, 0.01)


def names(db, words):
    db.executemany("INSERT OR IGNORE INTO name(text) VALUES(?)", [(w,) for w in words])
    return [db.execute("SELECT key FROM name WHERE text = ?", (w,)).fetchone()[0] for w in words]


class Sweep:
    def __init__(self, db, key, options):
        self.db, self.key, self.options = db, key, options
        self.rng = random.Random(options.seed)
        self.parameters = kinds(options.parameters)
        self.acc, self.loss, self.rule = names(db, ["acc", "loss", "name=value"])
        self.trial = db.execute("SELECT coalesce(max(key), 0) FROM trial").fetchone()[0]
        self.best = (-math.inf, None)

    def state(self, number):
        left = self.options.trials - number
        if self.options.state == "Running" and left <= 4:
            return ("Queued", "", None)
        if self.options.state == "Running" and left <= 12:
            return ("Running", "", None)
        if number % 29 == 28:
            return ("Failed", "exit", 1)
        return ("Completed", "exit", 0) if number % 7 else ("Canceled", "policy", None)

    def curve(self, point, state):
        if state == "Queued":
            return []
        top = quality(self.rng, point)
        length = max(1, self.options.values // 2)
        if state == "Canceled":
            length = max(1, length // 3)
        return [top * (1 - math.exp(-4 * (i + 1) / length)) + self.rng.gauss(0, 0.004)
                for i in range(length)]

    def rows(self, number):
        """The row of a trial, and those of its metrics and parameters."""
        self.trial += 1
        state, end, code = self.state(number)
        point = {n: draw(self.rng, e, v) for n, e, v in self.parameters}
        curve = self.curve(point, state)
        created = BEGIN + number * 3 * SECOND
        started = None if state == "Queued" else created + SECOND // 10
        ended = started + (20 + number % 17) * SECOND if end else None
        best = max(curve) if curve else None
        if curve and best > self.best[0]:
            self.best = (best, number)
        trial = (self.trial, self.key, number, state, end, "", code, 1, created, started, ended,
                 len(curve), best, curve[-1] if curve else None, best,
                 created + SECOND if curve else None, -best if curve else None, number,
                 json.dumps(point, separators=(",", ":")),
                 json.dumps(["train"] + [str(w) for kv in point.items() for w in kv]),
                 number % 8, number if end else None)
        metrics = []
        for i, value in enumerate(curve):
            at = (started or 0) + (i + 1) * SECOND // 10
            metrics.append((self.trial, 2 * i + 1, self.acc, value, i + 1, 0, self.rule, at))
            metrics.append((self.trial, 2 * i + 2, self.loss, 1 - value, 0, 0, self.rule, at))
        return trial, metrics, [(self.trial, i, n, kind(v), v)
                                for i, (n, v) in enumerate(point.items())]

    def write(self):
        for number in range(self.options.trials):
            trial, metrics, parameters = self.rows(number)
            self.db.execute(
                "INSERT INTO trial(key, sweep, number, state, end_reason, end_detail, exit_code,"
                " attempt, created, started, ended, intervals, best, last, value, best_time, rank,"
                " known, parameters, arguments, slot, settled)"
                " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", trial)
            self.db.executemany(
                "INSERT INTO metric(trial, sequence, name, value, interval, source, rule, time)"
                " VALUES(?,?,?,?,?,?,?,?)", metrics)
            self.db.executemany(
                "INSERT INTO parameter(trial, position, name, kind, value) VALUES(?,?,?,?,?)",
                parameters)

    def end(self):
        running = self.options.state == "Running"
        value, number = self.best
        self.db.execute("DELETE FROM study WHERE sweep = ?", (self.key,))
        self.db.execute(
            "UPDATE sweep SET state = ?, command = '[\"train\"]', best_trial = ?, best = ?,"
            " created = ?, started = ?, ended = ?, engine_pid = ?, engine_start = ?"
            " WHERE key = ?",
            (self.options.state, number, None if number is None else value, BEGIN, BEGIN,
             None if running else BEGIN + self.options.trials * 4 * SECOND,
             os.getppid() if running else None, start_of(os.getppid()) if running else None,
             self.key))


def kind(value):
    if isinstance(value, str):
        return "text"
    return "integer" if isinstance(value, int) else "real"


def start_of(pid):
    """Field 22 of its stat file: who made the store stands for an engine that lives."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[19])


def make(options):
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(config(kinds(options.parameters), options.trials))
        file.flush()
        subprocess.run([options.hdrive, "create", file.name, "--name", options.name,
                        "--db", options.store, "-q"], check=True, stdout=subprocess.DEVNULL)
    db = sqlite3.connect(options.store, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN IMMEDIATE")
    key = db.execute("SELECT key FROM sweep WHERE name = ?", (options.name,)).fetchone()[0]
    sweep = Sweep(db, key, options)
    sweep.write()
    sweep.end()
    db.execute("COMMIT")
    db.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("hdrive")
    parser.add_argument("store", help="the file; its folder is made")
    parser.add_argument("--name", default="big")
    parser.add_argument("--trials", type=int, default=10000)
    parser.add_argument("--values", type=int, default=100, help="of a trial, half of them acc")
    parser.add_argument("--parameters", type=int, default=10)
    parser.add_argument("--state", default="Completed",
                        choices=["Completed", "Running", "Canceled", "Failed"])
    parser.add_argument("--seed", type=int, default=7)
    make(parser.parse_args())


if __name__ == "__main__":
    main()
