#!/bin/sh
# What a sweep needs of a target is tried there, and nothing of it is left.
. "$TEST_ROOT/tests/support/cli.sh"

steps='settings launch source metric file cancel clean'

# Without a store, and with one beside which it leaves nothing.
code 0 hdrive target check local
same "$(sed 's/ .*//' out | tr '\n' ' ')" "$steps "
same "$(grep -c '  ok  ' out)" 7
has out "source  *ok .* on $(uname -n)"
has err 'local works: hdrive submit FILE --backend local -- CMD'
[ ! -e .hdrive ] || fail 'a folder is left'
code 0 hdrive target add here local
ls -A .hdrive >before
code 0 hdrive target check here --json
ls -A .hdrive >after
diff before after >&2 || fail 'something is left'
same "$(python3 -c 'import json
told = json.load(open("out"))
print(told["target"], told["type"], told["ok"], *[step["step"] for step in told["steps"]
      if step["ok"] and step["seconds"] >= 0])')" "here local True $steps"
code 0 hdrive --db my.db target check local
[ ! -e my.db ] || fail 'a store is left'

code 3 hdrive target check her
has err "did you mean 'here'?"
code 2 hdrive target check
code 2 hdrive target check here --timeout soon

# What does not start, what is silent, and what has no time: each is said, and
# what it would take.
script broken <<'END'
exit 3
END
code 1 env HDRIVE_LAUNCHER="$PWD/broken" hdrive target check here
has out 'launch  *FAILED .* the trial failed: '
hasnt out 'source'
has err "'here' cannot be used yet: its settings must be those of the place"
script silent <<'END'
exec sleep 600
END
code 1 env HDRIVE_LAUNCHER="$PWD/silent" hdrive target check here --timeout 0.5s --json
has out '"step":"metric","ok":false'
has out '"ok":false}$'
has err "the target's folder must be one that this machine sees too"
code 1 env HDRIVE_LAUNCHER="$PWD/nothing" hdrive target check here
has out "launch  *FAILED .* the launcher '$PWD/nothing' cannot be run"
ls -A .hdrive >after
diff before after >&2 || fail 'something is left'
