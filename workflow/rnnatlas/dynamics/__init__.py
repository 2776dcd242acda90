"""What trained networks do at a constant input: fixed and slow points, their spectra, limit sets, Lyapunov exponents."""

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(
    __name__,
    {
        "RateField": "field",
        "GatedField": "gated_field",
        "find_fixed_points": "fixed_points",
        "search_fixed_points": "fixed_points",
        "FixedPoints": "fixed_points",
        "minimise_speed": "newton",
        "descend": "descent",
        "roots_between": "between",
        "spectrum": "stability",
        "saddle_branches": "saddles",
        "VisitedStates": "visited",
        "visited_states": "visited",
        "limit_sets": "long_runs",
        "lyapunov": "long_runs",
        "Ends": "ends",
        "shares_by_epoch": "epochs",
        "Landmarks": "matching",
        "match_landmarks": "matching",
    },
)
