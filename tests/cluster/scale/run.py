"""run.py BUILD: a sweep on a made-up cluster (simulate.py), and what it cost.

SCALE_TRIALS   how many trials (10000)
SCALE_NODES    nodes, each for one trial at a time (1000)
SCALE_SECONDS  that a trial takes, "LEAST MOST" (10 30)
SCALE_ARRAY    trials of an array, 0 for jobs of their own (0)
SCALE_RATE     sbatch calls a second at most (50)
SCALE_TROUBLE  how often what goes wrong, "launch=0.01 preempt=0.05" (TROUBLE below;
               "" for nothing)
SCALE_SEED     chooses when (1)

It fails when a trial is lost or counted twice, when there was more than one query of
the scheduler at once, or one sooner than it may be.
"""

import collections
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = ("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo")
QUERIES = ("squeue", "sacct", "scontrol")
# How often what goes wrong, per attempt, and of the last two per sbatch.
TROUBLE = {"launch": 0.002, "preempt": 0.01, "node": 0.003, "lost": 0.001,
           "queued-but-failed": 0.002, "not-queued": 0.002}
VALUES = 3
BUSY, QUIET = 2.0, 30.0  # seconds between two queries, at least
SLACK = 0.25  # of these: a query begins a little after it was due


def number(name, default):
    return int(os.environ.get(name, default))


class Run:
    def __init__(self, build):
        self.build = os.path.realpath(build)
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="hdrive-scale-"))
        self.slurm = os.path.join(self.folder, "slurm")
        self.place = os.path.join(self.folder, "place")
        self.trials = number("SCALE_TRIALS", 10000)
        self.nodes = number("SCALE_NODES", 1000)
        self.seconds = [float(word) for word in
                        os.environ.get("SCALE_SECONDS", "10 30").split()]
        self.problems = []
        self.simulation = None

    def environment(self):
        return dict(os.environ, PATH=f"{self.slurm}/bin:{self.build}:{os.environ['PATH']}",
                    SLURM_CONF=os.path.join(self.slurm, "slurm.conf"))

    # --- its start ---------------------------------------------------------------

    def settings(self):
        trouble = TROUBLE
        if "SCALE_TROUBLE" in os.environ:
            words = [word.split("=") for word in os.environ["SCALE_TROUBLE"].split()]
            trouble = {what: float(often) for what, often in words}
        return {"nodes": self.nodes, "cpus": 1, "min_job_age": 300, "node_timeout": 5,
                "kill_wait": 2, "save_every": 1e9, "accounting": True, "seconds": self.seconds,
                "values": VALUES, "trouble": trouble, "seed": number("SCALE_SEED", 1),
                "latency": {"sbatch": [0.008, 0.045], "squeue": [0.027, 0.039],
                            "sacct": [0.05, 0.1], "scancel": [0.01, 0.03],
                            "scontrol": [0.008, 0.014]}}

    def start(self):
        for name in ("bin", "run", "log", "state"):
            os.makedirs(os.path.join(self.slurm, name))
        os.makedirs(self.place)
        client = os.path.join(self.build, "tests/cluster/slurm-client")
        for name in COMMANDS:
            os.symlink(client, os.path.join(self.slurm, "bin", name))
        with open(os.path.join(self.slurm, "fake.json"), "w") as file:
            json.dump(self.settings(), file)
        log = open(os.path.join(self.slurm, "log/ctl"), "w")
        self.simulation = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "simulate.py"), self.slurm],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while not os.path.exists(os.path.join(self.slurm, "run/socket")):
            time.sleep(0.05)
            if self.simulation.poll() is not None:
                sys.exit(f"no simulation: {self.slurm}/log/ctl")

    def sweep(self):
        with open(os.path.join(self.place, "sweep.yml"), "w") as file:
            file.write("\n".join([
                "sampling:", "  type: random", "  parameter_space:",
                "  - {name: --x, expression: uniform, values: [0, 1]}",
                "policy: {type: NoTerminationPolicy}", "primary_metric_name: acc",
                "primary_metric_goal: maximize", f"max_total_runs: {self.trials}",
                f"max_concurrent_runs: {self.nodes}", ""]))
        program = os.path.join(self.place, "program")
        with open(program, "w") as file:
            file.write("#!/bin/sh\n")
        os.chmod(program, 0o755)
        target = ["hdrive", "target", "add", "lab", "slurm", "partition=main", "memory=100M",
                  f"array={number('SCALE_ARRAY', 0)}", f"max_jobs={self.nodes}",
                  f"submit_rate={number('SCALE_RATE', 50)}", "requeue_delay=1"]
        subprocess.run(target, cwd=self.place, env=self.environment(), check=True,
                       stdout=subprocess.DEVNULL)

    # --- the engine ----------------------------------------------------------------

    def engine(self):
        """Its status, CPU seconds and largest memory in MB."""
        with open(os.path.join(self.place, "engine"), "w") as log:
            engine = subprocess.Popen(
                ["hdrive", "submit", "sweep.yml", "--name", "scale", "--seed", "1", "--no-smoke",
                 "--backend", "lab", "--", "./program"], cwd=self.place,
                env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(engine.pid, 0)
        engine.returncode = os.waitstatus_to_exitcode(status)
        return engine.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    # --- what it did -----------------------------------------------------------------

    def rows(self, sql):
        store = sqlite3.connect(os.path.join(self.place, ".hdrive/hdrive.db"))
        found = store.execute(sql).fetchall()
        store.close()
        return found

    def expect(self, claim, text):
        if not claim:
            self.problems.append(text)

    def check_trials(self):
        trials = self.rows("SELECT number, state, parameters, key, attempt FROM trial"
                           " ORDER BY number")
        missing = self.trials - len({row[0] for row in trials})
        twice = len(trials) - len({row[0] for row in trials})
        open_, wrong = 0, 0
        values = collections.defaultdict(list)
        for key, value in self.rows("SELECT m.trial, m.value FROM metric m JOIN name n ON"
                                    " n.key = m.name WHERE n.text = 'acc' ORDER BY sequence"):
            values[key].append(value)
        for _, state, parameters, key, _ in trials:
            open_ += state != "Completed"
            x = json.loads(parameters)["--x"]
            wrong += values[key] != [x + step / 64 for step in range(1, VALUES + 1)]
        self.expect(missing == 0, f"{missing} trials are lost")
        self.expect(twice == 0, f"{twice} trials are counted twice")
        self.expect(open_ == 0, f"{open_} trials are not completed")
        self.expect(wrong == 0, f"{wrong} trials have not the values that they logged")
        print(f"trials: {len(trials)}, lost {missing}, counted twice {twice}, "
              f"not completed {open_}, with other values {wrong}")
        ends = collections.Counter(row[0] for row in self.rows("SELECT end_reason FROM attempt"))
        again = ", ".join(f"{end or 'none'} {count}" for end, count in sorted(ends.items()))
        print(f"attempts: {sum(row[4] for row in trials)}; ended before the last: "
              f"{again or 'none'}")

    def calls(self):
        found = []
        with open(os.path.join(self.slurm, "log/calls")) as file:
            for line in file:
                began, took, status, words = line.split(" ", 3)
                found.append((float(began), float(took), int(status), json.loads(words)))
        return sorted(found, key=lambda call: call[0])

    def check_calls(self, calls):
        first = calls[0][0]
        minutes = collections.defaultdict(collections.Counter)
        for began, _, _, words in calls:
            minutes[int((began - first) // 60)][words[0]] += 1
        print("calls a minute: " + " ".join(f"{name:>8}" for name in COMMANDS))
        for minute, counts in sorted(minutes.items()):
            print(f"{minute:>14}: " + " ".join(f"{counts[name]:>8}" for name in COMMANDS))
        queries = [call for call in calls if call[3][0] in QUERIES and call[3][1:2] != ["ping"]]
        overlaps = sum(a[0] + a[1] > b[0] + 0.001 for a, b in zip(queries, queries[1:]))
        gaps = [b[0] - a[0] for a, b in zip(queries, queries[1:])
                if b[3][0] == a[3][0] == "squeue"]
        soon = [gap for gap in gaps if gap < BUSY - SLACK]
        print(f"queries: {len(queries)}, two at once {overlaps}, least seconds between two of "
              f"the queue {min(gaps, default=0):.2f}, most {max(gaps, default=0):.2f}")
        self.expect(overlaps == 0, f"{overlaps} times two queries at once")
        self.expect(not soon, f"{len(soon)} queries too soon: {soon[:5]}")

    def left(self):
        found = []
        for folder, _, names in os.walk(os.path.join(self.place, ".hdrive")):
            found += [os.path.join(folder, name) for name in names
                      if name.startswith(("ticket-", "order-", "ctl-")) or
                      name.endswith(".tmp")]
        self.expect(not found, f"{len(found)} files are left: {found[:5]}")

    def run(self):
        self.start()
        try:
            self.sweep()
            began = time.monotonic()
            status, cpu, memory = self.engine()
            wall = time.monotonic() - began
        finally:
            self.simulation.send_signal(signal.SIGTERM)
            self.simulation.wait()
        print(f"{self.trials} trials on {self.nodes} nodes: {wall:.0f} s, the engine {cpu:.1f} s"
              f" of a processor and {memory:.0f} MB")
        self.expect(status == 0, f"the engine ended with {status}")
        with open(os.path.join(self.slurm, "happened")) as file:
            happened = json.load(file)
        print("trouble: " + (", ".join(f"{what} {count}" for what, count in
                                       sorted(happened.items())) or "none"))
        self.check_trials()
        self.check_calls(self.calls())
        self.left()
        for problem in self.problems:
            print(f"WRONG: {problem}")
        return 1 if self.problems else 0


def main():
    run = Run(sys.argv[1])
    status = run.run()
    if status and not os.environ.get("SCALE_FORGET"):
        print(f"kept: {run.folder}")
    else:
        shutil.rmtree(run.folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
