# What slurm.sh and hosts.sh share; sourced.
# shellcheck shell=sh

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# within SECONDS COMMAND...: until it succeeds.
within() {
	left=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.05
	done
}
