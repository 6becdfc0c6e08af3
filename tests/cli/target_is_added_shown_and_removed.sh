#!/bin/sh
# Targets are listed before there is a file; adding one keeps what stands in it.
. "$TEST_ROOT/tests/support/cli.sh"

code 0 hdrive target ls
has out 'local  *local  *this machine'
[ ! -e .hdrive ] || fail "'target ls' made a store"

code 0 hdrive target add here local
same "$(cat out)" here
has err 'added here in .hdrive/targets.yml; prove it with: hdrive target check here'
[ -e .hdrive/hdrive.db ] || fail 'a target without a store is found from no folder below'
printf '%s\n' '# our site' 'here:' '  # by day' '  type: local' '' '# of nights' \
	>.hdrive/targets.yml
code 0 hdrive target add there --type local
cat >want <<'END'
# our site
here:
  # by day
  type: local

# of nights

there:
  type: local
END
diff want .hdrive/targets.yml >&2 || fail 'comments are not as they were'

mkdir below
cd below || exit
code 0 hdrive target ls
same "$(sed 's/ .*//' out | tr '\n' ' ')" 'NAME local here there '
code 0 hdrive target ls --json
same "$(python3 -c 'import json; print([t["name"] for t in json.load(open("out"))])')" \
	"['local', 'here', 'there']"
code 0 hdrive target show there
has out 'type  *local: processes on this machine'
has out 'targets.yml:8'
code 0 hdrive target show there --json
same "$(cat out)" '{"name":"there","type":"local","settings":{}}'
cd .. || exit

# Replaced in its place, and only when told to.
code 2 hdrive target add here local
has err "target 'here' is there already (.hdrive/targets.yml:2): --force replaces it"
code 0 hdrive target add here local --force
has err 'replaced here'
same "$(sed -n 2,3p .hdrive/targets.yml)" "$(printf 'here:\n  type: local')"
same "$(sed -n 5p .hdrive/targets.yml)" '# of nights'

code 0 hdrive target remove here
same "$(head -3 .hdrive/targets.yml)" "$(printf '# our site\n\n# of nights')"
code 3 hdrive target show here
has err "no target 'here' in '.hdrive/targets.yml', did you mean 'there'?"
code 0 hdrive target remove there
code 3 hdrive target remove there
has err "'hdrive target add there TYPE KEY=VALUE...' makes it"
code 0 hdrive target ls
same "$(wc -l <out)" 2

# A file named on the command line takes its store's folder along.
code 0 hdrive --db "$PWD/else/my.db" target add other local
has else/targets.yml 'other:'
