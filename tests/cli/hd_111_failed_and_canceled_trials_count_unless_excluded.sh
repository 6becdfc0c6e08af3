#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Trial 0 fails with the best, 1 is cancelled with the next, 2 completes.
script train <<'PROGRAM'
echo acc=$((9 - HDRIVE_TRIAL))
case $HDRIVE_TRIAL in
0) exit 1 ;;
1) echo '{"mark": "cancel"}' >>"$HDRIVE_METRICS" ;;
esac
PROGRAM
sweep total=3 concurrent=1
code 0 hdrive submit sweep.yml -- ./train
code 0 hdrive best
has out '^acc 9  trial 0 .*(Failed)'
code 0 hdrive best @ --exclude-failed
has out '^acc 8  trial 1 .*(Canceled)'
code 0 hdrive best @ --exclude-canceled
has out '^acc 9  trial 0 .*(Failed)'
code 0 hdrive best @ --exclude-failed --exclude-canceled
has out '^acc 7  trial 2 .*(Completed)'
code 0 hdrive best @ -k 9 --exclude-canceled --format csv
same "$(sed -n '2,$s/,.*//p' out | tr '\n' ' ')" '0 2 '

sweep total=1 concurrent=1
hdrive submit sweep.yml -- ./train >out 2>err || :
code 4 hdrive best @ --exclude-failed
has err "no other trial of '.*' has reported 'acc'"
