#!/bin/sh
# kill -9 of the engine after the intent, after the start was sent, while it runs, after the
# exit record, before the result is stored: a resume finds each trial once, and no more runs.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
sweep total=4 concurrent=2 type=grid
sed -i -e '/name: tag/d' -e 's/values: \[1.*/values: [1, 2, 3, 4]}/' sweep.yml
code 0 hdrive target add lab ssh hosts='h1 slots=1' hosts='h2 slots=1' folder=/tmp/trials

# An ssh that kills who started it at a word of what it is told: ./armed holds
# "before WORD" or "after WORD", and counts once.
mkdir bin
cat >bin/ssh <<'END'
#!/usr/bin/python3
import os, signal, subprocess, sys, time

ARMED = os.path.join(os.path.dirname(os.path.realpath(__file__)), "armed")
engine = os.getppid()
ssh = subprocess.Popen(["/usr/bin/ssh"] + sys.argv[1:], stdin=subprocess.PIPE)
served = False
while chunk := os.read(0, 65536):
    # The functions themselves hold the words too.
    try:
        when, word = open(ARMED).read().split() if served else ("", "")
    except (FileNotFoundError, ValueError):
        when, word = "", ""
    served = served or b"hd_serve\n" in chunk
    hit = when and word.encode() in chunk
    if hit:
        os.unlink(ARMED)
    if not (hit and when == "before"):
        ssh.stdin.write(chunk)
        ssh.stdin.flush()
    if hit:
        time.sleep(0.5 if when == "after" else 0)
        os.kill(engine, signal.SIGKILL)
        ssh.kill()
        sys.exit(0)
ssh.stdin.close()
sys.exit(ssh.wait())
END
chmod +x bin/ssh
bare=$PATH
PATH=$PWD/bin:$PATH

# The second line of a trial's own count tells of a second life.
cat >once.sh <<'END'
echo "$HDRIVE_SWEEP $HDRIVE_TRIAL $HDRIVE_ATTEMPT" >>/tmp/lives
hdrive log acc=1
sleep 1
hdrive log acc=2
END

number=0
for point in 'before hd_launch' 'after hd_launch' 'after --look' 'before hd_bring' \
	'after hd_bring' 'before hd_forget' 'after hd_forget'; do
	number=$((number + 1))
	echo "$point" >bin/armed
	status=0
	hdrive submit sweep.yml --backend lab --name "p$number" -- sh once.sh \
		>"p$number.out" 2>&1 || status=$?
	same "$point: $status" "$point: 137"
	[ ! -e bin/armed ] || fail "$point was not reached"
	code 0 hdrive resume "p$number"
	counted "p$number"
	same "$(trials "p$number" | cut -d ' ' -f 2,5 | sort -u)" 'Completed 2'
	# No attempt was started twice, and none counted that another replaced.
	same "$(cat "$LAB_DIR"/hosts/h?/tmp/lives | sort | uniq -d)" ''
done
PATH=$bare
nothing_left
for host in h1 h2; do
	same "$(ls "$LAB_DIR/hosts/$host/tmp/trials")" "$(printf 'parts\nstage')"
done
