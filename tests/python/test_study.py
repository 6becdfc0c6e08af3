"""Studies in memory: ask, report, tell, and every misuse."""
import math
import os
import pickle
import random
import threading
import unittest
import warnings

import hdrive

LINE = {"x": hdrive.uniform(0, 1)}
BANDIT = {"type": "bandit", "slack_factor": 0.1}


class Case(unittest.TestCase):
    def refuses(self, code, text, function, *arguments, **more):
        with self.assertRaises(hdrive.Error) as caught:
            function(*arguments, **more)
        self.assertEqual(caught.exception.code, code, caught.exception)
        self.assertIn(text, str(caught.exception))

    def study(self, space=None, **terms):
        terms.setdefault("sampler", "random")
        terms.setdefault("seed", 3)
        study = hdrive.Study(space or LINE, **terms)
        self.addCleanup(study.close)
        return study


class Asking(Case):
    def test_trials_have_numbers_and_values_of_pythons_types(self):
        study = self.study({"--lr": hdrive.loguniform(-9, 0), "opt": ["adam", "sgd"],
                            "units": hdrive.quniform(16, 256, 16), "n": hdrive.randint(9)})
        for number in range(50):
            trial = study.ask()
            self.assertEqual(trial.number, number)
            self.assertEqual(list(trial.params), ["lr", "opt", "units", "n"])
            self.assertTrue(math.exp(-9) <= trial["lr"] <= 1)
            self.assertEqual(trial["--lr"], trial["lr"])
            self.assertIn(trial["opt"], ("adam", "sgd"))
            self.assertIs(type(trial["units"]), int)
            self.assertEqual(trial["units"] % 16, 0)
            self.assertIn(trial["n"], range(9))
            self.assertIn("--n", trial)
            self.assertNotIn("m", trial)
            self.assertEqual(trial.get("m", 7), 7)
            self.assertRaises(KeyError, lambda: trial["m"])

    def test_choices_keep_their_types_whatever_characters_they_hold(self):
        options = [None, True, False, 1, 2.5, -0.125, 1e-300, 2**53, "", "1", "true", "null", "~",
                   "a b", "it's \"quoted\" \\ {x}", "tab\tline\nend", "é\u2028\u0085😀\x7f\x01",
                   "- {a: b}", "#", [1, "a", None], [], {"k": [1.5, True]}, {}]
        study = self.study({"x": options})
        found = [study.ask()["x"] for _ in options]
        for option in options:
            self.assertTrue(any(value == option and type(value) is type(option)
                                for value in found), (option, found))
        self.assertRaises(hdrive.Exhausted, study.ask)

    def test_a_list_of_one_trial_is_not_that_of_another(self):
        study = self.study({"x": [[1, 2]], "y": hdrive.uniform(0, 1)})
        study.ask()["x"].append(3)
        self.assertEqual(study.ask()["x"], [1, 2])

    def test_one_value_is_a_choice_of_one(self):
        trial = self.study({"a": 5, "b": "text", "c": None, "d": (1,), "e": range(2, 3),
                            "f": hdrive.choice("x"), "g": hdrive.choice([True])}).ask()
        self.assertEqual(trial.params, {"a": 5, "b": "text", "c": None, "d": 1, "e": 2,
                                        "f": "x", "g": True})

    def test_every_expression_has_its_function(self):
        study = self.study({
            "choice": hdrive.choice(1, 2), "randint": hdrive.randint(3),
            "uniform": hdrive.uniform(0, 1), "quniform": hdrive.quniform(0, 1, 0.1),
            "loguniform": hdrive.loguniform(-1, 1), "qloguniform": hdrive.qloguniform(0, 5, 1),
            "normal": hdrive.normal(0, 1), "qnormal": hdrive.qnormal(0, 1, 0.5),
            "lognormal": hdrive.lognormal(0, 1), "qlognormal": hdrive.qlognormal(0, 1, 1),
            "as a file": {"expression": "uniform", "values": [5, 6]},
        })
        self.assertEqual(len(study.ask().params), 11)
        self.assertIn(study.ask()["choice"], (1, 2))
        self.assertEqual(repr(hdrive.uniform(0, 1)), "hdrive.uniform(0, 1)")

    def test_spans_take_the_values_themselves(self):
        study = self.study({"lr": hdrive.logspan(1e-4, 1e-1), "n": hdrive.intspan(1, 4),
                            "z": hdrive.intspan(0, 2), "b": hdrive.intspan(1, 64, log=True),
                            "m": hdrive.intspan(-2, 2)})
        trials = [study.ask() for _ in range(400)]
        rates = [trial["lr"] for trial in trials]
        self.assertTrue(1e-4 <= min(rates) < 3e-4 and 3e-2 < max(rates) <= 1e-1)
        for name, values in (("n", range(1, 5)), ("z", range(3)), ("m", range(-2, 3))):
            self.assertEqual({trial[name] for trial in trials}, set(values))
        big = [trial["b"] for trial in trials]
        self.assertTrue(set(big) <= set(range(1, 65)))
        self.assertTrue(100 < sum(value <= 8 for value in big) < 300)
        self.refuses("HD_EINVAL", "greater than 0", hdrive.logspan, 0, 1)
        self.refuses("HD_EINVAL", "smaller", hdrive.intspan, 4, 1)
        self.refuses("HD_EINVAL", "at least 1", hdrive.intspan, 0, 4, log=True)
        self.assertRaises(TypeError, hdrive.intspan, 0.5, 4)

    def test_branches_exist_only_where_they_are_drawn(self):
        spaces = [
            {"model": ["bayes", hdrive.branch("svm", C=hdrive.logspan(0.1, 10), kernel=[
                "rbf", hdrive.branch("poly", {"degree": hdrive.randint(4)})])]},
            {"model": ["bayes", {"svm": {"C": hdrive.logspan(0.1, 10), "kernel": [
                "rbf", {"poly": {"degree": hdrive.randint(4)}}]}}]},
        ]
        wanted = {("bayes",): {"model"}, ("svm", "rbf"): {"model", "C", "kernel"},
                  ("svm", "poly"): {"model", "C", "kernel", "degree"}}
        for space in spaces:
            study, seen = self.study(space), set()
            for _ in range(60):
                params = study.ask().params
                key = tuple(params[name] for name in ("model", "kernel") if name in params)
                self.assertEqual(set(params), wanted[key])
                seen.add(key)
            self.assertEqual(seen, set(wanted))
            self.assertTrue(study.trials)

    def test_a_dict_without_expressions_is_a_value(self):
        self.assertEqual(self.study({"x": [{"k": 1}]}).ask()["x"], {"k": 1})

    def test_the_same_seed_asks_the_same(self):
        for sampler in ("random", "sobol", "tpe", "bayesian"):
            one, two = (self.study(sampler=sampler) for _ in range(2))
            for _ in range(8):
                a, b = one.ask(), two.ask()
                self.assertEqual(a.params, b.params)
                one.tell(a, a["x"])
                two.tell(b, b["x"])
        self.assertNotEqual(hdrive.Study(LINE).seed, hdrive.Study(LINE).seed)
        self.assertEqual(self.study(seed=2**64 - 1).seed, 2**64 - 1)
        self.assertEqual(self.study(seed=0).seed, 0)

    def test_clients_get_their_open_trial_again(self):
        study = self.study()
        one = study.ask("ann")
        self.assertEqual(study.ask("ann").number, one.number)
        self.assertNotEqual(study.ask("bob").number, one.number)
        self.assertNotEqual(study.ask().number, one.number)
        self.refuses("HD_ESTATE", "asked for by 'ann', not by 'bob'", study.tell, one.number, 1,
                     client="bob")
        self.assertTrue(study.tell(one, 1))
        self.assertNotEqual(study.ask("ann").number, one.number)

    def test_what_has_an_end_ends(self):
        study = self.study({"x": [1, 2], "y": ["a", "b"]}, sampler="grid")
        self.assertEqual([list(trial.params.values()) for trial in study],
                         [[1, "a"], [1, "b"], [2, "a"], [2, "b"]])
        self.assertRaises(hdrive.Exhausted, study.ask)
        self.assertEqual(len(list(self.study(max_trials=7))), 7)

    def test_without_max_trials_there_is_no_limit(self):
        study = self.study(sampler="auto")
        for number in range(2000):
            if number:
                break
            study.ask()
        self.assertIn("auto is bayesian", study.note)
        self.assertIsNone(self.study().note)

    def test_failures_can_end_a_study(self):
        study = self.study(max_trials=100, max_failures=2)
        for _ in range(3):
            study.fail(study.ask())
        self.assertRaises(hdrive.Exhausted, study.ask)

    def test_enough_ends_a_study(self):
        study = self.study(max_trials=100, end_when={"target": 0.5, "patience": 4})
        trial = study.ask()
        self.assertEqual(trial.report(0.75), "")
        self.assertEqual(trial.report(0.5), "trial 0 reached 0.5, the target is 0.5")
        self.assertRaises(hdrive.Exhausted, study.ask)
        study = self.study(max_trials=100, end_when={"patience": 4})
        for _ in range(5):
            study.tell(study.ask(), 1)
        self.assertRaises(hdrive.Exhausted, study.ask)
        with self.assertRaises(hdrive.Error) as caught:
            self.study(end_when={"target": "high"})
        self.assertIn("end_when.target", str(caught.exception))


class Telling(Case):
    def test_tell_ends_a_trial_once(self):
        study = self.study()
        trial = study.ask()
        self.assertIs(study.tell(trial, 0.5), True)
        self.assertIs(study.tell(trial, 0.1), False)
        self.assertIs(study.fail(trial, "late"), False)
        self.assertIs(study.cancel(trial), False)
        self.assertIn("ended", study.report(trial, 0.1))
        self.assertEqual(study.best, (0, 0.5, trial.params))
        self.assertEqual([t["values"] for t in study.trials], [[0.5]])

    def test_nan_is_a_failure(self):
        study = self.study()
        study.ask().tell(math.nan)
        study.ask().tell(math.inf)
        self.assertEqual([t["state"] for t in study.trials], ["Failed", "Completed"])
        self.assertEqual([t["value"] for t in study.trials], [None, math.inf])

    def test_states_and_ends(self):
        study = self.study()
        for end in (lambda t: t.tell(1), lambda t: t.fail("why é"), lambda t: t.cancel("not"),
                    lambda t: t.tell(), lambda t: None):
            end(study.ask())
        self.assertEqual([t["state"] for t in study.trials],
                         ["Completed", "Failed", "Canceled", "Completed", "Running"])
        self.assertEqual([t["end"] for t in study.trials],
                         ["script", "script", "user", "script", ""])
        self.assertEqual([t["value"] for t in study.trials], [1, None, None, None, None])

    def test_report_says_why_to_stop(self):
        study = self.study(policy=BANDIT)
        good, bad = study.ask(), study.ask()
        self.assertEqual(good.report(1), "")
        self.assertFalse(good.should_stop)
        self.assertIn("best so far", bad.report(2))
        self.assertTrue(bad.should_stop)
        self.assertIn("best so far", bad.stop_reason)
        self.assertIn("best so far", study.report(bad.number, 3))
        self.assertTrue(bad.tell(4))
        self.assertTrue(good.tell())
        self.assertEqual([(t["state"], t["end"], t["value"]) for t in study.trials],
                         [("Completed", "script", 1), ("Canceled", "policy", 2)])

    def test_reduce_decides_what_a_trial_is_ranked_by(self):
        for reduce, value in ((None, 1), ("last", 3), ("mean-2", 2.5)):
            study = self.study(reduce=reduce)
            trial = study.ask()
            for report in (1, 2):
                trial.report(report)
            trial.tell(3)
            self.assertEqual(study.best.value, value)
            self.assertEqual(study.trials[0]["value"], value)

    def test_goal(self):
        study = self.study(goal="maximize")
        for value in (1, 3, 2):
            study.ask().tell(value)
        self.assertEqual((study.best.number, study.best.value), (1, 3))
        self.assertEqual(study.goal, "maximize")

    def test_points_and_trials_of_others(self):
        study = self.study({"--x": hdrive.uniform(0, 1), "opt": ["a", None]}, sampler="tpe")
        study.enqueue({"x": 0.25, "opt": None})
        study.enqueue({"--x": 0.5, "opt": "a"})
        self.assertEqual(study.ask().params, {"x": 0.25, "opt": None})
        self.assertEqual(study.ask().params, {"x": 0.5, "opt": "a"})
        point = {"x": 0.75, "opt": "a"}
        self.assertEqual(study.add(point, 0.125), 2)
        self.assertEqual(study.add(point, [3, 1, 2]), 3)
        self.assertEqual(study.add(point, math.nan), 4)
        self.assertEqual(study.add(point), 5)
        self.assertEqual(study.add(point, [4], failed=True, why="disk"), 6)
        self.assertEqual([t["state"] for t in study.trials[2:]],
                         ["Completed", "Completed", "Failed", "Completed", "Failed"])
        self.assertEqual([t["values"] for t in study.trials[2:]],
                         [[0.125], [3, 1, 2], [], [], [4]])
        self.assertEqual(study.best, (2, 0.125, point))
        for bad in ({"x": 7, "opt": "a"}, {"x": 0.5}, {"x": 0.5, "opt": "b"},
                    {"x": "a", "opt": "a"}, [], "x", {"x": 0.5, "opt": "a", "more": 1}):
            self.refuses("HD_EINVAL", "", study.enqueue, bad)
            self.refuses("HD_EINVAL", "", study.add, bad, 1)
        self.refuses("HD_EINVAL", "JSON", study.enqueue, {"x": math.nan, "opt": "a"})

    def test_optimize(self):
        study = self.study()
        best = study.optimize(lambda trial: (trial["x"] - 0.5) ** 2, 30)
        self.assertEqual(len(study.trials), 30)
        self.assertEqual(best, study.best)
        self.assertLess(best.value, 0.05)
        self.assertEqual(len(list(self.study(max_trials=3))), 3)
        limited = self.study(max_trials=3)
        limited.optimize(lambda trial: 1)
        self.assertEqual(len(limited.trials), 3)
        self.study().optimize(lambda trial: 1, seconds=0.05)

    def test_paused_trials_go_on_where_they_were(self):
        rungs = {"type": "asha", "first_rung": 1, "reduction_factor": 2}
        study = self.study(policy=rungs, promotes=True)
        # The earlier the better: the second is paused, and has company soon.
        trials = [study.ask() for _ in range(4)]
        self.assertEqual(trials[0].report(0), "")
        self.assertIn("rung 1", trials[1].report(1))
        self.assertTrue(trials[1].pauses)
        trials[1].cancel()
        for trial in trials[2:]:
            trial.report(trial.number)
            self.assertTrue(trial.pauses)
            trial.tell()
        again = study.ask()
        self.assertEqual((again.number, again.intervals), (1, 1))
        self.assertEqual(again.params, trials[1].params)
        self.assertEqual(again.report(0.5), "")
        self.assertEqual(again.intervals, 2)
        self.assertFalse(again.pauses)
        # To whoever cannot go on a pause is a stop.
        study = self.study(policy=rungs)
        trials = [study.ask() for _ in range(2)]
        trials[0].report(0)
        self.assertIn("rung 1", trials[1].report(1))
        self.assertFalse(trials[1].pauses)

    def test_optimize_with_a_policy_and_without_a_last_value(self):
        def climb(trial):
            for step in range(20):
                if trial.report(trial["x"] + 1 / (step + 1)):
                    return
        study = self.study(policy=dict(BANDIT, delay_evaluation=3))
        study.optimize(climb, 20)
        states = [t["state"] for t in study.trials]
        self.assertEqual(set(states), {"Completed", "Canceled"})

    def test_optimize_and_exceptions(self):
        def fails(error):
            def function(trial):
                if trial.number == 1:
                    raise error
                return 1
            return function
        study = self.study()
        self.assertRaises(ValueError, study.optimize, fails(ValueError("no é \0 \ud800")), 3)
        self.assertEqual([t["state"] for t in study.trials], ["Completed", "Failed"])
        study = self.study()
        study.optimize(fails(ValueError("no")), 3, catch=(ValueError,))
        self.assertEqual([t["state"] for t in study.trials],
                         ["Completed", "Failed", "Completed"])
        study = self.study()
        self.assertRaises(KeyboardInterrupt, study.optimize, fails(KeyboardInterrupt()), 3)
        self.assertEqual(study.trials[1]["state"], "Canceled")
        self.refuses("HD_EINVAL", "returned None for trial", self.study().optimize,
                     lambda trial: None, 3)
        self.assertRaises(ValueError, self.study().optimize, lambda trial: "x", 3)

    def test_stop_ends_a_study(self):
        study = self.study()
        open_one = study.ask()
        self.assertTrue(study.stop())
        self.assertFalse(study.stop())
        self.assertEqual(study.trials[0]["state"], "Canceled")
        self.assertRaises(hdrive.Exhausted, study.ask)
        self.refuses("HD_ESTATE", "has been ended", study.ask)
        self.refuses("HD_ESTATE", "has been ended", study.enqueue, {"x": 0.5})
        self.assertFalse(study.tell(open_one, 1))
        self.assertEqual(list(study), [])


class Misuse(Case):
    def test_spaces_that_are_wrong_are_named(self):
        for space, text in (
                ({"a": hdrive.uniform(1, 0)}, "'max' of uniform must be greater than 'min'"),
                ({"ok": 1, "b": hdrive.loguniform(0, 1e9)}, "'b': 'max' of loguniform"),
                ({"a": []}, "'a': choice needs at least one option"),
                ({"a": {"b": 1}}, "a: a parameter is a list of options"),
                ({"a": [object()]}, "is no number, text, bool, None, list or dict"),
                ({"a": [math.inf]}, "a: Out of range float values"),
                ({"a": "\ud800"}, "a: 'utf-8' codec can't encode"),
                ({"a": "x\0"}, "NUL character"),
                ({"a": hdrive.uniform("x", 1)}, "'a'"),
                ({"a": {"expression": "logunifrom", "values": [0, 1]}}, "logunifrom"),
                ({"a": 1, "--a": 2}, "a"),
                ({1: 2}, "a parameter's name must be a text"),
                ({"": 1}, "name"),
                ([1], "a space must be a dict of parameters"),
                ({}, "parameter_space")):
            if space == {}:
                self.refuses("HD_EINVAL", text, hdrive.Study, {})
            else:
                self.refuses("HD_EINVAL", text, hdrive.Study, space)

    def test_every_problem_is_told(self):
        with self.assertRaises(hdrive.Error) as caught:
            hdrive.Study({"a": hdrive.uniform(1, 0), "b": hdrive.randint(0)}, goal="least",
                         policy={"type": "bandit"})
        self.assertEqual(len(str(caught.exception).splitlines()), 4)

    def test_terms_that_are_wrong_are_named(self):
        for terms, text in (
                ({"goal": "x"}, "'primary_metric_goal' must be"),
                ({"sampler": "foo"}, "'sampling.type' must be"),
                ({"sampler": "grid"}, "cannot be in a grid"),
                ({"sampler": {"initial_trials": 3}}, "sampler: a dict needs its 'type'"),
                ({"policy": "bandit"}, "'slack_factor'"),
                ({"policy": {"type": "bandit", "slack_factor": -1}}, "at least 0, got -1"),
                ({"seed": -1}, "from 0 to 2^64 - 1"),
                ({"seed": 2**64}, "from 0 to 2^64 - 1"),
                ({"max_trials": 0}, "at least 1"),
                ({"concurrency": -2}, "at least 1"),
                ({"reduce": "most"}, "reduce")):
            self.refuses("HD_EINVAL", text, hdrive.Study, LINE, **terms)
        self.assertRaises(TypeError, hdrive.Study, LINE, seed=1.5)

    def test_what_is_doubtful_is_a_warning(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            self.study({"lr": hdrive.loguniform(0.0001, 0.1)})
        self.assertEqual(len(told), 1)
        self.assertIn("lr", str(told[0].message))
        self.assertEqual(os.path.basename(told[0].filename), "test_study.py")

    def test_numbers_that_are_no_trials(self):
        study = self.study()
        self.refuses("HD_ENOENT", "there is no trial 0, 0 were asked for", study.tell, 0, 1)
        self.refuses("HD_ENOENT", "there is no trial -1", study.tell, -1, 1)
        self.refuses("HD_ENOENT", "there is no trial 5", study.report, 5, 1)
        study.ask()
        self.refuses("HD_ENOENT", "there is no trial 18446744073709551616", study.tell, 2**64, 1)
        self.refuses("HD_ENOENT", "there is no trial 5", study.fail, 5)
        self.assertRaises(TypeError, study.tell, 1.0, 1)
        self.assertRaises(TypeError, study.tell, "0", 1)
        self.assertIsNone(study.best)

    def test_values_that_are_no_numbers(self):
        study = self.study()
        trial = study.ask()
        self.assertRaises(ValueError, trial.tell, "good")
        self.assertRaises(TypeError, trial.report, None)
        self.assertRaises(TypeError, trial.tell, [1])
        self.assertEqual(study.trials[0]["state"], "Running")

    def test_trials_of_another_study(self):
        one, two = self.study(), self.study()
        trial = one.ask()
        two.ask()
        self.refuses("HD_EINVAL", "trial 0 is of another study", two.tell, trial, 1)
        self.refuses("HD_EINVAL", "trial 0 is of another study", two.report, trial, 1)
        self.refuses("HD_EINVAL", "trial 0 is of another study", two.fail, trial)

    def test_texts_that_c_cannot_have(self):
        study = self.study()
        self.refuses("HD_EINVAL", "client must not hold a NUL", study.ask, "a\0b")
        self.refuses("HD_EINVAL", "client: 'utf-8' codec", study.ask, "\ud800")
        self.refuses("HD_EINVAL", "why must not hold a NUL", study.fail, study.ask(), "\0")

    def test_a_closed_study_says_so(self):
        study = self.study()
        with study as same:
            trial = same.ask()
        for call in (study.ask, lambda: trial.tell(1), lambda: trial.report(1), trial.fail,
                     lambda: study.enqueue({"x": 0.5}), lambda: study.add({"x": 0.5}, 1),
                     study.stop, lambda: study.best, lambda: study.trials, lambda: study.seed,
                     lambda: study.name, lambda: study.note, lambda: study.goal,
                     lambda: study.optimize(lambda t: 1, 1)):
            self.refuses("HD_ESTATE", "the study has been closed", call)
        study.close()

    def test_errors_can_be_pickled(self):
        error = pickle.loads(pickle.dumps(hdrive.Error("HD_EBUSY", "held")))
        self.assertEqual((error.code, str(error)), ("HD_EBUSY", "held"))

    def test_frames_need_pandas(self):
        study = self.study()
        study.ask().tell(1)
        try:
            import pandas  # noqa: F401
        except ImportError:
            with self.assertRaisesRegex(ImportError, "needs pandas"):
                study.to_frame()
        else:
            frame = study.to_frame()
            self.assertEqual(list(frame["value"]), [1])
            self.assertIn("params_x", frame.columns)


class AnySequence(Case):
    """Calls in any order with anything: an exception of ours, or a result."""

    VALUES = [0, 1, -1, 0.5, math.nan, math.inf, 1e308, None, True, "x", "", [], [1, 2], {}, b"b",
              2**64, 10**400, "\0", "\ud800", object(), {"x": 0.5}, {"x": math.nan}, {"--x": 1}]

    def test_calls_in_any_order_never_crash(self):
        draw = random.Random(3)
        for _ in range(40):
            studies = [hdrive.Study(LINE, sampler="random", policy=BANDIT, max_trials=20)
                       for _ in range(2)]
            trials = [0, 1, -1, 2**70, None, "0"]
            for _ in range(60):
                self.call(draw, draw.choice(studies), trials)
            for study in studies:
                self.assertLessEqual(len(study.trials) if study._handle else 0, 60)
                study.close()

    def call(self, draw, study, trials):
        value, more = draw.choice(self.VALUES), draw.choice(self.VALUES)
        trial = draw.choice(trials)
        calls = [study.ask, study.ask, lambda: study.ask(value), lambda: study.tell(trial, value),
                 lambda: study.tell(trial, draw.random()), lambda: study.report(trial, value),
                 lambda: study.report(trial, draw.random(), more),
                 lambda: study.tell(trial, value, more), lambda: study.fail(trial, value),
                 lambda: study.cancel(trial, more), lambda: study.enqueue(value),
                 lambda: study.add(value, more), lambda: study.add({"x": 0.5}, value),
                 lambda: study.best, lambda: study.trials, lambda: study.note]
        calls += [study.stop, study.close] if draw.random() < 0.02 else []
        try:
            result = draw.choice(calls)()
        except (hdrive.Error, TypeError, ValueError, OverflowError):
            return
        if isinstance(result, hdrive.Trial):
            trials.append(result)


class Threads(Case):
    def test_two_threads_with_a_study_each(self):
        def run(found):
            study = self.study(sampler="tpe")
            study.optimize(lambda trial: trial["x"], 60)
            found.append([t["params"]["x"] for t in study.trials])
        found = []
        self.together(run, found, 2)
        self.assertEqual(found[0], found[1])

    def test_many_threads_with_one_study(self):
        study = self.study(policy=BANDIT)

        def run(numbers):
            for _ in range(200):
                trial = study.ask()
                trial.report(trial["x"])
                self.assertTrue(trial.tell(trial["x"]))
                numbers.append(trial.number)
                study.best
        numbers = []
        self.together(run, numbers, 4)
        self.assertEqual(sorted(numbers), list(range(800)))
        self.assertEqual(study.best.value, min(t["params"]["x"] for t in study.trials))

    def together(self, run, found, count):
        threads = [threading.Thread(target=run, args=(found,)) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_a_fork_has_a_study_of_its_own(self):
        study = self.study()
        study.ask().tell(1)
        study._lock.acquire()  # as if another thread were in a call
        child = os.fork()
        if child == 0:
            os._exit(0 if study.ask().number == 1 and study.best.value == 1 else 1)
        study._lock.release()
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(study.ask().number, 1)


if __name__ == "__main__":
    unittest.main()
