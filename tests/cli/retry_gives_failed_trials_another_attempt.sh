#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=4 concurrent=1
script prog <<'END'
echo acc=0.$HDRIVE_ATTEMPT
[ "$HDRIVE_TRIAL" = 0 ] || [ "$HDRIVE_ATTEMPT" -gt 1 ]
END
code 0 hdrive submit sweep.yml --name again-1 --max-failures 4 -- ./prog
has err '1 completed, 3 failed'
code 0 hdrive retry again-1 --failed --dry-run
has out '^1  exit 1$'
has out '^3$'
code 2 hdrive retry again-1
code 0 hdrive retry again-1 2
has err '2 completed, 2 failed'
code 0 hdrive retry again-1 --failed
has err '4 completed, 0 failed'
code 0 hdrive show again-1 2 --json
has out '"attempt":2'
has out '"best":0.2'
same "$(cat .hdrive/again-1/000002/attempts/1/stdout)" acc=0.1
code 0 hdrive metrics again-1 --csv
same "$(grep -c acc= out || :)" 0
same "$(wc -l <out)" 5
sound
