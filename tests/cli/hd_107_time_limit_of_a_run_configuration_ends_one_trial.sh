#!/bin/sh
# The limit is a run's own: the others and the sweep go on.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=3 concurrent=3 type=grid
cat >prog.sh <<'END'
echo acc=0.5
case " $* " in
*' --x 2 '*) exec sleep 100 ;;
esac
END
cat >limit.runconfig <<'END'
script: prog.sh
maxRunDurationSeconds: 1
environment:
  python: {userManagedDependencies: true, interpreterPath: sh}
END
sed -i 's/values: \[1.*12\]/values: [1, 2, 3]/; s/values: \["a b".*\]/values: [a]/' sweep.yml
code 0 hdrive submit sweep.yml -c limit --name limited
code 0 hdrive show limited 1
has out 'Canceled'
has out 'ran longer than maxRunDurationSeconds, 1 s'
code 0 hdrive show limited --json
same "$(grep -o '"state":"Completed"' out | wc -l)" 3
# The sweep's file may be stricter still.
sed -i 's/Seconds: 1/Seconds: 1000/' limit.runconfig
code 0 hdrive submit sweep.yml -c limit --name strict --trial-timeout 1s
code 0 hdrive show strict 1
has out 'ran longer than trial_timeout, 1 s'
