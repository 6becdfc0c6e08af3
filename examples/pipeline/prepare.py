"""Split a table of handwritten digits into what learns, what chooses, what judges."""

import csv
import gzip
import os
import random
import sys


def main():
    source, folder = sys.argv[1:]
    with gzip.open(source, "rt", newline="") as file:
        rows = list(csv.reader(file))
    random.Random(1998).shuffle(rows)
    os.makedirs(folder, exist_ok=True)
    parts = {"train.csv": rows[:900], "valid.csv": rows[900:1300], "test.csv": rows[1300:]}
    for name, part in parts.items():
        with open(os.path.join(folder, name), "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(part)


if __name__ == "__main__":
    main()
