"""Softmax regression on handwritten digits: an epoch a line, the model at the end."""

import argparse
import json
import math
import os
import random

import digits


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", required=True)
    parser.add_argument("--valid", required=True)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--cooling", type=float, default=1.0, help="of lr, each epoch")
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--epochs", type=int, default=5)
    return parser.parse_args()


def learn(weights, image, digit, rate, decay):
    found = digits.scores(weights, image)
    top = max(found)
    shares = [math.exp(score - top) for score in found]
    total = sum(shares)
    for label, row in enumerate(weights):
        step = rate * ((label == digit) - shares[label] / total)
        weights[label] = [w - rate * decay * w + step * x for w, x in zip(row, image)]


def main():
    given = arguments()
    train, valid = digits.read_images(given.train), digits.read_images(given.valid)
    weights = [[0.0] * len(train[0][0]) for _ in range(digits.CLASSES)]
    order = random.Random(1)
    rate = given.lr
    for epoch in range(1, given.epochs + 1):
        order.shuffle(train)
        for image, digit in train:
            learn(weights, image, digit, rate, given.weight_decay)
        rate *= given.cooling
        print("epoch %d: accuracy=%.4f" % (epoch, digits.accuracy(weights, valid)), flush=True)
    os.makedirs("outputs", exist_ok=True)
    with open("outputs/model.json", "w") as file:
        json.dump(weights, file)


if __name__ == "__main__":
    main()
