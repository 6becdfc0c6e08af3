"""Fit a cubic to points by gradient descent; print the loss of each epoch."""

import argparse
import csv
import json
import os


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--method", choices=["plain", "momentum"], required=True)
    parser.add_argument("--decay", type=float, default=0.0)
    return parser.parse_args()


def read_points(path):
    with open(path, newline="") as file:
        rows = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]
    return rows[::2], rows[1::2]


def predict(weights, x):
    return sum(weight * x**power for power, weight in enumerate(weights))


def loss_of(weights, points):
    return sum((predict(weights, x) - y) ** 2 for x, y in points) / len(points)


def gradient(weights, points):
    slopes = [0.0] * len(weights)
    for x, y in points:
        error = predict(weights, x) - y
        for power in range(len(weights)):
            slopes[power] += 2 * error * x**power / len(points)
    return slopes


def main():
    given = arguments()
    train, held_out = read_points(given.points)
    weights, speed = [0.0] * 4, [0.0] * 4
    keep = given.decay if given.method == "momentum" else 0.0
    for _ in range(given.epochs):
        slopes = gradient(weights, train)
        speed = [keep * v - given.rate * s for v, s in zip(speed, slopes)]
        weights = [w + v for w, v in zip(weights, speed)]
        if max(map(abs, weights)) > 1e6:
            raise SystemExit("the weights run away: the rate is too high")
        print("loss=%.6f" % loss_of(weights, held_out), flush=True)
    with open(os.path.join(given.model, "model.json"), "w") as file:
        json.dump({"weights": weights}, file)


if __name__ == "__main__":
    main()
