"""kill.py BUILD: kill -9 of engines and supervisors, then `hdrive resume`.

Rounds of two sweeps each with one seed: one in peace, one whose engine, or a
supervisor, or both are killed again and again, the resumes too. At its end the
second must be what the first is: trials, parameters, values, ends.

CRASH_KILLS  how many kills in all (50)
CRASH_SEED   chooses sweeps and instants (1); a run that fails prints the seed
             of its round and keeps the round's folder
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing

MARK = "HDRIVE_CRASH_MARK"
PATIENCE = 60  # seconds that one engine may take to its end
BUSY, MISSING = 75, 3
# A trial without a record is tried again twice; one more would fail it.
LOST_MOST = 2
# What bayesian draws before it has a model.
FIRST_DRAWN = 5


class Wrong(Exception):
    """A claim of the test that is not true."""


def expect(claim, text):
    if not claim:
        raise Wrong(text)


# --- what is run ------------------------------------------------------------


class Plan:
    """A sweep, its program, and who is to be killed; all from one seed."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.rng = rng
        self.seed = seed
        self.sampler = rng.choice(["random", "random", "grid", "sobol", "bayesian"])
        self.policy = rng.choice(["none", "none", "bandit", "median"])
        self.total = rng.randint(3, 14)
        self.concurrent = rng.randint(1, 4)
        self.values = rng.randint(1, 8)
        self.pause = rng.choice([0, 0, 1, 4, 12, 25])
        self.source = rng.choice(["stdout", "torn", "metrics"])
        self.checkpoint = rng.random() < 0.3
        self.victim = rng.choice(["engine", "engine", "engine", "launcher", "both"])
        self.smoke = rng.random() < 0.2
        self.kills = rng.randint(2, 14)

    def __str__(self):
        names = ("sampler", "policy", "total", "concurrent", "values", "pause",
                 "source", "checkpoint", "victim", "smoke", "kills")
        return " ".join(f"{name}={getattr(self, name)}" for name in names)

    def config(self):
        policies = {
            "none": "{type: NoTerminationPolicy}",
            "bandit": "{type: BanditPolicy, slack_amount: 0.2, evaluation_interval: 1}",
            "median": "{type: MedianStoppingPolicy, evaluation_interval: 1,"
                      " delay_evaluation: 1}",
        }
        x = ("expression: choice, values: [0.125, 0.5, 0.25, 0.75]"
             if self.sampler == "grid" else "expression: uniform, values: [0, 1]")
        return "\n".join([
            "sampling:",
            f"  type: {self.sampler}",
            "  parameter_space:",
            f"  - {{name: --x, {x}}}",
            "  - {name: --tag, expression: choice, values: ['a b', \"c'd\", e]}",
            f"policy: {policies[self.policy]}",
            "primary_metric_name: acc",
            "primary_metric_goal: maximize",
            f"max_total_runs: {self.total}",
            f"max_concurrent_runs: {self.concurrent}",
            ""])


class Sweep:
    """One sweep in a folder of its own, and the engines that run it."""

    may_stop = set()  # what else may be followed by another attempt

    def __init__(self, build, folder, plan):
        self.build, self.folder, self.plan = build, folder, plan
        self.done = os.path.join(folder, "done")
        self.engines = 0
        self.lost = {}  # trial: how many of its supervisors were killed
        self.idle = 0  # killed between two trials, the next perhaps sent
        os.makedirs(os.path.join(folder, "work"))
        with open(os.path.join(folder, "sweep.yml"), "w") as file:
            file.write(plan.config())

    def environment(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith("HDRIVE_")}
        return {**kept, MARK: self.folder}

    def start(self, *words):
        self.engines += 1
        with open(os.path.join(self.folder, f"engine{self.engines:03d}"), "w") as log:
            return subprocess.Popen(
                [os.path.join(self.build, "hdrive"), *words],
                cwd=os.path.join(self.folder, "work"), env=self.environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def submit(self):
        plan = self.plan
        program = [os.path.join(self.build, "tests/crash/program"), self.done,
                   str(plan.values), str(plan.pause), plan.source,
                   str(int(plan.checkpoint))]
        smoke = [] if plan.smoke else ["--no-smoke"]
        return self.start("submit", "-v", "../sweep.yml", "--name", "s", "--seed",
                          str(plan.seed), *smoke, "--", *program)

    def resume(self):
        return self.start("resume", "-v", "s")

    def store(self):
        return sqlite3.connect(os.path.join(self.folder, "work/.hdrive/hdrive.db"))

    def may_lose(self, trial):
        """Whether TRIAL, the bytes of its number, may lose an attempt more; of
        None, a supervisor between two, that may be any."""
        lost = (max(self.lost.values(), default=0) if trial is None
                else self.lost.get(int(trial), 0))
        return lost + self.idle < LOST_MOST

    def loses(self, trial):
        if trial is None:
            self.idle += 1
        else:
            self.lost[int(trial)] = self.lost.get(int(trial), 0) + 1

    def trial_folder(self, number):
        return os.path.join(self.folder, "work/.hdrive/s", f"{number:06d}")


def environ_of(pid):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            words = file.read().split(b"\0")
    except OSError:
        return {}
    return dict(word.split(b"=", 1) for word in words if b"=" in word)


def processes(folder):
    """Pid and environment of all that carry the mark of FOLDER."""
    for pid in os.listdir("/proc"):
        found = environ_of(pid) if pid.isdigit() else {}
        if found.get(MARK.encode()) == folder.encode():
            yield int(pid), found


def state_of(pid):
    """The letter of proc(5); Z as well for one that is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


def name_and_parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            stat = file.read()
    except OSError:
        return "", 0
    name, rest = stat[stat.index("(") + 1:].rsplit(")", 1)
    return name, int(rest.split()[1])


def supervisors(sweep):
    """Pids of the launchers that may be killed once more."""
    found = {}
    for pid, environ in processes(sweep.folder):
        name, parent = name_and_parent(pid)
        if name == "hdrive-launch":
            found[pid] = parent, environ.get(b"HDRIVE_TRIAL")
    for pid, (parent, trial) in found.items():
        # Until its exec the program has its supervisor's name.
        if parent not in found and sweep.may_lose(trial):
            yield pid


# --- killing ----------------------------------------------------------------


def pause_until(sweep, engine, took):
    """Wait for an instant drawn: near a start, near a trial's, anywhere."""
    rng = sweep.plan.rng
    kind = rng.random()
    if kind < 0.35:
        time.sleep(rng.uniform(0, min(took, 0.06)))
    elif kind < 0.6:
        folder = sweep.trial_folder(rng.randrange(sweep.plan.total))
        end = time.monotonic() + took
        while (not os.path.exists(folder) and engine.poll() is None and
               time.monotonic() < end):
            time.sleep(0.0005)
        time.sleep(rng.uniform(0, 0.004))
    else:
        time.sleep(rng.uniform(0, took))


def kill_supervisor(sweep):
    found = sorted(supervisors(sweep))
    if not found:
        return 0
    pid = sweep.plan.rng.choice(found)
    try:
        # It may have gone on with another trial by now: which, stands still.
        os.kill(pid, signal.SIGSTOP)
        while state_of(pid) not in "TZ":
            pass
        trial = environ_of(pid).get(b"HDRIVE_TRIAL")
        if not sweep.may_lose(trial):
            os.kill(pid, signal.SIGCONT)
            return 0
        sweep.loses(trial)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def kill_some(sweep, engine):
    """How many were killed."""
    victim, rng = sweep.plan.victim, sweep.plan.rng
    first = rng.random() < 0.5
    count = 0
    if victim != "engine" and first:
        count += kill_supervisor(sweep)
    if victim != "launcher" or rng.random() < 0.3:
        if engine.poll() is None:
            engine.kill()
            count += 1
        engine.wait()
    if victim != "engine" and not first:
        count += kill_supervisor(sweep)
    return count


def finish(engine, sweep):
    try:
        return engine.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        engine.kill()
        engine.wait()
        raise Wrong(f"engine {sweep.engines} was not done after {PATIENCE} s") from None


def one_life(sweep, start, took):
    """An engine until it is killed or ends: its status, how many were killed."""
    engine = start()
    try:
        kills = 0
        pause_until(sweep, engine, took)
        if engine.poll() is None or sweep.plan.victim != "engine":
            kills = kill_some(sweep, engine)
        if sweep.plan.victim == "launcher" and engine.poll() is None:
            time.sleep(sweep.plan.rng.uniform(0, took))
            kills += kill_some(sweep, engine)
        if engine.poll() is None and sweep.plan.victim == "launcher":
            return finish(engine, sweep), kills
        return engine.wait(PATIENCE), kills
    finally:
        if engine.poll() is None:
            engine.kill()
            engine.wait()


def next_start(sweep, status):
    """What comes after an engine that ended with STATUS."""
    if status == MISSING:  # killed before there was a sweep
        return sweep.submit
    return sweep.resume


def torment(sweep, took):
    """Engines until the plan's kills are done; how many there were."""
    start, kills, ends = sweep.submit, 0, 0
    while kills < sweep.plan.kills and ends < 3:
        status, killed = one_life(sweep, start, took)
        kills += killed
        ends += status == 0
        expect(status in (0, -signal.SIGKILL, BUSY, MISSING),
               f"engine {sweep.engines} ended with {status}")
        start = next_start(sweep, status)
    return kills, start


def complete(sweep, start):
    """To the end in peace, and once more after it."""
    for _ in range(20):
        status = finish(start(), sweep)
        start = next_start(sweep, status)
        if status not in (BUSY, MISSING):
            break
    expect(status == 0, f"the last engine ended with {status}")
    status = finish(sweep.resume(), sweep)
    expect(status == 0, f"a resume after the end gave {status}")


# --- looking ----------------------------------------------------------------


def rows(sweep, sql, *values):
    with closing(sweep.store()) as store:
        store.row_factory = sqlite3.Row
        return [dict(row) for row in store.execute(sql, values)]


def check_store(sweep):
    with closing(sweep.store()) as store:
        expect(store.execute("PRAGMA integrity_check").fetchall() == [("ok",)],
               "the store is damaged")
        expect(store.execute("PRAGMA foreign_key_check").fetchall() == [],
               "a row of the store refers to nothing")
    found = rows(sweep, "SELECT * FROM sweep")
    expect(len(found) == 1 and found[0]["state"] == "Completed",
           f"sweeps: {found}")


def check_left(sweep):
    end = time.monotonic() + 10
    left = list(processes(sweep.folder))
    while left and time.monotonic() < end:
        time.sleep(0.02)
        left = list(processes(sweep.folder))
    expect(not left, f"processes left: {[pid for pid, _ in left]}")
    for folder, _, names in os.walk(os.path.join(sweep.folder, "work")):
        for name in names:
            expect(not name.endswith(".tmp") and not name.startswith("ticket"),
                   f"left: {folder}/{name}")


def logged(sweep, trial):
    return rows(sweep, "SELECT m.value, m.interval, m.sequence FROM metric m"
                       " JOIN name n ON n.key = m.name AND n.text = 'acc'"
                       " WHERE m.trial = ? ORDER BY m.sequence", trial["key"])


def without_repeats(values, trial, plan):
    """A checkpoint is later than its value: the next attempt may repeat one."""
    if not (plan.checkpoint and trial["attempt"] > 1):
        return values
    kept = []
    for value in values:
        if not kept or kept[-1] != value:
            kept.append(value)
    return kept


def check_values(sweep, trial):
    number, plan = trial["number"], sweep.plan
    x = json.loads(trial["parameters"])["--x"]
    wanted = [x + step / 64 for step in range(1, plan.values + 1)]
    found = logged(sweep, trial)
    values = without_repeats([row["value"] for row in found], trial, plan)
    if trial["state"] == "Canceled":  # the policy's
        wanted = wanted[:len(values)]
    expect(values == wanted, f"trial {number} has the values {values}, not {wanted}")
    expect([row["interval"] for row in found] == list(range(1, len(found) + 1)),
           f"trial {number} has the intervals {[row['interval'] for row in found]}")
    expect(trial["intervals"] == len(found) and trial["last"] == found[-1]["value"],
           f"trial {number}: its row does not say what it logged: {trial}")
    every = rows(sweep, "SELECT sequence FROM metric WHERE trial = ? ORDER BY sequence",
                 trial["key"])
    expect([row["sequence"] for row in every] == list(range(1, len(every) + 1)),
           f"trial {number} has the sequences {every}")


def check_attempts(sweep, trial):
    """Only attempts whose supervisor was killed may have been repeated."""
    number = trial["number"]
    past = rows(sweep, "SELECT * FROM attempt WHERE trial = ? ORDER BY number",
                trial["key"])
    expect([row["number"] for row in past] == list(range(1, trial["attempt"])),
           f"trial {number} has the attempts {past}")
    reasons = [row["end_reason"] for row in past]
    expect(set(reasons) <= {"lost"} | sweep.may_stop, f"trial {number}: {past}")
    expect(reasons.count("lost") <= sweep.lost.get(number, 0) + sweep.idle,
           f"trial {number} was run again though nobody killed its supervisor")
    for row in past:
        kept = os.path.join(sweep.trial_folder(number), "attempts", str(row["number"]))
        # Killed before it took its ticket, it left nothing to keep.
        expect(os.path.isdir(kept) or not row["intervals"], f"no folder {kept}")


def check_done(sweep, trials):
    """One completion a trial, but for what a killed supervisor never told."""
    lines = []
    if os.path.exists(sweep.done):
        with open(sweep.done) as file:
            lines = [tuple(map(int, line.split())) for line in file]
    for trial in trials:
        number, last = trial["number"], trial["attempt"]
        mine = [attempt for where, attempt in lines if where == number]
        expect(len(mine) == len(set(mine)), f"trial {number} completed twice: {mine}")
        # An attempt that its supervisor's end cut off may have come to its own.
        expect(trial["state"] != "Completed" or last in mine,
               f"trial {number} completed without its program: {mine}")


def check_trials(sweep, trials):
    expect([trial["number"] for trial in trials] == list(range(len(trials))),
           f"trials: {[trial['number'] for trial in trials]}")
    for trial in trials:
        good = trial["state"] == "Completed" or (
            trial["state"] == "Canceled" and trial["end_reason"] == "policy" and
            sweep.plan.policy != "none")
        expect(good, f"trial {trial['number']} ended as {trial['state']}"
                     f" ({trial['end_reason']}): {trial['end_detail']}")
        check_values(sweep, trial)
        check_attempts(sweep, trial)
    check_done(sweep, trials)
    settled = sorted(trial["settled"] for trial in trials)
    expect(settled == list(range(1, len(trials) + 1)), f"order of ends: {settled}")
    best = max(trial["best"] for trial in trials)
    found = rows(sweep, "SELECT best FROM sweep")[0]["best"]
    expect(found == best, f"the best is {best}, the sweep says {found}")


def compare(whole, cut, plan):
    """Trials drawn without a learner are the same whatever happened."""
    expect(len(whole) == len(cut), f"{len(cut)} trials, not {len(whole)}")
    for a, b in zip(whole, cut):
        drawn = plan.sampler != "bayesian" or a["number"] < FIRST_DRAWN
        for column in ("parameters", "arguments"):
            one, other = (row[column].replace("/cut/", "/whole/") for row in (a, b))
            expect(not drawn or one == other,
                   f"trial {a['number']}: {column} {other}, not {one}")


def look(sweep):
    check_left(sweep)
    check_store(sweep)
    trials = rows(sweep, "SELECT * FROM trial ORDER BY number")
    check_trials(sweep, trials)
    return trials


# --- rounds -----------------------------------------------------------------


def run_round(build, folder, seed):
    plan = Plan(seed)
    whole = Sweep(build, os.path.join(folder, "whole"), plan)
    cut = Sweep(build, os.path.join(folder, "cut"), plan)
    began = time.monotonic()
    status = finish(whole.submit(), whole)
    took = time.monotonic() - began
    expect(status == 0, f"the sweep in peace ended with {status}")
    kills, start = torment(cut, took)
    complete(cut, start)
    compare(look(whole), look(cut), plan)
    return kills


def end_left(folder):
    for pid, _ in processes(os.path.join(folder, "cut")):
        os.kill(pid, signal.SIGKILL)


def main():
    build = os.path.realpath(sys.argv[1])
    wanted = int(os.environ.get("CRASH_KILLS", "50"))
    seed = int(os.environ.get("CRASH_SEED", "1"))
    kills = rounds = 0
    began = time.monotonic()
    while kills < wanted:
        folder = os.path.realpath(tempfile.mkdtemp(prefix="hdrive-crash-"))
        try:
            kills += run_round(build, folder, seed)
        except Wrong as wrong:
            end_left(folder)
            print(f"CRASH_SEED={seed}: {wrong}\n  {Plan(seed)}\n  kept: {folder}")
            return 1
        shutil.rmtree(folder)
        rounds += 1
        seed += 1
    print(f"{kills} kills in {rounds} rounds, {time.monotonic() - began:.1f} s:"
          " nothing lost, nothing twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
