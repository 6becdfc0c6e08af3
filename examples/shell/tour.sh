#!/bin/sh
# tour.sh [--temperature T] [--cooling C] [--seed N]: a short round trip
# through 60 cities by simulated annealing (Kirkpatrick, Gelatt and Vecchi
# 1983). Thirty rounds of 1000 attempts to turn a piece of the tour around; a
# longer tour is taken with probability exp(-increase/temperature), and each
# round multiplies the temperature by the cooling. Prints a round a line.
set -eu

temperature=20 cooling=0.9 seed=${HDRIVE_SEED:-1}
while [ $# -gt 0 ]; do
	[ $# -gt 1 ] || {
		echo "tour.sh: option '$1' needs a value" >&2
		exit 2
	}
	case $1 in
	--temperature) temperature=$2 ;;
	--cooling) cooling=$2 ;;
	--seed) seed=$2 ;;
	*)
		echo "tour.sh: unknown option '$1'" >&2
		exit 2
		;;
	esac
	shift 2
done

exec awk -v temperature="$temperature" -v cooling="$cooling" -v seed="$seed" '
# Park and Miller 1988: exact in the doubles of any awk, unlike its rand().
function random() {
	state = state * 16807 % 2147483647
	return state / 2147483647
}
function distance(a, b) {
	return sqrt((x[a] - x[b]) ^ 2 + (y[a] - y[b]) ^ 2)
}
function reverse(i, j, held) {
	while (i < j) {
		held = tour[i]
		tour[i++] = tour[j]
		tour[j--] = held
	}
}
BEGIN {
	cities = 60
	state = 1989 # the same map for every run
	for (i = 0; i < cities; i++) {
		x[i] = 100 * random()
		y[i] = 100 * random()
		tour[i] = i
	}
	for (i = 0; i < cities; i++)
		len += distance(tour[i], tour[(i + 1) % cities])
	state = seed % 2147483646 + 1
	for (i = 0; i < 10; i++)
		random() # small seeds start alike
	for (round = 1; round <= 30; round++) {
		for (try = 0; try < 1000; try++) {
			i = 1 + int(random() * (cities - 1))
			j = 1 + int(random() * (cities - 1))
			if (i > j) {
				held = i
				i = j
				j = held
			}
			before = tour[i - 1]
			after = tour[(j + 1) % cities]
			change = distance(before, tour[j]) + distance(tour[i], after) \
				- distance(before, tour[i]) - distance(tour[j], after)
			if (change <= 0 || random() < exp(-change / temperature)) {
				reverse(i, j)
				len += change
			}
		}
		printf "round %d: length=%.2f temperature=%.4g\n", round, len, temperature
		fflush()
		temperature *= cooling
	}
}'
