"""faults.py BUILD: the n-th call of an engine fails, or kills it there.

For each kind of call and each way to fail: a small sweep whose engine meets the
fault at its n-th call. It ends with a code and a sentence, or goes on as if
nothing had been; it never hangs or dies of it. A resume without faults then
completes what a sweep without faults is, as kill.py judges it.

FAULT_SECONDS  how long: cases are drawn until then (25); 0: every case, but
               of the allocations one in ALLOC_STEP
FAULT_ONLY     "submit write 28 17": this one alone; "submit write": such
CRASH_SEED     chooses the cases (1)
"""

import errno
import functools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import kill
from kill import Plan, Sweep, Wrong, compare, expect, finish, look

KILLED = 0
WAYS = {
    "write": (errno.ENOSPC, errno.EIO, KILLED),
    "sync": (errno.EIO, errno.ENOSPC, KILLED),
    "rename": (errno.EIO, KILLED),
    "open": (errno.EMFILE, errno.EIO, errno.ENOSPC, KILLED),
    "spawn": (errno.EAGAIN, errno.ENOMEM, KILLED),
    "mkdir": (errno.ENOSPC, errno.EIO, KILLED),
    "unlink": (errno.EIO, KILLED),
    "alloc": (errno.ENOMEM,),
}
ENDS = (0, 1, kill.BUSY)
# Most of them are SQLite's, one like the other; a prime.
ALLOC_STEP = 31


@functools.cache
def sanitizer(build):
    """The library that must stand first, in a list, or none."""
    linked = subprocess.run(["ldd", os.path.join(build, "hdrive")], text=True,
                            stdout=subprocess.PIPE, check=True).stdout
    return [line.split()[2] for line in linked.splitlines() if "libasan" in line]


class FaultySweep(Sweep):
    """A sweep whose next engine has a fault."""

    fault = None
    may_stop = {"sweep"}  # an engine that gives up stops what runs

    def environment(self):
        environ = super().environment()
        if self.fault:
            call, number, at = self.fault
            library = os.path.join(self.build, "tests/crash/faults.so")
            environ.update(
                LD_PRELOAD=" ".join(sanitizer(self.build) + [library]),
                FAULT_CALL=call, FAULT_ERRNO=str(number), FAULT_AT=str(at),
                FAULT_TOLD=self.told())
        return environ

    def told(self):
        return os.path.join(self.folder, "told")

    def said(self):
        with open(os.path.join(self.folder, f"engine{self.engines:03d}")) as file:
            return file.read()


def small_plan():
    plan = Plan(0)
    plan.sampler, plan.policy, plan.victim = "random", "bandit", "engine"
    plan.total, plan.concurrent, plan.values, plan.pause = 3, 2, 2, 4
    plan.source, plan.checkpoint, plan.smoke = "stdout", False, False
    return plan


def check_end(sweep, status, number):
    """A clear error with its code, or none."""
    said = sweep.said()
    if number == KILLED:
        expect(status in (0, -signal.SIGKILL), f"ended with {status}: {said}")
        return
    expect(status in ENDS, f"ended with {status}: {said}")
    expect(status == 0 or "hdrive: " in said, f"ended with {status} without a word")


def start_cut(sweep):
    """An engine that is killed while its second trial runs."""
    engine = sweep.submit()
    while not os.path.exists(sweep.trial_folder(1)) and engine.poll() is None:
        time.sleep(0.0005)
    engine.kill()
    engine.wait()


def one_case(build, folder, whole, case):
    sweep = FaultySweep(build, os.path.join(folder, "cut"), whole.plan)
    if case[0] == "resume":
        start_cut(sweep)
    sweep.fault = case[1:]
    status = finish((sweep.resume if case[0] == "resume" else sweep.submit)(), sweep)
    met = os.path.exists(sweep.told())
    sweep.fault = None
    check_end(sweep, status, case[2])
    expect(met or status == 0, f"ended with {status} without a fault")
    kill.complete(sweep, sweep.resume)
    compare(whole.trials, look(sweep), sweep.plan)
    shutil.rmtree(sweep.folder)


def count_calls(build, folder, phase, call):
    sweep = FaultySweep(build, os.path.join(folder, "count"), small_plan())
    if phase == "resume":
        start_cut(sweep)
    sweep.fault = (call, 0, 0)
    engine = sweep.resume() if phase == "resume" else sweep.submit()
    expect(finish(engine, sweep) == 0, "the sweep in peace failed")
    with open(sweep.told()) as file:
        count = int(file.read())
    shutil.rmtree(sweep.folder)
    return count


def all_cases(build, folder):
    only = os.environ.get("FAULT_ONLY", "").split()
    if len(only) == 4:
        return [(*only[:2], int(only[2]), int(only[3]))]
    return [(phase, call, number, at)
            for phase in ("submit", "resume") if not only or phase in only
            for call, numbers in WAYS.items() if len(only) < 2 or call in only
            # The sanitizer's malloc is its own, never ours.
            if call != "alloc" or not sanitizer(build)
            # What happens at once has another number of calls each time.
            for count in [count_calls(build, folder, phase, call) + 3]
            for number in numbers
            for at in range(1, count + 1, ALLOC_STEP if call == "alloc" else 1)]


def run_cases(build, folder, seconds, seed):
    whole = Sweep(build, os.path.join(folder, "whole"), small_plan())
    expect(finish(whole.submit(), whole) == 0, "the sweep in peace failed")
    whole.trials = look(whole)
    cases = all_cases(build, folder)
    random.Random(seed).shuffle(cases)
    began, done, bad = time.monotonic(), 0, []
    for case in cases:
        if seconds and time.monotonic() - began > seconds:
            break
        try:
            one_case(build, folder, whole, case)
        except Wrong as wrong:
            bad.append(case)
            print(f"FAULT_ONLY='{' '.join(map(str, case))}': {wrong}", flush=True)
            kill.end_left(folder)
            kept = os.path.join(folder, "-".join(map(str, case)))
            os.rename(os.path.join(folder, "cut"), kept)
        done += 1
    print(f"{done} of {len(cases)} faults in {time.monotonic() - began:.1f} s,"
          f" {len(bad)} not as they should be")
    return bad


def main():
    build = os.path.realpath(sys.argv[1])
    seconds = float(os.environ.get("FAULT_SECONDS", "25"))
    seed = int(os.environ.get("CRASH_SEED", "1"))
    folder = os.path.realpath(tempfile.mkdtemp(prefix="hdrive-faults-"))
    bad = run_cases(build, folder, seconds, seed)
    if bad:
        print(f"kept: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
