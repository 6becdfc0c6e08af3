"""look.py trials | attempts | ends | counted SWEEP: a sweep's rows, as the store has them.

trials     number, state, parameters and last value, a line each: what two runs of
           one sweep must have in common
attempts   number, attempt and end of each attempt that was not its trial's last
ends       number, state and end reason of each trial
counted    nothing but a status: every trial of the plan is there once, has ended,
           and has each value of its metrics once, in order
"""

import json
import os
import sqlite3
import sys

STORE = os.environ.get("HDRIVE_DB", ".hdrive/hdrive.db")


def rows(sql, *values):
    store = sqlite3.connect(STORE)
    store.row_factory = sqlite3.Row
    found = [dict(row) for row in store.execute(sql, values)]
    store.close()
    return found


def trials_of(sweep):
    return rows("SELECT t.* FROM trial t JOIN sweep s ON s.key = t.sweep"
                " WHERE s.name = ? ORDER BY t.number", sweep)


def print_trials(sweep):
    for trial in trials_of(sweep):
        parameters = json.dumps(json.loads(trial["parameters"]), sort_keys=True)
        print(trial["number"], trial["state"], parameters, trial["intervals"], trial["last"])


def print_attempts(sweep):
    for row in rows("SELECT t.number AS trial, a.number, a.end_reason FROM attempt a"
                    " JOIN trial t ON t.key = a.trial JOIN sweep s ON s.key = t.sweep"
                    " WHERE s.name = ? ORDER BY t.number, a.number", sweep):
        print(row["trial"], row["number"], row["end_reason"] or "-")


def print_ends(sweep):
    for trial in trials_of(sweep):
        print(trial["number"], trial["state"], trial["end_reason"] or "-")


def problems(sweep):
    plan = rows("SELECT * FROM sweep WHERE name = ?", sweep)
    if len(plan) != 1:
        yield f"{len(plan)} sweeps are called {sweep}"
        return
    found = trials_of(sweep)
    numbers = [trial["number"] for trial in found]
    if numbers != list(range(len(numbers))):
        yield f"the trials are {numbers}"
    for trial in found:
        if trial["state"] not in ("Completed", "Failed", "Canceled"):
            yield f"trial {trial['number']} is {trial['state']}"
        values = rows("SELECT sequence, interval, value FROM metric m JOIN name n"
                      " ON n.key = m.name WHERE m.trial = ? AND n.text = ?"
                      " ORDER BY sequence", trial["key"], plan[0]["metric"])
        if [row["interval"] for row in values] != list(range(1, len(values) + 1)):
            yield f"trial {trial['number']} has the values {values}"
        if len(values) != trial["intervals"]:
            yield f"trial {trial['number']} has not {trial['intervals']} values: {values}"


def main():
    what, sweep = sys.argv[1:]
    if what == "trials":
        print_trials(sweep)
    elif what == "attempts":
        print_attempts(sweep)
    elif what == "ends":
        print_ends(sweep)
    else:
        wrong = list(problems(sweep))
        print("\n".join(wrong), end="\n" if wrong else "")
        return 1 if wrong else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
