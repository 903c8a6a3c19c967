"""How much of who is near whom maps keep, by scikit-learn: of the map in question, and of scikit-learn's own t-SNE of the same vectors."""
import sys

import sklearn.manifold
import torch

import tensors

question = tensors.read(sys.argv[1])
vectors, asked = question["vectors"].numpy(), question["map"].numpy()
theirs = sklearn.manifold.TSNE(init="pca", learning_rate="auto", random_state=0).fit_transform(vectors)
scores = [sklearn.manifold.trustworthiness(vectors, places, n_neighbors=12) for places in (asked, theirs)]
tensors.write(sys.argv[2], {"scores": torch.tensor(scores)})
