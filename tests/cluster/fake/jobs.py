"""jobs.py: what a made-up Slurm knows: jobs, nodes, and who gets what.

Nothing here runs anything or looks at a clock: `runner` starts and signals, and
each call is told what time it is. States, reasons and codes are those that a
Slurm 22.05 was seen to give.
"""

import dataclasses

ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "PREEMPTED", "NODE_FAIL", "OUT_OF_MEMORY"}
TIERS = {"main": 10, "low": 1, "lowk": 1, "high": 20}
# What happens to a job of the partition when one of a higher tier wants its place.
PREEMPT = {"low": "REQUEUE", "lowk": "CANCEL"}
SHORT = {
    "PENDING": "PD", "RUNNING": "R", "COMPLETING": "CG", "COMPLETED": "CD", "FAILED": "F",
    "CANCELLED": "CA", "TIMEOUT": "TO", "PREEMPTED": "PR", "NODE_FAIL": "NF",
    "OUT_OF_MEMORY": "OOM",
}
LAUNCH_FAILED = 53


@dataclasses.dataclass
class Job:
    """One job, or one task of an array."""

    id: int
    name: str = ""
    array: int = 0  # the array's id, 0 for none
    task: int = 0
    throttle: int = 0  # tasks of the array at once, 0 for any number
    partition: str = "main"
    comment: str = ""
    script: str = ""
    words: list = dataclasses.field(default_factory=list)
    environment: dict = dataclasses.field(default_factory=dict)
    folder: str = "/"
    out: str = ""
    err: str = ""
    append: bool = False
    want_nodes: int = 1
    tasks: int = 1
    cpus: int = 1  # a node
    memory: int = 500  # MB, a node
    gpus: int = 0
    exclusive: bool = False
    only: list = dataclasses.field(default_factory=list)
    exclude: list = dataclasses.field(default_factory=list)
    limit: float = 0  # seconds, 0 for none
    warn: list = dataclasses.field(default_factory=list)  # signal, seconds before, batch alone
    warned: bool = False
    requeue: bool = True
    state: str = "PENDING"
    reason: str = "None"
    code: int = 0
    signal: int = 0
    nodes: list = dataclasses.field(default_factory=list)
    ending: str = ""  # the state that it will have, COMPLETING now
    kill_at: float = 0
    restarts: int = 0
    not_before: float = 0
    submitted: float = 0
    started: float = 0
    ended: float = 0
    life: str = ""  # the runner's word for what runs

    @property
    def label(self):
        return f"{self.array}_{self.task}" if self.array else str(self.id)

    @property
    def is_over(self):
        return self.state in ENDED


@dataclasses.dataclass
class Node:
    name: str
    cpus: int
    memory: int = 4000
    gpus: int = 2
    free_cpus: int = 0
    free_memory: int = 0
    free_gpus: int = 0
    is_up: bool = True
    silent: float = 0  # since when

    def __post_init__(self):
        self.free_cpus, self.free_memory, self.free_gpus = self.cpus, self.memory, self.gpus

    def has_room(self, job):
        return (self.is_up and not self.silent and self.free_cpus >= job.cpus and
                self.free_memory >= job.memory and self.free_gpus >= job.gpus and
                (not job.exclusive or self.free_cpus == self.cpus))

    def give(self, job, sign):
        self.free_cpus -= sign * (self.cpus if job.exclusive else job.cpus)
        self.free_memory -= sign * job.memory
        self.free_gpus -= sign * job.gpus


class Cluster:
    """All jobs and nodes. `settings`: see ctld.py."""

    def __init__(self, settings, runner):
        self.settings, self.runner = settings, runner
        self.nodes = {f"n{i + 1}": Node(f"n{i + 1}", settings["cpus"])
                      for i in range(settings["nodes"])}
        self.jobs = {}
        self.live = {}  # of these the ones that have not ended
        self.accounts = []  # rows of ended lives
        self.forgot = 0
        self.next_id = 1
        self.changed = False

    # --- in and out -------------------------------------------------------------

    def add(self, template, tasks, now):
        """A job, or TASKS of an array; the id that is told."""
        first = self.next_id
        for task in tasks or [None]:
            job = dataclasses.replace(template, id=self.next_id, submitted=now)
            if task is not None:
                job.array, job.task = first, task
            self.jobs[job.id] = self.live[job.id] = job
            self.next_id += 1
        self.changed = True
        return first

    def find(self, text):
        """Those that TEXT names: an id, an array's, "ID_TASK"."""
        head, _, task = text.partition("_")
        if not head.isdigit():
            return []
        found = [job for job in self.jobs.values()
                 if int(head) in ((job.array,) if job.array else (job.id,)) or
                 job.id == int(head)]
        return [job for job in found if not task or str(job.task) == task]

    def forget_old(self, now):
        age = self.settings["min_job_age"]
        if now - self.forgot < age / 10:
            return
        self.forgot = now
        for job in [job for job in self.jobs.values() if job.is_over]:
            if now - job.ended > age:
                del self.jobs[job.id]
                self.changed = True

    # --- the queue --------------------------------------------------------------

    def waiting(self, now):
        found = [job for job in self.live.values()
                 if job.state == "PENDING" and job.reason != "JobHeldUser" and
                 not job.reason.startswith("launch failed") and job.not_before <= now]
        found.sort(key=lambda job: (-TIERS[job.partition], job.id))
        return found

    def running_of(self, array):
        return sum(job.array == array and job.state in ("RUNNING", "COMPLETING")
                   for job in self.live.values())

    def place(self, job, room):
        """Nodes for JOB by ROOM(node), or None."""
        found = []
        if not job.exclude and not job.only and job.want_nodes == 1:
            return next(([node] for node in self.nodes.values() if room(node)), None)
        for node in self.nodes.values():
            if node.name in job.exclude or job.only and node.name not in job.only:
                continue
            if room(node):
                found.append(node)
                if len(found) == job.want_nodes:
                    return found
        return None

    def schedule(self, now):
        """Start what fits; the rest says why it waits."""
        misses = 0
        for job in self.waiting(now):
            if job.want_nodes > len(self.nodes):
                job.reason = "PartitionConfig"
                continue
            if job.throttle and self.running_of(job.array) >= job.throttle:
                job.reason = "JobArrayTaskLimit"
                continue
            # Those that want the same get the same answer.
            places = self.place(job, lambda node: node.has_room(job)) if misses < 20 else None
            if places:
                self.start(job, places, now)
                continue
            misses += 1
            job.reason = "Resources" if misses == 1 else "Priority"
            if misses == 1:
                self.make_room(job, now)

    def make_room(self, job, now):
        """Have lower jobs leave the nodes that JOB could have."""
        victims = [other for other in self.live.values()
                   if other.state == "RUNNING" and other.partition in PREEMPT and
                   TIERS[other.partition] < TIERS[job.partition]]
        leaving = {}
        for other in victims:
            for name in other.nodes:
                leaving.setdefault(name, []).append(other)

        def room(node):
            mine = leaving.get(node.name, [])
            for other in mine:
                node.give(other, -1)
            fits = node.has_room(job)
            for other in mine:
                node.give(other, 1)
            return fits

        for node in (self.place(job, room) if victims else None) or []:
            for other in leaving.get(node.name, []):
                if other.state == "RUNNING":
                    requeued = PREEMPT[other.partition] == "REQUEUE" and other.requeue
                    self.end_soon(other, "REQUEUE" if requeued else "PREEMPTED", now,
                                  "DUE TO PREEMPTION")

    def start(self, job, places, now):
        for node in places:
            node.give(job, 1)
        job.nodes = [node.name for node in places]
        job.state, job.reason, job.started, job.warned = "RUNNING", "None", now, False
        self.changed = True
        self.runner.start(job, now)

    # --- the end ----------------------------------------------------------------

    def end_soon(self, job, ending, now, why=""):
        """TERM to all of it, KILL after a while; then it is in the state ENDING."""
        job.state, job.ending = "COMPLETING", ending
        job.kill_at = now + self.settings["kill_wait"]
        self.changed = True
        if why:
            self.runner.tell(job, f"slurmstepd: error: *** JOB {job.id} ON {job.nodes[0]} "
                                  f"CANCELLED {why} ***\n")
        self.runner.signal(job, 15, "all")

    def cancel(self, job, now):
        if job.state == "PENDING":
            self.over(job, "CANCELLED", 0, 0, now)
            if job.array:  # it vanishes at once
                del self.jobs[job.id]
        elif job.state == "RUNNING":
            self.end_soon(job, "CANCELLED", now, "AT TEST")

    def release(self, job):
        for name in job.nodes:
            self.nodes[name].give(job, -1)

    def exited(self, job, code, signal, now):
        """The runner's word: its batch process has ended and all below it."""
        ending = job.ending
        if ending == "REQUEUE":
            self.again(job, now)
        elif ending:
            self.over(job, ending, code, signal, now)
        elif signal == LAUNCH_FAILED:
            if job.requeue:
                self.again(job, now)
                job.reason = "launch failed requeued held"
            else:
                self.over(job, "FAILED", code, signal, now, "JobLaunchFailure")
        elif code or signal:
            self.over(job, "FAILED", code, signal, now,
                      "NonZeroExitCode" if code else "JobLaunchFailure")
        else:
            self.over(job, "COMPLETED", 0, 0, now)

    def over(self, job, state, code, signal, now, reason="None"):
        if job.state in ("RUNNING", "COMPLETING"):
            self.release(job)
        job.state, job.code, job.signal, job.reason = state, code, signal, reason
        job.ended, job.ending = now, ""
        self.live.pop(job.id, None)
        self.account(job, state)
        self.changed = True

    def account(self, job, state):
        self.accounts.append({
            "JobID": job.label, "JobName": job.name, "State": state,
            "ExitCode": f"{job.code}:{job.signal}",
            "NodeList": ",".join(job.nodes) or "None assigned", "Submit": job.submitted,
            "Start": job.started, "End": job.ended, "Timelimit": job.limit})

    def again(self, job, now):
        """Back into the queue, the same id."""
        job.ended = now
        self.account(job, "REQUEUED")
        self.release(job)
        job.state, job.reason, job.ending, job.nodes = "PENDING", "BeginTime", "", []
        job.restarts += 1
        job.not_before = now + self.settings["requeue_wait"]
        self.changed = True

    # --- time passes -----------------------------------------------------------------

    def limits(self, now):
        for job in list(self.live.values()):
            if job.state == "COMPLETING" and job.kill_at <= now:
                self.runner.signal(job, 9, "all")
                job.kill_at = now + self.settings["kill_wait"]
            if job.state != "RUNNING" or not job.limit:
                continue
            left = job.started + job.limit - now
            if job.warn and not job.warned and left <= job.warn[1]:
                job.warned = True
                self.runner.signal(job, job.warn[0], "batch" if job.warn[2] else "steps")
            if left <= 0:
                self.end_soon(job, "TIMEOUT", now, "DUE TO TIME LIMIT")

    def node_is_silent(self, name, now):
        self.nodes[name].silent = self.nodes[name].silent or now

    def node_speaks(self, name):
        node = self.nodes[name]
        if not node.is_up:
            self.runner.clear(name)
        node.silent, node.is_up = 0, True

    def dead_nodes(self, now):
        """Jobs of nodes that were silent for too long are taken for lost; what
        runs there goes on running."""
        for node in self.nodes.values():
            if not node.silent or not node.is_up or \
                    now - node.silent < self.settings["node_timeout"]:
                continue
            node.is_up = False
            for job in list(self.live.values()):
                if node.name not in job.nodes or job.state not in ("RUNNING", "COMPLETING"):
                    continue
                self.runner.abandon(job)
                if job.requeue and not job.ending:
                    self.again(job, now)
                else:
                    self.over(job, job.ending if job.ending not in ("", "REQUEUE")
                              else "NODE_FAIL", 0, 0, now)

    def turn(self, now):
        self.dead_nodes(now)
        self.limits(now)
        self.schedule(now)
        self.forget_old(now)

    # --- a controller that starts again --------------------------------------------------

    def saved(self):
        return {"next_id": self.next_id, "accounts": self.accounts,
                "jobs": [dataclasses.asdict(job) for job in self.jobs.values()]}

    def load(self, saved):
        self.next_id, self.accounts = saved["next_id"], saved["accounts"]
        for row in saved["jobs"]:
            job = Job(**row)
            self.jobs[job.id] = job
            if job.is_over:
                continue
            self.live[job.id] = job
            if job.state in ("RUNNING", "COMPLETING"):
                for name in job.nodes:
                    self.nodes[name].give(job, 1)
