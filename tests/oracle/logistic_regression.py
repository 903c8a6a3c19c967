"""scikit-learn's multinomial logistic regression: coefficients, predictions and the value of its objective."""
import sys

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

import tensors

QUESTION, ANSWER, C = sys.argv[1:4]
question = {name: value.numpy() for name, value in tensors.read(QUESTION).items()}
x, y, c = question["features"].astype(np.float64), question["labels"], float(C)
model = LogisticRegression(C=c, multi_class="multinomial", solver="lbfgs", tol=1e-10, max_iter=20000).fit(x, y)
# Of two classes scikit-learn keeps the second one's weights alone; the first one's are their opposite.
coefficients = model.coef_ if len(model.coef_) > 1 else np.vstack([-model.coef_, model.coef_])
loss = -c * model.predict_log_proba(x)[np.arange(len(y)), y].sum() + (coefficients**2).sum() / 2
tensors.write(ANSWER, {
    "coefficients": torch.tensor(coefficients),
    "loss": torch.tensor([loss]),
    "predicted": torch.tensor(model.predict(question["queries"].astype(np.float64)).astype(np.int64)),
})
