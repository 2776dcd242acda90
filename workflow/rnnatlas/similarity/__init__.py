"""How alike are two networks: by what one predicts of the other, by their geometry, by their dynamics."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "linear_predictivity": "regression",
        "predictivity_matrix": "regression",
        "linear_cka": "measures.cka",
        "rsa": "measures.rsa",
        "mean_cca": "measures.cca",
        "procrustes": "measures.procrustes",
        "dsa": "dynamical",
        "fit_operator": "dynamical",
        "spectral_distance": "dynamical",
        "standardise": "dynamical",
        "alignment_distance": "alignment",
        "metric_mds": "embedding",
    },
)
