#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Against the installed headers and library alone, as its README has it.
[ "${TEST_BUILD##*/}" = release ] || exit 77
unset MAKEFLAGS MAKELEVEL
code 0 make -C "$TEST_ROOT" DESTDIR="$PWD/root" PREFIX=/usr install
cp -R "$TEST_ROOT/examples/jobrunner" jobrunner
cd jobrunner || exit
PKG_CONFIG_PATH=$OLDPWD/root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$OLDPWD/root
LD_LIBRARY_PATH=$OLDPWD/root/usr/lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
code 0 make CFLAGS='-O1 -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror'
[ ! -s err ] || fail 'the compiler has something to say'

RACE_STEP=0.02
export RACE_STEP
code 0 ./jobrunner -j 3 -e 'echo backup; exit 3' sweep.yml jobs.db night -- ./race.sh
has out '^backup$'
has out "^job 'echo backup; exit 3' ended with 768$"
has out '^night Completed: 9 trials, '
has out '^best 0\.'
hdrive --db jobs.db status night >status
has status 'Completed'

# Ctrl-C: what runs is stopped, and the next run goes on.
RACE_STEP=0.2
./jobrunner -j 2 sweep.yml jobs.db second -- ./race.sh >second.log 2>&1 &
pid=$!
until grep -q 'leads' second.log 2>/dev/null; do sleep 0.05; done
kill -INT "$pid"
wait "$pid" || fail 'interrupted: not graceful'
has second.log '^second Canceled: '

# Killed in the middle: no job outlives it, no trial is lost.
RACE_STEP=0.2
./jobrunner -j 2 sweep.yml jobs.db third -- ./race.sh >third.log 2>&1 &
pid=$!
until grep -q 'Completed' third.log 2>/dev/null; do sleep 0.05; done
kill -KILL "$pid"
killed "$pid"
RACE_STEP=0.02
code 0 ./jobrunner -j 2 sweep.yml jobs.db third -- ./race.sh
has out '^third Completed: 9 trials, '
code 0 hdrive --db jobs.db replay third
RACE_STEP=0.2
# Another program does not take over what it does not run.
./jobrunner -j 2 sweep.yml jobs.db fourth -- ./race.sh >fourth.log 2>&1 &
pid=$!
until grep -q 'leads' fourth.log 2>/dev/null; do sleep 0.05; done
kill -KILL "$pid"
killed "$pid"
code 1 hdrive --db jobs.db resume fourth
has err "are run by 'jobrunner', not by 'local'"
