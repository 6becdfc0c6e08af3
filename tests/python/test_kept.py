"""Studies that are kept in a store: reopened, shared, and left in the middle."""
import os
import signal
import subprocess
import sys
import unittest

import hdrive

LINE = {"--x": hdrive.uniform(0, 1), "opt": ["it's", "\"é\"", None, True, [1, 2]]}


def child(text):
    """A process of its own that has the store S."""
    return subprocess.Popen([sys.executable, "-c", "import hdrive, os\n" + text])


class Kept(unittest.TestCase):
    def create(self, name, **terms):
        terms.setdefault("sampler", "random")
        terms.setdefault("max_trials", 1000)
        study = hdrive.Study.create(name, LINE, **terms)
        self.addCleanup(study.close)
        return study

    def refuses(self, code, text, function, *arguments, **more):
        with self.assertRaises(hdrive.Error) as caught:
            function(*arguments, **more)
        self.assertEqual(caught.exception.code, code, caught.exception)
        self.assertIn(text, str(caught.exception))

    def test_what_was_told_outlives_the_study(self):
        with self.create("night", seed=5, goal="maximize", metric="acc") as study:
            self.assertEqual((study.name, study.seed), ("night", 5))
            trials = [study.ask() for _ in range(30)]
            for trial in trials[1:]:
                trial.report(0)
                trial.tell(trial["x"])
            first, best, table = trials[0], study.best, study.trials
        with hdrive.Study.open("night") as study:
            self.assertEqual((study.best, study.trials), (best, table))
            self.assertEqual(study.goal, "maximize")
            self.assertTrue(study.tell(first.number, 2))
            self.assertEqual(study.best, (0, 2, first.params))
            self.refuses("HD_EINVAL", "of another study", study.tell, first, 2)
            study.enqueue({"x": 0.5, "opt": [1, 2]})
            self.assertEqual(study.ask().params, {"x": 0.5, "opt": [1, 2]})
        result = hdrive.results("night")
        self.assertEqual((result.metric, result.state, result.end), ("acc", "Running", ""))
        self.assertEqual(result.best, (0, 2, first.params))
        self.assertEqual([t["params"] for t in result.trials[:30]], [t.params for t in trials])
        self.assertEqual([t["values"] for t in result.trials[1:30]],
                         [t["values"] for t in table[1:]])

    def test_memory_and_store_ask_the_same(self):
        kept = self.create("same", seed=7, sampler="tpe")
        memory = hdrive.Study(LINE, sampler="tpe", seed=7, max_trials=1000)
        for _ in range(25):
            one, two = kept.ask(), memory.ask()
            self.assertEqual(one.params, two.params)
            one.tell(one["x"])
            two.tell(two["x"])
        self.assertEqual(kept.trials, memory.trials)

    def test_a_killed_client_gets_its_trial_again(self):
        study = self.create("killed")
        process = child("study = hdrive.Study.open('killed')\n"
                        "trial = study.ask('w1')\n"
                        "trial.report(0.5)\n"
                        "os.kill(os.getpid(), 9)\n")
        self.assertEqual(process.wait(), -signal.SIGKILL)
        lost = study.trials[0]
        self.assertEqual((lost["state"], lost["values"]), ("Running", [0.5]))
        self.assertEqual(study.ask("w2").number, 1)
        again = study.ask("w1")
        self.assertEqual((again.number, again.params), (0, lost["params"]))
        self.assertTrue(again.tell(0.25))
        self.assertEqual(study.trials[0]["values"], [0.5, 0.25])

    def test_four_processes_share_a_study(self):
        study = self.create("shared", max_trials=60)
        processes = [child(
            "study = hdrive.Study.open('shared')\n"
            "study.optimize(lambda trial: trial['x'])\n"
            "study.close()\n") for _ in range(4)]
        self.assertEqual([process.wait() for process in processes], [0] * 4)
        trials = study.trials
        self.assertEqual([t["number"] for t in trials], list(range(60)))
        self.assertEqual({t["state"] for t in trials}, {"Completed"})
        self.assertEqual(study.best.value, min(t["params"]["x"] for t in trials))
        self.assertEqual(len({t["params"]["x"] for t in trials}), 60)
        self.assertRaises(hdrive.Exhausted, study.ask)
        self.assertEqual(hdrive.results("shared").state, "Completed")

    def test_a_fork_cannot_go_on_with_it(self):
        study = self.create("forked")
        study.ask().tell(1)
        process = os.fork()
        if process == 0:
            code = 1
            try:
                study.ask()
            except hdrive.Error as error:
                code = error.code != "HD_ESTATE" or "before a fork" not in str(error)
            try:
                study.close()
                # A child opens its own.
                with hdrive.Study.open("forked") as own:
                    own.ask().tell(0)
            except BaseException:
                code = 2
            os._exit(int(code))
        self.assertEqual(os.waitpid(process, 0)[1], 0)
        self.assertEqual(study.best.value, 0)
        self.assertEqual(study.ask().number, 2)

    def test_a_file_makes_one_too(self):
        text = ("sampling: {type: random, parameter_space: "
                "[{name: --x, expression: choice, values: [1, 2, 3]}]}\n"
                "primary_metric_name: loss\nprimary_metric_goal: minimize\nmax_total_runs: 9\n")
        with open("file.yml", "w") as file:
            file.write(text)
        with hdrive.Study.create("of-a-file", file="file.yml", seed=3) as study:
            kept = [trial.params for trial in study]
        with hdrive.Study.from_file(text, seed=3) as study:
            self.assertEqual([trial.params for trial in study], kept)
        with hdrive.Study.from_file("file.yml", changes={"max_total_runs": 2}) as study:
            self.assertEqual(len(list(study)), 2)
        self.refuses("HD_ENOENT", "no.yml", hdrive.Study.from_file, "no.yml")
        self.refuses("HD_EINVAL", "config:1:18: ", hdrive.Study.from_file,
                     text.replace("random", "foo"))

    def test_names_and_stores(self):
        self.create("taken")
        self.refuses("HD_EEXIST", "taken", self.create, "taken")
        self.refuses("HD_ENOENT", "none", hdrive.Study.open, "none")
        self.refuses("HD_ENOENT", "", hdrive.Study.open, store="no/where.db")
        self.refuses("HD_EINVAL", "at least 1", self.create, "zero", seed=0)
        self.assertRaises(TypeError, hdrive.Study.create, "a")
        self.assertRaises(TypeError, hdrive.Study.create, "a", LINE)
        self.assertRaises(TypeError, hdrive.Study.create, "a", LINE, file="x")
        self.assertRegex(self.create(None).name, r"^[a-z]+-[a-z]+-\d+$")
        with hdrive.Study.create("there", LINE, max_trials=2, store="else/s.db") as study:
            study.ask().tell(1)
        self.assertEqual(hdrive.results(store="else/s.db").name, "there")
        os.environ["HDRIVE_DB"] = "else/s.db"
        try:
            self.assertEqual(hdrive.results("@").name, "there")
        finally:
            del os.environ["HDRIVE_DB"]


if __name__ == "__main__":
    unittest.main()
