"""One classifier on the breast cancer data, whatever its family.

Every family takes arguments of its own; the sweep gives each trial those of
the family that it draws. What is printed is the log loss over three folds.
"""
import argparse
import os

import joblib
from sklearn import datasets
from sklearn.ensemble import (HistGradientBoostingClassifier,
                              RandomForestClassifier)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

# The families and, of each, the arguments that become its own.
FAMILIES = {
    'forest': (RandomForestClassifier,
               {'n_estimators': int, 'max_features': float,
                'min_samples_leaf': int}),
    'svm': (SVC, {'C': float, 'kernel': str, 'gamma': float, 'degree': int}),
    'logistic': (LogisticRegression, {'C': float, 'penalty': str}),
    'boosting': (HistGradientBoostingClassifier,
                 {'learning_rate': float, 'max_iter': int,
                  'max_leaf_nodes': int, 'l2_regularization': float}),
}
FIXED = {
    'forest': {'random_state': 7},
    'svm': {'probability': True, 'random_state': 7},
    'logistic': {'solver': 'liblinear', 'random_state': 7},
    'boosting': {'random_state': 7},
}


def parse():
    """The family's name, and its arguments alone: others are errors."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--model', choices=FAMILIES, required=True)
    model, rest = parser.parse_known_args()
    own = argparse.ArgumentParser()
    for name, kind in FAMILIES[model.model][1].items():
        own.add_argument('--' + name, type=kind, default=argparse.SUPPRESS)
    return model.model, vars(own.parse_args(rest))


def main():
    name, arguments = parse()
    model = FAMILIES[name][0](**FIXED[name], **arguments)
    if name in ('svm', 'logistic'):
        model = make_pipeline(StandardScaler(), model)
    data, target = datasets.load_breast_cancer(return_X_y=True)
    folds = StratifiedKFold(n_splits=3, shuffle=True, random_state=7)
    found = cross_val_predict(model, data, target, cv=folds,
                              method='predict_proba')
    print('accuracy=%.4f' % accuracy_score(target, found.argmax(axis=1)))
    print('loss=%.5f' % log_loss(target, found))

    # What lies in outputs/ is kept with the trial.
    os.makedirs('outputs', exist_ok=True)
    joblib.dump(model.fit(data, target), 'outputs/model.joblib')


if __name__ == '__main__':
    main()
