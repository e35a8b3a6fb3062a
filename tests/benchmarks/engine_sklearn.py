"""scikit-learn's MLPClassifier, where it can do the same: momentum SGD and L2, without dropout and BatchNorm."""

from __future__ import annotations

import numpy as np
from engine_cases import Array, Case
from sklearn.neural_network import MLPClassifier


class Mlp:
    """`partial_fit` of a whole epoch at a time, which spreads its checks over all steps. Starts by its own rule.

    Its penalty is ½·alpha·Σw² over the batch's size. Two classes have one logistic output.
    """

    def __init__(self, case: Case) -> None:
        config = case.config
        self.model = MLPClassifier(
            config.hidden,
            solver="sgd",
            alpha=2 * config.l2 * case.batch,
            batch_size=case.batch,
            learning_rate_init=config.lr,
            momentum=config.momentum,
            nesterovs_momentum=False,
            shuffle=False,
            random_state=0,
        )
        self.X, self.y, self.orders = case.X[0], case.y[0], case.orders()
        self.classes = np.unique(self.y)

    def run(self, epochs: int) -> None:
        for _ in range(epochs):
            (order,) = next(self.orders)
            self.model.partial_fit(self.X[order], self.y[order], classes=self.classes)

    def parameters(self) -> list[Array]:
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        return [a[None] for W, b in pairs for a in (W.T, b)]
