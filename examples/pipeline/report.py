"""Use a model: judge it on images that neither taught it nor chose it."""

import json
import sys

import digits


def main():
    model, test = sys.argv[1:]
    with open(model) as file:
        weights = json.load(file)
    images = digits.read_images(test)
    print("%.4f of %d images are read right" % (digits.accuracy(weights, images), len(images)))


if __name__ == "__main__":
    main()
