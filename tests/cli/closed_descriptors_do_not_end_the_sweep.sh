#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
script prog <<'END'
cat
echo acc=1
END
for name in in err all; do
	got=0
	case $name in
	in) hdrive submit sweep.yml --name in -- ./prog <&- >out 2>err || got=$? ;;
	err) hdrive submit sweep.yml --name err -- ./prog 2>&- >out || got=$? ;;
	all) hdrive submit sweep.yml --name all -- ./prog <&- >&- 2>&- || got=$? ;;
	esac
	case $name in
	all) same $got 1 ;; # the name could not be printed
	*) same $got 0 ;;
	esac
	code 0 hdrive status $name
	has out '4 completed'
	sound
done
# Nothing of the surroundings is needed.
env -i "$TEST_BUILD/hdrive" submit sweep.yml --name bare -- /bin/sh -c 'echo acc=1' >out 2>err
sound
