#!/usr/bin/python3
"""srun: inside a job of the made-up Slurm, a program once for each task.

Tasks are dealt out to the nodes in blocks; they are processes of this machine, each
with Slurm's variables. The first that fails ends the others when
--kill-on-bad-exit says so; the status is the largest of theirs.
"""

import itertools
import os
import signal
import subprocess
import sys

VALUES = {"-n": "--ntasks", "-N": "--nodes", "-w": "--nodelist"}
NAMES = {"--ntasks", "--nodes", "--nodelist", "--ntasks-per-node", "--kill-on-bad-exit", "--mpi",
         "--export", "--cpu-bind", "--cpus-per-task", "--input", "--output", "--error",
         "--chdir", "--distribution", "--wait", "--label", "--unbuffered", "--overlap",
         "--exact", "--no-kill", "--mem", "--gres", "--quiet", "--open-mode"}
ALONE = {"--label", "--unbuffered", "--overlap", "--exact", "--no-kill", "--quiet"}


def options(words):
    found = {}
    while words and words[0].startswith("-"):
        word = words.pop(0)
        name, sep, value = word.partition("=")
        if not word.startswith("--"):
            name, value, sep = VALUES.get(word[:2]), word[2:], word[2:]
        if name not in NAMES:
            sys.exit(f"srun: unrecognized option '{word}'")
        if name not in ALONE and not sep:
            value = words.pop(0) if name != "--kill-on-bad-exit" else "1"
        found[name] = value
    return found, words


def layout(nodes, count):
    """Tasks of each node, as "2,1(x3)"."""
    runs = [(size, len(list(same))) for size, same in
            itertools.groupby(nodes.count(node) for node in range(count))]
    return ",".join(f"{size}(x{many})" if many > 1 else str(size) for size, many in runs)


def status_of(code):
    return 128 - code if code < 0 else code


def main():
    chosen, words = options(sys.argv[1:])
    if "SLURM_JOB_ID" not in os.environ:
        sys.exit("srun: error: not inside a job")
    names = os.environ["SLURM_JOB_NODELIST"].split(",")
    count = int(chosen.get("--ntasks") or os.environ["SLURM_NTASKS"])
    # As Slurm deals them out: in blocks, the first ones larger by one.
    nodes = [node for node in range(len(names))
             for _ in range(count // len(names) + (node < count % len(names)))]
    tasks = []
    for rank, node in enumerate(nodes):
        environment = dict(
            os.environ, SLURM_PROCID=str(rank), SLURM_LOCALID=str(rank - nodes.index(node)),
            SLURM_NODEID=str(node), SLURM_NTASKS=str(count), SLURM_STEP_ID="0",
            SLURM_STEP_NUM_TASKS=str(count), SLURM_STEP_NODELIST=",".join(names),
            SLURM_STEP_NUM_NODES=str(len(names)),
            SLURM_STEP_TASKS_PER_NODE=layout(nodes, len(names)),
            SLURM_LAUNCH_NODE_IPADDR="127.0.0.1", SLURMD_NODENAME=names[node])
        tasks.append(subprocess.Popen(words, env=environment, start_new_session=True,
                                      stdin=subprocess.DEVNULL))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda got, _: [task.send_signal(got) for task in tasks])
    worst, left = 0, {task.pid: task for task in tasks}
    while left:
        pid, status = os.wait()
        if left.pop(pid, None) is None:
            continue
        code = status_of(os.waitstatus_to_exitcode(status))
        if code and not worst and "--kill-on-bad-exit" in chosen:
            for task in left.values():
                task.terminate()
        worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(main())
