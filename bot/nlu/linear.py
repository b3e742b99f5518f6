"""A regularised linear classifier on dense vectors beside sparse features: arrays in, chances out; no Rasa, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

Array = NDArray[Any]

MANY = 20  # times as many features as rows: then rows are cheaper to fit on


@dataclass(frozen=True)
class LinearModel:
    """Multinomial logistic regression: `mean` (dimensions,), `weights` (labels, features), `intercept` (labels,).

    The dense vectors are centred first: those of a sentence encoder sit in a narrow cone, where regularisation drowns
    what differs.
    """

    labels: tuple[str, ...]
    mean: Array
    weights: Array
    intercept: Array

    def chances(self, dense: Array, sparse: csr_matrix) -> Array:
        """Return the chance of each label, (rows, labels); `dense` (rows, dimensions), `sparse` (rows, others)."""
        unit, words = _unit(dense, self.mean), self.weights[:, dense.shape[1] :]
        rows = [slice(*sparse.indptr[row : row + 2]) for row in range(sparse.shape[0])]
        by_words = np.stack([words[:, sparse.indices[row]] @ sparse.data[row] for row in rows])  # own columns only
        scores = unit @ self.weights[:, : dense.shape[1]].T + by_words + self.intercept
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def arrays(self) -> dict[str, Array]:
        """Return the model as plain arrays; `model_of` makes it again."""
        return {
            "labels": np.array(self.labels),
            "mean": self.mean,
            "weights": self.weights.astype(np.float32),
            "intercept": self.intercept,
        }


def model_of(arrays: Mapping[str, Array]) -> LinearModel:
    """Return the model that `LinearModel.arrays` took apart."""
    return LinearModel(tuple(arrays["labels"].tolist()), arrays["mean"], arrays["weights"], arrays["intercept"])


def fit(dense: Array, sparse: csr_matrix, labels: Sequence[str], c: float) -> LinearModel:
    """Return the model fitted on the rows; `c` is the inverse strength of the regularisation."""
    from sklearn.linear_model import LogisticRegression

    mean = dense.mean(axis=0)
    rows, back = _shortened(_joined(dense, sparse, mean))
    model = LogisticRegression(C=c, class_weight="balanced", max_iter=2000, random_state=7)
    model.fit(rows, list(labels))
    weights, intercept = back(model.coef_), model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two labels
        weights, intercept = np.vstack([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
    return LinearModel(tuple(str(label) for label in model.classes_), mean, weights, intercept)


def _shortened(rows: csr_matrix) -> tuple[csr_matrix | Array, Callable[[Array], Array]]:
    """Return the rows in as many dimensions as there are rows, and the way back for weights; or as they are.

    With a quadratic penalty the best weights are a sum of the rows, so nothing is lost, and a fit takes seconds less.
    """
    if rows.shape[0] * MANY > rows.shape[1]:
        return rows, lambda weights: weights
    sizes, directions = np.linalg.eigh((rows @ rows.T).toarray().astype(np.float64))
    kept = sizes > 1e-9 * sizes.max()
    basis = directions[:, kept] / np.sqrt(sizes[kept])
    short = directions[:, kept] * np.sqrt(sizes[kept])
    return short, lambda weights: np.asarray((rows.T @ (basis @ weights.T)).T)


def _joined(dense: Array, sparse: csr_matrix, mean: Array) -> csr_matrix:
    return hstack([csr_matrix(_unit(dense, mean)), sparse]).tocsr()


def _unit(dense: Array, mean: Array) -> Array:
    centred = dense - mean
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))
