#!/bin/sh
# Prints what it was given, and a loss that it makes of its first value.
printf '%s\n' "$@"
echo "loss=${2:-1}"
