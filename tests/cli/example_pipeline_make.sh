#!/bin/sh
# The Makefile of examples/pipeline: killed in the middle it goes on, done it
# has nothing to do, and a requirement that is not met stops it.
. "$TEST_ROOT/tests/support/cli.sh"

# Mostly sklearn and make. Engines that are killed, --or-resume and --require have
# scripts of their own for the other builds.
[ "${TEST_BUILD##*/}" = release ] || exit 77
mkdir work
cp -R "$TEST_ROOT/examples/pipeline" "$TEST_ROOT/examples/digits" work
cd work/pipeline
rm -rf build .hdrive
unset MAKEFLAGS MAKELEVEL MFLAGS

# Everything that runs is killed at once; the trials, which no engine has now,
# are not.
setsid make >said 2>&1 &
pipeline=$!
within 60 grep -q leads said
kill -KILL -$pipeline
killed $pipeline
[ ! -e build/model.json ] || fail 'a model of half a sweep'
first() {
	hdrive show @ 0 --json | grep -o '"attempt":[0-9]*,"created":"[^"]*"'
}
first=$(first)
code 0 make
same "$(first)" "$first"
has out '^0\.9[0-9]* of 497 images are read right$'
same "$(hdrive ls --all | grep -c digits-)" 1
code 0 hdrive status
has out '10 of 10 ended'
sound

# Its second run does nothing.
code 0 make
has out "Nothing to be done for 'all'"

# What changed nothing is the same sweep, whose result is taken again.
touch train.py
code 0 make
same "$(hdrive ls --all | grep -c digits-)" 1
touch train.py
code 2 make REQUIRE='best>=0.999'
has err "required 'best>=0.999': it is 0.9"
has err 'Error 7$'
code 2 make REQUIRE='best>=0.999'

# Where there was no result there is none now: nothing stands for one.
rm -f build/model.json build/metrics.json build/report.txt
code 2 make REQUIRE='best>=0.999'
same "$(ls build | tr '\n' ' ')" 'test.csv train.csv valid.csv '

# Another program is another sweep.
echo '# changed' >>train.py
sed -i 's/max_total_runs: 10/max_total_runs: 1/' sweep.yml
code 0 make REQUIRE='trials==1'
same "$(hdrive ls --all | grep -c digits-)" 2
