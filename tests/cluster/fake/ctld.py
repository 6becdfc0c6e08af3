"""ctld.py FOLDER: the controller of a made-up Slurm, for tests without a real one.

It listens at FOLDER/run/socket, where the commands of client.c ask it, and runs
until TERM; with TERM all jobs end. FOLDER/fake.json has the settings (SETTINGS
below). Killed, it leaves all as it runs, and the next one goes on from FOLDER/state,
which is up to a second old, as Slurm's is: later jobs are forgotten, their ids used
again, what runs of them is killed.

FOLDER/run/dead-NODE   a node that is not heard of any more
FOLDER/run/scenario    lines "COMMAND N WHAT...": of the N-th call, counted from when
                       the file came, what happens to it (FAULTS)
FOLDER/log/calls       of each call: when it came, what it took, status, words
"""

import heapq
import itertools
import json
import os
import selectors
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from answers import Call, answer, wants_input  # noqa: E402
from jobs import Cluster  # noqa: E402
from processes import Processes  # noqa: E402

SETTINGS = {
    "nodes": 3, "cpus": 4, "min_job_age": 300, "node_timeout": 3, "kill_wait": 2,
    "requeue_wait": 2, "max_array": 10001, "accounting": False,
    "latency": {},  # command: [least, most], seconds that an answer takes
    "save_every": 1.0, "turn": 0.05, "orphans_live": 2.0,
}
TIMED_OUT = ("sbatch: error: Batch job submission failed: Socket timed out on send/recv "
             "operation\n")
FAULTS = {
    # WHAT: (is it done, what stderr says)
    "queued-but-failed": (True, TIMED_OUT),
    "not-queued": (False, TIMED_OUT),
    "timed-out": (False, "slurm_load_jobs error: Socket timed out on send/recv operation\n"),
    "too-many": (False, "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job "
                        "submission failed: Job violates accounting/QOS policy (job submit "
                        "limit, user's size and/or time limits)\n"),
    "busy": (False, "sbatch: error: Batch job submission failed: Resource temporarily "
                    "unavailable\n"),
}


class Connection:
    """A command, and what it has said so far."""

    def __init__(self, controller, peer):
        self.controller, self.peer = controller, peer
        self.bytes, self.call, self.began = b"", None, 0

    def strings(self, text):
        """The next list, and what follows; None while it is not whole."""
        head, newline, rest = text.partition(b"\n")
        if not newline:
            return None
        parts = rest.split(b"\0", int(head))
        if len(parts) <= int(head):
            return None
        return [part.decode(errors="surrogateescape") for part in parts[:-1]], parts[-1]

    def parse(self):
        began, newline, rest = self.bytes.partition(b"\n")
        if not newline:
            return None
        self.began, found = float(began), []
        for _ in range(3):
            got = self.strings(rest)
            if got is None:
                return None
            found.append(got[0])
            rest = got[1]
        return found, rest

    def readable(self):
        chunk = self.peer.recv(1 << 20)
        self.bytes += chunk
        if self.call:  # stdin comes
            if not chunk:
                self.controller.run(self, self.bytes.decode(errors="surrogateescape"))
            return
        parsed = self.parse()
        if not parsed:
            if not chunk:
                self.controller.close(self)
            return
        (self.words, (folder,), variables), self.bytes = parsed
        environment = dict(text.split("=", 1) for text in variables if "=" in text)
        self.call = Call(folder, environment, time.time())
        try:
            more = wants_input(self.words[0], self.words[1:])
        except Exception:  # what is wrong with it is said below
            more = False
        if more:
            self.peer.sendall(b"input\n")
        else:
            self.controller.run(self, "")


class Controller:
    def __init__(self, place):
        self.place = place
        self.settings = dict(SETTINGS)
        with open(os.path.join(place, "fake.json")) as file:
            self.settings.update(json.load(file))
        self.runner = self.make_runner()
        self.cluster = Cluster(self.settings, self.runner)
        self.selector = selectors.DefaultSelector()
        self.due, self.order = [], itertools.count()
        self.saved = self.turned = 0
        self.counts, self.scenario, self.scenario_time = {}, {}, None
        self.orphans, self.orphans_die = [], 0
        self.calls = open(os.path.join(place, "log/calls"), "a", buffering=1)
        self.is_over = False

    def make_runner(self):
        return Processes(self.place)

    # --- calls ----------------------------------------------------------------

    def listen(self):
        path = os.path.join(self.place, "run/socket")
        if os.path.exists(path):
            os.unlink(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(path)
        self.socket.listen(200)
        self.socket.setblocking(False)
        self.selector.register(self.socket, selectors.EVENT_READ)

    def accept(self):
        try:
            peer, _ = self.socket.accept()
        except BlockingIOError:
            return
        self.selector.register(peer, selectors.EVENT_READ, Connection(self, peer))

    def close(self, connection):
        self.selector.unregister(connection.peer)
        connection.peer.close()

    def read_scenario(self):
        path = os.path.join(self.place, "run/scenario")
        try:
            stamp = os.stat(path).st_mtime_ns
        except OSError:
            return
        if stamp == self.scenario_time:
            return
        self.scenario_time, self.scenario, self.counts = stamp, {}, {}
        with open(path) as file:
            for line in file:
                command, number, *what = line.split()
                self.scenario[command, int(number)] = what

    def fault(self, name):
        """What is to happen to this call: a list of words, or none."""
        self.read_scenario()
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.scenario.get((name, self.counts[name]), [])

    def run(self, connection, text):
        self.selector.unregister(connection.peer)
        call, name = connection.call, connection.words[0]
        call.input, call.now = text, time.time()
        what = self.fault(name)
        low, high = self.settings["latency"].get(name, (0, 0))
        delay = self.random(low, high)
        if what[:1] == ["hang"]:
            delay += float(what[1])
        is_done, said = FAULTS.get(what[0], (True, "")) if what else (True, "")
        result = (0, "", "")
        if is_done:
            result = answer(self.cluster, name, connection.words[1:], call)
        if said:
            result = (1, "", said)
        heapq.heappush(self.due, (time.monotonic() + delay, next(self.order), connection, result))

    @staticmethod
    def random(low, high):
        return low + (high - low) * int.from_bytes(os.urandom(4), "big") / (1 << 32)

    def answer(self, connection, result):
        status, out, err = result
        out, err = (text.encode(errors="surrogateescape") for text in (out, err))
        now = time.monotonic()
        self.calls.write(f"{connection.began:.3f} {now - connection.began:.3f} {status} "
                         f"{json.dumps(connection.words)}\n")
        try:
            connection.peer.setblocking(True)
            connection.peer.sendall(b"%d %d %d\n" % (status, len(out), len(err)) + out + err)
        except OSError:
            pass
        connection.peer.close()

    # --- time --------------------------------------------------------------------

    def running(self):
        return [job for job in self.cluster.live.values()
                if job.state in ("RUNNING", "COMPLETING")]

    def is_dead(self, name):
        return os.path.exists(os.path.join(self.place, "run", f"dead-{name}"))

    def turn(self, now):
        for name in self.cluster.nodes:
            if self.is_dead(name):
                self.cluster.node_is_silent(name, now)
            elif self.cluster.nodes[name].silent:
                self.cluster.node_speaks(name)
        heard = [job for job in self.running()
                 if not any(self.cluster.nodes[name].silent for name in job.nodes)]
        for job, code, number in self.runner.ends(heard):
            self.cluster.exited(job, code, number, now)
        self.runner.turn(self.running(), now)
        self.cluster.turn(now)
        if self.orphans and now > self.orphans_die:
            for life in self.orphans:
                self.runner.kill(life)
            self.orphans = []
        if self.cluster.changed and now - self.saved > self.settings["save_every"]:
            self.save(now)

    def save(self, now):
        path = os.path.join(self.place, "state/jobs")
        with open(path + ".draft", "w") as file:
            json.dump(self.cluster.saved(), file)
        os.rename(path + ".draft", path)
        self.saved, self.cluster.changed = now, False

    def load(self):
        try:
            with open(os.path.join(self.place, "state/jobs")) as file:
                self.cluster.load(json.load(file))
        except OSError:
            pass
        self.orphans = self.runner.recover(self.running())
        self.orphans_die = time.time() + self.settings["orphans_live"]

    def loop(self):
        while not self.is_over:
            wait = self.settings["turn"]
            if self.due:
                wait = max(0, min(wait, self.due[0][0] - time.monotonic()))
            for key, _ in self.selector.select(wait):
                if key.data:
                    key.data.readable()
                else:
                    self.accept()
            while self.due and self.due[0][0] <= time.monotonic():
                _, _, connection, result = heapq.heappop(self.due)
                self.answer(connection, result)
            if time.monotonic() - self.turned >= self.settings["turn"]:
                self.turned = time.monotonic()
                self.turn(time.time())
        self.runner.stop()

    def stop(self, *_):
        self.is_over = True


def main(controller):
    signal.signal(signal.SIGTERM, controller.stop)
    with open(os.path.join(controller.place, "run/ctl.pid"), "w") as file:
        file.write(str(os.getpid()))
    controller.load()
    controller.listen()
    controller.loop()


if __name__ == "__main__":
    main(Controller(sys.argv[1]))
