#!/bin/sh
# While ssh to one host hangs, trials of the others begin, tell their values and end as
# ever: at the longest gap between two of their values it is seen.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
ssh_target

sweep total=6 concurrent=6
learner 0.3
OUT=$PWD/flags
mkdir flags
export OUT
# The first word for h1 hangs for so long, and the others have done all by then.
shim ssh <<'END'
case " $* " in
*' h1 '*) mkdir "$OUT/once" 2>/dev/null && sleep "${HANG_SECONDS:-25}" && echo >"$OUT/over" ;;
esac
exec "$REAL" "$@"
END
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
four_complete() {
	[ "$(trials s | grep -c ' Completed ')" -ge 4 ]
}
within 20 four_complete
[ -d flags/once ] || fail 'nothing hung'
[ ! -e flags/over ] || fail 'it did not hang so long'
done_well
completed 6 s
counted s
same "$(attempts s)" ''
nothing_left
