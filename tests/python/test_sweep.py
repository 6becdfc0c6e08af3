"""Sweeps from Python: what is given, what comes back, and how they end."""
import os
import signal
import subprocess
import sys
import threading
import unittest

import hdrive

TRAIN = """
import hdrive

params = hdrive.params(x=9, more=1)
assert hdrive.in_trial() and params["more"] == 1 and params["opt"] in ("it's", None, True)
for step in range(5):
    if hdrive.log(loss=params["x"] / (step + 1), step=step):
        break
hdrive.log({"text": "é \\"q\\"", "ok": True})
with open(hdrive.outputs("model.txt"), "w") as file:
    file.write(str(params["x"]))
"""

SPACE = {"--x": hdrive.uniform(0.1, 1), "opt": ["it's", None, True]}
GRID = {"sampling": {"type": "grid", "parameter_space": {"a": [1, 2]}},
        "primary_metric_name": "loss", "primary_metric_goal": "minimize", "max_total_runs": 2}
WAIT = ["sh", "-c", "echo loss=1; exec sleep 100"]


def setUpModule():
    # Where the tests run in the background of a shell, ^C is ignored, and
    # Python leaves it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Sweep(unittest.TestCase):
    def setUp(self):
        with open("train.py", "w") as file:
            file.write(TRAIN)

    def refuses(self, code, text, function, *arguments, **more):
        with self.assertRaises(hdrive.Error) as caught:
            function(*arguments, **more)
        self.assertEqual(caught.exception.code, code, caught.exception)
        self.assertIn(text, str(caught.exception))

    def test_a_script_is_swept_and_its_results_are_plain(self):
        events = []
        result = hdrive.sweep(
            space=SPACE, metric="loss", max_trials=6, concurrent=2, seed=3, name="plain",
            sampler="random", command=[sys.executable, "train.py"], on_event=events.append)
        self.assertEqual((result.name, result.state, result.end, result.why, result.goal),
                         ("plain", "Completed", "", "", "minimize"))
        self.assertEqual((result.metric, result.seed, result.sampler), ("loss", 3, "random"))
        self.assertEqual([t["number"] for t in result.trials], list(range(6)))
        best = min(result.trials, key=lambda t: t["value"])
        self.assertEqual(result.best, (best["number"], best["value"], best["params"]))
        for trial in result.trials:
            x = trial["params"]["x"]
            self.assertEqual(trial["values"], [x / step for step in range(1, 6)])
            self.assertEqual((trial["state"], trial["end"], trial["exit_code"], trial["value"]),
                             ("Completed", "exit", 0, x / 5))
            self.assertTrue(0 < trial["seconds"] <= result.ended - result.started)
            with open(os.path.join(trial["folder"], "outputs", "model.txt")) as file:
                self.assertEqual(file.read(), str(x))
        rows = [row for row in result.metrics if row["trial"] == 2]
        self.assertEqual([(row["name"], row["step"], row["interval"]) for row in rows],
                         [("loss", step, step + 1) for step in range(5)]
                         + [("text", None, None), ("ok", None, None)])
        self.assertEqual([row["value"] for row in rows[5:]], ["é \"q\"", "True"])
        kinds = [event["event"] for event in events]
        self.assertEqual((kinds[-1], kinds.count("trial_ended"), kinds.count("metric")),
                         ("sweep_ended", 6, 30))
        self.assertEqual({event["sweep"] for event in events}, {"plain"})
        self.assertEqual(hdrive.results("plain").trials, result.trials)
        self.assertIn("plain: Completed, 6 trials", repr(hdrive.results()))
        # The same again by another process, and other trials by another seed.
        again = hdrive.sweep(space=SPACE, metric="loss", max_trials=2, seed=3, sampler="random",
                             command=[sys.executable, "train.py"])
        self.assertEqual([t["params"] for t in again.trials],
                         [t["params"] for t in result.trials[:2]])

    def test_a_policy_stops_scripts_that_ask(self):
        with open("slow.py", "w") as file:
            file.write("import hdrive, time\n"
                       "number = int(hdrive.params()['x'])\n"
                       "for step in range(1, 2000):\n"
                       "    if hdrive.log(acc=1 / number, step=step):\n"
                       "        raise SystemExit(0)\n"
                       "    if number == 1 and step == 3:\n"
                       "        break\n"
                       "    time.sleep(0.05)\n")
        result = hdrive.sweep(
            dict(GRID, sampling={"type": "grid", "parameter_space": {"x": [1, 2, 3]}},
                 policy={"type": "bandit", "slack_factor": 0.1}, primary_metric_name="acc",
                 primary_metric_goal="maximize", max_total_runs=3, max_concurrent_runs=1),
            [sys.executable, "slow.py"])
        self.assertEqual([(t["state"], t["end"]) for t in result.trials],
                         [("Completed", "exit"), ("Canceled", "policy"), ("Canceled", "policy")])
        self.assertIn("best so far", result.trials[1]["why"])

    def test_files_texts_and_dicts_say_the_same(self):
        text = ("sampling: {type: grid, parameter_space: "
                "[{name: a, expression: choice, values: [1, 2]}]}\n"
                "primary_metric_name: loss\nprimary_metric_goal: minimize\nmax_total_runs: 2\n"
                "max_concurrent_runs: 1\n")
        with open("sweep.yml", "w") as file:
            file.write(text)
        command = ["sh", "-c", 'echo "loss=$2 $EXTRA"']
        for config in (text, "sweep.yml", dict(GRID, max_concurrent_runs=1)):
            result = hdrive.sweep(config, command + ["sh"], environment={"EXTRA": "more=7"})
            self.assertEqual([t["value"] for t in result.trials], [1, 2])
            self.assertEqual([r["value"] for r in result.metrics if r["name"] == "more"], [7, 7])
        result = hdrive.sweep(text, command + ["sh"], changes={"max_total_runs": 1},
                              store="other/s.db")
        self.assertEqual(len(result.trials), 1)
        self.assertTrue(result.folder.startswith(os.path.abspath("other")))
        self.assertEqual(hdrive.results(store="other/s.db").name, result.name)

    def test_what_is_wrong_is_said_and_nothing_is_made(self):
        self.refuses("HD_ENOENT", "no.yml", hdrive.sweep, "no.yml", ["true"])
        self.refuses("HD_EINVAL", "config:1:1", hdrive.sweep, "a: 1\nb: 2\n", ["true"])
        self.refuses("HD_EINVAL", "no sweep's file", hdrive.sweep, {"a": 1}, ["true"])
        self.refuses("HD_EINVAL", "a: a parameter is", hdrive.sweep, dict(
            GRID, sampling={"type": "grid", "parameter_space": {"a": {}}}), ["true"])
        self.refuses("HD_EINVAL", "no command", hdrive.sweep, GRID, store="made/no.db")
        self.refuses("HD_EINVAL", "NUL", hdrive.sweep, GRID, ["a\0b"])
        self.assertRaises(TypeError, hdrive.sweep, GRID, "python train.py")
        for terms in ({"seed": -1}, {"seed": 2**64}, {"concurrent": -1}, {"cpus_per_trial": -1}):
            self.refuses("HD_EINVAL", "must be from 0", hdrive.sweep, GRID, ["true"], **terms)
        self.assertRaises(TypeError, hdrive.sweep)
        self.assertRaises(TypeError, hdrive.sweep, GRID, ["true"], space=SPACE)
        self.assertRaises(TypeError, hdrive.sweep, space=SPACE, command=["true"])
        self.refuses("HD_ENOENT", "zzz", hdrive.results, "zzz")
        self.refuses("HD_ENOENT", "zzz", hdrive.resume, "zzz")
        os.environ["HDRIVE_LAUNCHER"] = "/no/such"
        try:
            self.refuses("HD_ENOENT", "hdrive-launch", hdrive.sweep, GRID, ["true"])
        finally:
            del os.environ["HDRIVE_LAUNCHER"]

    def test_trials_that_fail_say_why(self):
        for command, end, why in ((["no-such-program"], "launch", "no-such-program"),
                                  (["sh", "-c", "exit 3"], "exit", "3")):
            result = hdrive.sweep(GRID, command, concurrent=1)
            self.assertEqual((result.state, result.best), ("Failed", None))
            for trial in result.trials:
                self.assertEqual((trial["state"], trial["end"]), ("Failed", end))
                self.assertIn(why, trial["why"])
                self.assertEqual((trial["value"], trial["values"]), (None, []))
        self.assertEqual(result.trials[0]["exit_code"], 3)

    def test_on_event_can_stop_a_sweep_and_resume_goes_on(self):
        result = hdrive.sweep(GRID, WAIT, name="stopped", grace=0.2, concurrent=1, on_event=lambda
                              event: "stop" if event["event"] == "metric" else None)
        self.assertEqual((result.state, result.end, len(result.trials)), ("Canceled", "user", 1))
        result = hdrive.resume("stopped", grace=0.2, on_event=lambda event: "stop" if
                               event["event"] == "trial_started" else None)
        self.assertEqual((result.state, result.trials[0]["attempt"]), ("Canceled", 2))

    def test_an_exception_in_on_event_stops_the_sweep_and_goes_on(self):
        def fails(event):
            if event["event"] == "trial_started":
                raise ZeroDivisionError
        self.assertRaises(ZeroDivisionError, hdrive.sweep, GRID, WAIT, name="raised", grace=0.2,
                          on_event=fails)
        self.assertEqual(hdrive.results("raised").state, "Canceled")

    def test_control_c_saves_and_leaves_nothing_running(self):
        def interrupt(event):
            if event["event"] == "metric":
                os.kill(os.getpid(), signal.SIGINT)
        with self.assertRaises(hdrive.Interrupted) as caught:
            hdrive.sweep(GRID, WAIT, name="interrupted", grace=0.2, concurrent=1,
                         on_event=interrupt)
        self.assertIsInstance(caught.exception, KeyboardInterrupt)
        self.assertIn("go on with: hdrive resume interrupted", str(caught.exception))
        self.assertEqual(caught.exception.result.state, "Canceled")

    def test_a_second_control_c_kills_at_once(self):
        with open("stubborn.sh", "w") as file:
            file.write("trap '' TERM\necho loss=1\nwhile :; do sleep 0.1; done\n")

        def interrupt(event):
            if event["event"] in ("metric", "tick"):
                os.kill(os.getpid(), signal.SIGINT)
        with self.assertRaises(hdrive.Interrupted):
            hdrive.sweep(GRID, ["sh", "stubborn.sh"], grace=1000, concurrent=1,
                         on_event=interrupt)

    def test_control_c_of_a_script_that_waits(self):
        process = subprocess.Popen([sys.executable, "-c", (
            "import hdrive\n"
            "hdrive.sweep({!r}, {!r}, name='waits', grace=0.2, on_event=lambda event: print("
            "event['event'], flush=True))").format(GRID, WAIT)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        for line in process.stdout:
            if line == b"metric\n":
                break
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        self.assertIn(b"hdrive.Interrupted: the sweep 'waits' was stopped and saved", said)
        self.assertEqual(hdrive.results("waits").state, "Canceled")

    def test_two_sweeps_in_two_threads(self):
        results = []

        def run(name):
            results.append(hdrive.sweep(GRID, ["sh", "-c", 'echo "loss=$2"', "sh"], name=name))
        threads = [threading.Thread(target=run, args=("thread-%d" % i,)) for i in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([(r.state, r.best.value) for r in results], [("Completed", 1)] * 2)

    def test_a_sweep_job_names_its_program(self):
        with open("job.yml", "w") as file:
            file.write(
                "$schema: x\ntype: sweep\ntrial:\n  environment: azureml:x@latest\n"
                "  command: echo loss=${{search_space.x}} of ${{inputs.what}}\n"
                "inputs: {what: one}\n"
                "sampling_algorithm: grid\nsearch_space: {x: {type: choice, values: [1, 2]}}\n"
                "objective: {goal: minimize, primary_metric: loss}\n"
                "limits: {max_total_trials: 2, max_concurrent_trials: 1}\n")
        with self.assertWarnsRegex(UserWarning, "job.yml:4:16: the environment"):
            result = hdrive.sweep("job.yml", inputs={"what": "two"})
        self.assertEqual([t["value"] for t in result.trials], [1, 2])
        with open(os.path.join(result.trials[0]["folder"], "stdout")) as file:
            self.assertEqual(file.read(), "loss=1 of two\n")

    def test_frames(self):
        class Pandas:
            DataFrame = list
        sys.modules["pandas"], before = Pandas, sys.modules.get("pandas")
        try:
            result = hdrive.sweep(GRID, ["sh", "-c", 'echo "loss=$2"', "sh"], concurrent=1)
            rows = result.to_frame()
        finally:
            del sys.modules["pandas"]
            if before:
                sys.modules["pandas"] = before
        self.assertEqual([(row["number"], row["value"], row["params_a"]) for row in rows],
                         [(0, 1, 1), (1, 2, 2)])
        self.assertNotIn("params", rows[0])


if __name__ == "__main__":
    unittest.main()
