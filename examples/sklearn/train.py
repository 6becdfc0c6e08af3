"""Train a support vector classifier on the iris flowers.

Written as for Azure Machine Learning: nothing here knows of hdrive.
"""
import argparse
import os

import joblib
from azureml.core.run import Run
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

run = Run.get_context()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--kernel', type=str, default='linear',
                        help='linear, poly, rbf or sigmoid')
    parser.add_argument('--penalty', type=float, default=1.0,
                        help='what a misclassified flower costs')
    args = parser.parse_args()
    run.log('Kernel type', args.kernel)
    run.log('Penalty', float(args.penalty))

    flowers = datasets.load_iris()
    train_x, test_x, train_y, test_y = train_test_split(
        flowers.data, flowers.target, test_size=0.4, random_state=7,
        stratify=flowers.target)

    model = SVC(kernel=args.kernel, C=args.penalty, gamma='scale')
    model.fit(train_x, train_y)
    accuracy = model.score(test_x, test_y)
    print('Accuracy of SVM classifier on test set: {:.2f}'.format(accuracy))
    run.log('Accuracy', float(accuracy))

    # What lies in outputs/ is kept with the run.
    os.makedirs('outputs', exist_ok=True)
    joblib.dump(model, 'outputs/model.joblib')


if __name__ == '__main__':
    main()
