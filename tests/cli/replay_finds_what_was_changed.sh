#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# A bandit that stops everything but the leaders, and a store in which a row is
# changed: each is found and told.
learner
sweep total=12 concurrent=3 type=bayesian 'policy=BanditPolicy, slack_amount: 0.01'
code 0 hdrive submit sweep.yml --seed 2 -- ./learner
replays @
has out ' [1-9][0-9]* stops'
cp -r .hdrive whole

# changed SQL: what a replay says of a store with it.
changed() {
	rm -rf .hdrive
	cp -r whole .hdrive
	/usr/bin/python3 -c '
import sqlite3, sys
store = sqlite3.connect(".hdrive/hdrive.db")
assert store.execute(sys.argv[1]).rowcount >= 1
store.commit()' "$1"
	code 1 hdrive replay @
	has out ' [1-9][0-9]* differences$'
}
key='(SELECT key FROM trial WHERE number = 7)'
changed "UPDATE trial SET parameters = replace(parameters, '\"--x\":', '\"--x\":1')
	WHERE number = 7"
has out '^trial 7: the store has {"--x":1[0-9]*,"tag":".*"}; derived: {"--x":'
changed "UPDATE parameter SET value = value % 12 + 1 WHERE trial = $key AND position = 0"
has out '^trial 7: the store has {"--x":'
changed "UPDATE parameter SET value = 99 WHERE trial = $key AND position = 0"
has out '^trial 7: the store has values that the parameter space does not have; derived: {'
changed "UPDATE sweep SET seed = seed + 1"
changed "UPDATE decision SET threshold = threshold + 0.5 WHERE key = 1"
has out 'interval [0-9]*: the store has a stop by bandit: .*; derived: a stop by bandit: '
changed "UPDATE decision SET reason = 'because' WHERE key = 1"
has out 'the store has a stop by bandit: because '
changed "DELETE FROM decision WHERE key = 1"
has out ': the store has no stop; derived: a stop by bandit: best so far '
changed "INSERT INTO decision(trial, interval, policy, mine, threshold, compared, reason, time)
	SELECT trial, 99, policy, mine, threshold, compared, reason, time
	FROM decision WHERE key = 1"
has out 'interval 99: the store has a stop by bandit: .*; derived: nobody asked there$'
changed "DELETE FROM trial WHERE number = 5"
has out '^trial 5: the store has no such trial; derived: a trial, as there are later ones$'
changed "DELETE FROM metric WHERE interval = 1 AND trial =
	(SELECT key FROM trial WHERE intervals > 2 LIMIT 1)"
has out ', interval 1: the store has a value of interval 2; derived: the next is interval 1$'
code 1 hdrive replay @ --json
has out '"kind":"value","trial":[0-9]*,"interval":1,"stored":"a value of interval 2"'
has out '"same":false}$'
