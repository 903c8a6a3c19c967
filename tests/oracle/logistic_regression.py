"""scikit-learn's multinomial logistic regression for rising C: the value of its objective at each, and the last one's coefficients and
predictions."""
import sys
import warnings

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

import tensors

QUESTION, ANSWER = sys.argv[1:3]
warnings.simplefilter("ignore", ConvergenceWarning)      # where a line search finds no lower point any more
question = {name: value.numpy() for name, value in tensors.read(QUESTION).items()}
x, y = question["features"].astype(np.float64), question["labels"]
model = LogisticRegression(multi_class="multinomial", solver="lbfgs", tol=1e-10, max_iter=20000, warm_start=True)
losses = []
for c in map(float, sys.argv[3:]):
    model.set_params(C=c).fit(x, y)
    # Of two classes scikit-learn keeps the second one's weights alone; the first one's are their opposite.
    coefficients = model.coef_ if len(model.coef_) > 1 else np.vstack([-model.coef_, model.coef_])
    losses.append(-c * model.predict_log_proba(x)[np.arange(len(y)), y].sum() + (coefficients**2).sum() / 2)
tensors.write(ANSWER, {
    "coefficients": torch.tensor(coefficients),
    "losses": torch.tensor(losses),
    "predicted": torch.tensor(model.predict(question["queries"].astype(np.float64)).astype(np.int64)),
})
