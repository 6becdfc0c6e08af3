"""simulate.py FOLDER: a made-up Slurm whose nodes are made up too.

The controller and its commands are those of fake/ctld.py; a job is no process but
a row of events: its launcher takes its ticket, tells its state, logs its values and
its end, each at its time, in the files of the trial's folder and in the launcher's
formats. So a thousand nodes cost no more than their files.

"trouble" among the settings says how often what goes wrong, per attempt: "launch"
(the launcher does not begin), "preempt" (a place is wanted), "node" (its node dies),
"lost" (the controller forgets the job and gives its id again); and per sbatch:
"queued-but-failed", "not-queued".
"""

import heapq
import itertools
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fake"))

import re  # noqa: E402

from ctld import Controller, main  # noqa: E402
from jobs import LAUNCH_FAILED  # noqa: E402

ORDER = re.compile(r"(/[^\s']*/order-(\d+))")
HEAD = b"hdrive-order 1 "
HEARTBEAT = 10.0
DOWN = 20.0  # seconds that a node is dead


class Attempt:
    """What the launcher of one job does."""

    def __init__(self, job, path, number):
        self.job, self.number, self.order = job, number, path
        self.folder = os.path.dirname(path)
        self.step = 0
        self.began = 0
        self.stdout = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def claim(self):
        """Whether it is its to run; then it knows its arguments."""
        try:
            os.rename(self.path(f"ticket-{self.number}"), self.path(f"owner-{self.number}"))
            with open(self.order, "rb") as file:
                text = file.read()
            os.unlink(self.order)
        except OSError:
            return False
        head, rest = text[len(HEAD):].split(b"\n", 1)
        words = rest.decode().split("\0")[:int(head.split()[0])]
        self.x = float(words[words.index("--x") + 1])
        return True

    def is_owner(self):
        return os.path.lexists(self.path(f"owner-{self.number}"))

    def write(self, name, content):
        with open(self.path(name + ".tmp"), "w") as file:
            file.write(json.dumps(content) + "\n")
        os.rename(self.path(name + ".tmp"), self.path(name))

    def state(self, now):
        self.began = now
        # Held open, as by a program: it stays this attempt's wherever it is moved.
        self.stdout = open(self.path("stdout"), "a", buffering=1)
        self.write("state", {
            "attempt": self.number, "pid": 100000 + self.job.id, "start": int(now * 100),
            "program": 200000 + self.job.id, "slot": -1, "cgroup": "",
            "boot": f"boot-of-{self.job.nodes[0]}", "host": self.job.nodes[0]})

    def beat(self):
        try:
            os.utime(self.path("state"))
        except OSError:
            pass

    def log(self):
        self.step += 1
        self.stdout.write(f"acc={self.x + self.step / 64!r}\n")

    def close(self):
        if self.stdout:
            self.stdout.close()

    def end(self, now, code, signal, stopped=False):
        # As the launcher: not when another attempt has taken the folder.
        if self.is_owner():
            self.write("exit", {
                "attempt": self.number, "code": code, "signal": signal, "error": None,
                "started": int(self.began * 1e6), "ended": int(now * 1e6), "user": 0.5,
                "system": 0.1, "maxrss": 50 << 20, "stragglers": 0, "stopped": stopped,
                "oom": False})


class Nodes:
    """The runner of these jobs."""

    def __init__(self, settings):
        self.settings = settings
        self.random = random.Random(settings.get("seed", 1))
        self.due, self.order = [], itertools.count()
        self.lives, self.over = {}, []
        self.controller = None
        self.happened = {}

    def at(self, when, act, *words):
        heapq.heappush(self.due, (when, next(self.order), act, words))

    def chance(self, what):
        hit = self.random.random() < self.settings.get("trouble", {}).get(what, 0)
        if hit:
            self.happened[what] = self.happened.get(what, 0) + 1
        return hit

    # --- a life -----------------------------------------------------------------

    def start(self, job, now):
        paths = ORDER.findall(job.script)
        path, number = paths[job.task if job.array else 0]
        attempt = Attempt(job, path, int(number))
        job.life = f"{job.id}.{next(self.order)}"
        self.lives[job.life] = attempt
        if self.chance("launch"):
            self.at(now + 0.2, self.gone, job.life, 0, LAUNCH_FAILED)
            return
        self.at(now + self.random.uniform(0.1, 0.6), self.begin, job.life)

    def begin(self, life, now):
        attempt = self.lives.get(life)
        if not attempt:
            return
        if not attempt.claim():
            self.gone(life, 78, 0, now)
            return
        attempt.state(now)
        seconds = self.random.uniform(*self.settings["seconds"])
        values = self.settings["values"]
        for value in range(values):
            self.at(now + seconds * (value + 1) / (values + 1), self.value, life)
        self.at(now + seconds, self.finish, life)
        self.at(now + HEARTBEAT, self.beat, life)
        half = now + self.random.uniform(0, seconds)
        if self.chance("preempt"):
            self.at(half, self.preempt, life)
        elif self.chance("node"):
            self.at(half, self.node_dies, attempt.job.nodes[0])
        elif self.chance("lost"):
            self.at(now + 0.3, self.forget, life)

    def value(self, life, _now):
        if life in self.lives:
            self.lives[life].log()

    def beat(self, life, now):
        attempt = self.lives.get(life)
        if attempt and attempt.is_owner():
            attempt.beat()
            self.at(now + HEARTBEAT, self.beat, life)
        elif attempt:  # another has its folder
            self.gone(life, 78, 0, now)

    def finish(self, life, now):
        attempt = self.lives.get(life)
        if attempt:
            attempt.end(now, 0, 0)
            self.at(now + 0.05, self.gone, life, 0, 0)

    def gone(self, life, code, signal, _now):
        attempt = self.lives.pop(life, None)
        if attempt:
            attempt.close()
            self.over.append((attempt.job, life, code, signal))

    # --- what goes wrong -------------------------------------------------------------

    def preempt(self, life, now):
        attempt = self.lives.get(life)
        if attempt and attempt.job.state == "RUNNING":
            self.controller.cluster.end_soon(attempt.job, "PREEMPTED", now, "DUE TO PREEMPTION")

    def node_dies(self, name, now):
        self.controller.dead[name] = True
        self.at(now + DOWN, self.node_lives, name)

    def node_lives(self, name, _now):
        self.controller.dead.pop(name, None)

    def forget(self, life, now):
        """A controller that was killed forgets its last jobs, and kills what it
        finds of them."""
        attempt = self.lives.get(life)
        if attempt and attempt.job.state == "RUNNING":
            cluster, job = self.controller.cluster, attempt.job
            cluster.release(job)
            del cluster.jobs[job.id], cluster.live[job.id]
            if job.id == cluster.next_id - 1:
                cluster.next_id -= 1
            self.at(now + 2, self.vanish, life)

    def vanish(self, life, _now):
        attempt = self.lives.pop(life, None)
        if attempt:
            attempt.close()

    # --- as processes.py ---------------------------------------------------------------

    def signal(self, job, number, whom):
        now = self.controller.now
        attempt = self.lives.get(job.life)
        if not attempt or whom == "steps":
            return
        if number == 15 and attempt.began:
            self.at(now + 0.1, self.stopped, job.life)
        elif number in (9, 10):
            self.at(now + 0.05, self.gone, job.life, 0, 9)
        elif number == 15:
            self.at(now + 0.05, self.gone, job.life, 0, 15)

    def stopped(self, life, now):
        attempt = self.lives.get(life)
        if attempt:
            attempt.end(now, -1, 15, stopped=True)
            self.gone(life, 0, 15, now)

    def tell(self, job, text):
        attempt = self.lives.get(job.life)
        path = job.out.replace("%a", str(job.task)).replace("%j", str(job.id))
        if attempt and path.startswith("/"):
            with open(path, "a") as file:
                file.write(text)

    def abandon(self, job):
        """It runs on, and the node that it runs on is not heard of."""

    def clear(self, name):
        for life, attempt in list(self.lives.items()):
            job = attempt.job
            if name in job.nodes and job.is_over:
                self.vanish(life, 0)

    def ends(self, jobs):
        known = {job.life for job in jobs}
        over, self.over = self.over, []
        for job, life, code, signal in over:
            if life in known and job.life == life:
                yield job, code, signal
            elif job.state in ("RUNNING", "COMPLETING") and job.life == life:
                self.over.append((job, life, code, signal))  # its node is silent

    def turn(self, _jobs, now):
        while self.due and self.due[0][0] <= now:
            _, _, act, words = heapq.heappop(self.due)
            act(*words, now)

    def recover(self, _jobs):
        return []

    def stop(self):
        pass


class Simulation(Controller):
    def make_runner(self):
        self.now, self.dead = 0, {}
        runner = Nodes(self.settings)
        runner.controller = self
        return runner

    def is_dead(self, name):
        return name in self.dead

    def fault(self, name):
        if name == "sbatch":
            for what in ("queued-but-failed", "not-queued"):
                if self.runner.chance(what):
                    return [what]
        return super().fault(name)

    def turn(self, now):
        self.now = now
        super().turn(now)

    def loop(self):
        super().loop()
        with open(os.path.join(self.place, "happened"), "w") as file:
            json.dump(self.runner.happened, file)


if __name__ == "__main__":
    main(Simulation(sys.argv[1]))
