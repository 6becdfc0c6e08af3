#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

unset OMP_NUM_THREADS MKL_NUM_THREADS OPENBLAS_NUM_THREADS NUMEXPR_NUM_THREADS
mkdir held
script prog <<'END'
allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
[ "$allowed" = "$HDRIVE_CPUS" ] || exit 8
mkdir "$1/held/$allowed" || exit 9
echo "threads ${OMP_NUM_THREADS-unset} ${MKL_NUM_THREADS-unset}" \
	"${OPENBLAS_NUM_THREADS-unset} ${NUMEXPR_NUM_THREADS-unset}"
sleep 0.1
rmdir "$1/held/$allowed"
echo acc=1
END
threads() {
	cat .hdrive/"$1"/*/stdout | grep threads | sort -u
}
all=$(nproc)

sweep total=8 concurrent=8
code 0 hdrive submit sweep.yml --name each --cpus-per-trial 1 -- ./prog "$PWD"
has err ', 0 failed'
same "$(threads each)" 'threads 1 1 1 1'
[ "$all" -ge 8 ] || has err "note: $all at a time: $all CPU"

# All of them for one at a time, by the file.
echo "cpus_per_trial: $all" >>sweep.yml
code 0 hdrive submit sweep.yml --name file -- ./prog "$PWD"
has err "note: 1 at a time: $all CPUs\\?, $all for each trial"
same "$(threads file)" "threads $all $all $all $all"

# What the user has set stays, for the libraries that would look there too.
OMP_NUM_THREADS=3 code 0 hdrive submit sweep.yml --name user -- ./prog "$PWD"
same "$(threads user)" 'threads 3 unset unset unset'

# Of those that this process may use.
one=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*\([0-9]*\).*/\1/p' /proc/self/status)
code 0 taskset -c "$one" hdrive submit sweep.yml --name mask \
	--cpus-per-trial 1 -- ./prog "$PWD"
has err 'note: 1 at a time: 1 CPU, 1 for each trial'
has err ', 0 failed'

code 2 hdrive submit sweep.yml --cpus-per-trial 99999 -- ./prog "$PWD"
has err "'cpus_per_trial' must be at most $all, the CPUs that this process may use, got 99999"
code 2 hdrive submit sweep.yml --cpus-per-trial 0 -- ./prog "$PWD"
sound
