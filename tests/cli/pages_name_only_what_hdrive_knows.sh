#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

words() {
	/usr/bin/python3 "$TEST_ROOT/tests/support/docs.py" words "$@"
}

# Every command and option that a page names is there.
(cd "$TEST_ROOT" && words README.md docs/*.md docs/*/*.md examples/*/README.md)

# And the check finds what is not.
cat >page.md <<'END'
`hdrive sbmit`, `hdrive help nothing`, `hdrive ls --lmit 3`, `hdrive run list --foo`,
`hdrive submit FILE -- python --foo` and `hdrive -C dir ls --limit 3`
```console
$ hdrive show @ | hdrive best --form args
```
END
words page.md >found && fail 'all of it was taken'
same "$(sed 's/.*no //' found | tr '\n' ' ')" "'sbmit' 'nothing' '--lmit' '--foo' '--form' "
