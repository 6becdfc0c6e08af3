"""kill.py BUILD: tests/crash/kill.py with trials that are jobs of the Slurm around.

Supervisors are on nodes, and who kills these is another test.
"""

import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../crash"))

import kill  # noqa: E402


class ClusterPlan(kill.Plan):
    def __init__(self, seed):
        super().__init__(seed)
        self.victim, self.smoke = "engine", False
        # So few that each is worth it: a job takes a second to begin.
        self.total, self.pause = min(self.total, 8), max(self.pause, 25)
        self.kills = min(self.kills, 5)
        self.array = self.rng.choice([0, 0, 5])


class ClusterSweep(kill.Sweep):
    def submit(self):
        if os.path.basename(self.folder) == "cut":
            # The reader of a file that is there already is no part of the test.
            subprocess.run(
                [os.path.join(self.build, "hdrive"), "target", "add", "--force", "lab", "slurm",
                 f"array={self.plan.array}", "submit_rate=50", "memory=50M"],
                cwd=os.path.join(self.folder, "work"), env=self.environment(), check=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return super().submit()

    def start(self, *words):
        words = list(words)
        if words[0] == "submit" and os.path.basename(self.folder) == "cut":
            words[1:1] = ["--backend", "lab"]
        return super().start(*words)


def pause_until(sweep, engine, took, before=kill.pause_until):
    # A job begins later than a process.
    before(sweep, engine, took + 4)


kill.Plan, kill.Sweep, kill.pause_until = ClusterPlan, ClusterSweep, pause_until

if __name__ == "__main__":
    sys.exit(kill.main())
