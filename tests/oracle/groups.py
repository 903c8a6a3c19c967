"""Complete-link clusters and stratified folds of groups, by scikit-learn."""
import sys

import numpy as np
import torch
from sklearn.cluster import AgglomerativeClustering
from sklearn.model_selection import StratifiedGroupKFold

from tensors import read, write

question, answer, what, number = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
given = read(question)
if what == "complete":
    rows = given["rows"].numpy().astype(np.float64)
    distances = 1 - rows @ rows.T
    clusters = AgglomerativeClustering(
        n_clusters=None, affinity="precomputed", linkage="complete", distance_threshold=1 - number).fit_predict(distances)
    write(answer, {"groups": torch.from_numpy(np.asarray(clusters, np.int64))})
else:
    labels, groups = given["labels"].numpy(), given["groups"].numpy()
    parts = np.zeros(len(labels), np.int64)
    folds = StratifiedGroupKFold(int(number), shuffle=True, random_state=1)
    for part, (_, held) in enumerate(folds.split(np.zeros(len(labels)), labels, groups)):
        parts[held] = part
    write(answer, {"parts": torch.from_numpy(parts)})
