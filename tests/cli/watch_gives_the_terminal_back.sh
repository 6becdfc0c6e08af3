#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
. "$TEST_ROOT/tests/support/watch.sh"

sweep total=3 concurrent=2
script prog <<'END'
echo acc=0.$2
until [ -e ../../../../go ]; do sleep 0.1; done
END
code 0 hdrive submit sweep.yml --name kept-1 --detach -- ./prog
within 60 sh -c 'hdrive status kept-1 | grep -q "2 running"'

# modes FILE: what stty says but for the size. They are as at first.
modes() {
	rm -f "$1"
	types "stty -a | sed 1d >draft; mv draft $1"
	within 30 test -s "$1"
}
modes_are_back() {
	modes after
	same "$(cat after)" "$(cat before)"
}
is_left() {
	[ "$(pane alternate_on)" = 0 ]
}

# begin: the screen is taken over. back NAME STATUS: it is not, as if it never was.
begin() {
	rm -f code
	types 'hdrive watch kept-1; echo $? >code'
	shows 'kept-1  Running'
	same "$(pane alternate_on)" 1
	same "$(pane cursor_flag)" 0
	drawer=$(drawer_pid)
}
back() {
	within 30 test -s code
	within 30 gone "$drawer"
	modes_are_back
	within 30 is_left
	same "$(pane cursor_flag)" 1
	same "$1: $(cat code)" "$1: $2"
	hides 'kept-1  Running'
}

terminal 80 24
modes before

begin
keys q
back 'q' 0

begin
keys C-c
back 'Ctrl-C' 130

begin
kill "$(guard_pid)"
back 'TERM to hdrive' 143

begin
kill -HUP "$(drawer_pid)"
back 'HUP to what draws' 129

# Nothing in it can do anything about these.
begin
kill -9 "$(drawer_pid)"
back 'KILL of what draws' 1
shows "^hdrive: 'hdrive-watch' was ended by signal 9 (Killed)"
begin
# Not SEGV, which a sanitizer takes for itself.
kill -ABRT "$(drawer_pid)"
back 'a crash' 1
begin
kill -9 "$(guard_pid)"
back 'KILL of hdrive' 137

# Ctrl-Z, and on again; the second time with another size meanwhile.
begin
keys C-z
within 30 is_left
modes_are_back
types fg
shows 'kept-1  Running'
same "$(pane alternate_on)" 1
keys C-z
within 30 is_left
resize 100 30
types fg
shows 'kept-1  Running'
shows '^ q quit .* p hold'
keys q
within 30 is_left
modes_are_back

# A terminal that is closed leaves nobody behind.
types 'hdrive watch kept-1'
shows 'kept-1  Running'
guard=$(guard_pid) drawer=$(drawer_pid)
close_terminal
within 30 gone "$guard"
within 30 gone "$drawer"

touch go
code 0 hdrive wait kept-1
