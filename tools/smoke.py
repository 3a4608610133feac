"""A tiny fit with an installed Matinee: a matrix of rank one comes back as it was."""

import numpy as np

from matinee.kernels.isa import instruction_set
from matinee.matrix.sparse import RatingMatrix
from matinee.models.svd.solve import truncated_svd

user, item = (side.ravel().astype(np.int32) for side in np.indices((300, 280)))
value = ((1 + user % 5) * (1 + item % 3)).astype(np.float32)
svd = truncated_svd(RatingMatrix.from_triplets(user, item, value, (300, 280)), 1, threads=2)
back = svd.left[user, 0] * svd.values[0] * svd.right[item, 0]
worst = float(np.abs(back - value).max())
if worst > 1e-3:
    raise SystemExit(f"instruction set {instruction_set()}: a rank-one matrix came back wrong by {worst}")
