"""What training and use share: images, and how a model reads one."""

import csv
from operator import mul

CLASSES = 10


def read_images(path):
    """Of each row the pixels, from 0 to 1 and a constant, and the digit."""
    with open(path, newline="") as file:
        rows = [list(map(int, row)) for row in csv.reader(file)]
    return [([pixel / 16 for pixel in row[:-1]] + [1.0], row[-1]) for row in rows]


def scores(weights, image):
    return [sum(map(mul, row, image)) for row in weights]


def accuracy(weights, images):
    right = 0
    for image, digit in images:
        found = scores(weights, image)
        right += found.index(max(found)) == digit
    return right / len(images)
