"""processes.py: the runner that runs jobs as processes of this machine.

Each job has a folder of its own below spool/, named after its id and this life of
it; the step there (client.c) tells of the end by a file, so a controller that was
away learns of it later.
"""

import os
import shutil
import signal
import subprocess
import time

MEMORY_EVERY = 0.5


def below(pid):
    """The pids of all descendants."""
    found = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                children = [int(word) for word in file.read().split()]
        except OSError:
            continue
        for child in children:
            found += [child] + below(child)
    return found


def read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def name_of(pid):
    return read(f"/proc/{pid}/comm").strip()


def resident(pid):
    words = read(f"/proc/{pid}/statm").split()
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") if words else 0


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass


class Processes:
    def __init__(self, place):
        self.place = place
        self.spool = os.path.join(place, "spool")
        self.strays = {}  # node: lives that it is not known to have any more
        self.looked = 0

    # --- a life -----------------------------------------------------------------

    def path(self, life, name):
        return os.path.join(self.spool, life, name)

    def step(self, life):
        text = read(self.path(life, "pid"))
        pid = int(text) if text else 0
        return pid if pid and name_of(pid) == "step" else 0

    @staticmethod
    def each(job, count):
        return f"{count}(x{job.want_nodes})" if job.want_nodes > 1 else str(count)

    def environment(self, job):
        found = dict(job.environment)
        found.update({
            "SLURM_CONF": os.path.join(self.place, "slurm.conf"),
            "SLURM_JOB_ID": str(job.id), "SLURM_JOBID": str(job.id),
            "SLURM_JOB_NAME": job.name, "SLURM_JOB_PARTITION": job.partition,
            "SLURM_JOB_NODELIST": ",".join(job.nodes), "SLURM_NODELIST": ",".join(job.nodes),
            "SLURM_JOB_NUM_NODES": str(job.want_nodes), "SLURM_NNODES": str(job.want_nodes),
            "SLURM_NTASKS": str(job.tasks), "SLURM_NPROCS": str(job.tasks),
            "SLURM_NTASKS_PER_NODE": str(job.tasks // job.want_nodes),
            "SLURM_TASKS_PER_NODE": self.each(job, job.tasks // job.want_nodes),
            "SLURM_JOB_CPUS_PER_NODE": self.each(job, job.cpus),
            "SLURM_CPUS_ON_NODE": str(job.cpus), "SLURMD_NODENAME": job.nodes[0],
            "SLURM_SUBMIT_DIR": job.folder, "SLURM_NODEID": "0", "SLURM_PROCID": "0",
            "SLURM_LOCALID": "0"})
        if job.array:
            found.update({"SLURM_ARRAY_JOB_ID": str(job.array),
                          "SLURM_ARRAY_TASK_ID": str(job.task)})
        if job.restarts:
            found["SLURM_RESTART_COUNT"] = str(job.restarts)
        if job.gpus:
            found["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, range(job.gpus)))
        return found

    @staticmethod
    def file(job, text):
        for mark, value in (("j", job.id), ("A", job.array or job.id), ("a", job.task),
                            ("x", job.name), ("N", job.nodes[0])):
            text = text.replace(f"%{mark}", str(value))
        text = text.replace("%%", "%")
        return text if text.startswith("/") else os.path.join(job.folder, text)

    def start(self, job, _now):
        job.life = f"{job.id}.{time.monotonic_ns()}"
        os.mkdir(os.path.join(self.spool, job.life))
        script = self.path(job.life, "slurm_script")
        with open(script, "w") as file:
            file.write(job.script)
        os.chmod(script, 0o700)
        words = [os.path.join(self.place, "bin/step"), self.path(job.life, "end"),
                 self.file(job, job.out), self.file(job, job.err),
                 "append" if job.append else "truncate", job.folder, script, *job.words]
        step = subprocess.Popen(words, env=self.environment(job), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                start_new_session=True)
        with open(self.path(job.life, "pid"), "w") as file:
            file.write(str(step.pid))

    def signal(self, job, number, whom):
        step = self.step(job.life)
        if not step:
            return
        pids = below(step)
        if whom == "batch":
            pids = pids[:1]
        elif whom == "steps":
            pids = [pid for other in pids if name_of(other) == "srun" for pid in below(other)]
        if number == signal.SIGTERM:
            send(pids, signal.SIGCONT)
        send(pids, number)

    def tell(self, job, text):
        try:
            with open(self.file(job, job.err), "a") as file:
                file.write(text)
        except OSError:
            pass

    # --- nodes that are lost, and come again -------------------------------------------

    def abandon(self, job):
        for node in job.nodes:
            self.strays.setdefault(node, []).append(job.life)

    def kill(self, life):
        step = self.step(life)
        if step:
            send(below(step), signal.SIGKILL)

    def clear(self, node):
        for life in self.strays.pop(node, []):
            self.kill(life)

    # --- time passes ---------------------------------------------------------------

    def ends(self, jobs):
        """(job, code, signal) of each that has ended."""
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        for job in jobs:
            words = read(self.path(job.life, "end")).split()
            if not words and self.step(job.life):
                continue
            # Once more: between the two it may have told.
            words = words or read(self.path(job.life, "end")).split() or ["0", "9"]
            shutil.rmtree(os.path.join(self.spool, job.life), ignore_errors=True)
            yield job, int(words[0]), int(words[1])

    def turn(self, jobs, now):
        """Whoever has more memory than was asked for is killed."""
        if now - self.looked < MEMORY_EVERY:
            return
        self.looked = now
        for job in jobs:
            used = sum(resident(pid) for pid in below(self.step(job.life) or 0))
            if used > job.memory << 20:
                self.tell(job, f"slurmstepd: error: Step {job.id}.batch exceeded memory limit "
                               f"({used} > {job.memory << 20}), being killed\n"
                               "slurmstepd: error: Exceeded job memory limit\n")
                self.signal(job, signal.SIGKILL, "all")

    def recover(self, jobs):
        """What runs though no job is known for it is killed, a little later."""
        known = {job.life for job in jobs}
        return [life for life in os.listdir(self.spool) if life not in known]

    def stop(self):
        for life in os.listdir(self.spool):
            self.kill(life)
