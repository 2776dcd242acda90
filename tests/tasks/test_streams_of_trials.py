"""Trials to train on, to accept on, to analyse and to test on are drawn from different streams."""

from rnnatlas.streams.keys import stream_key
from rnnatlas.training.member import Member


def test_training_acceptance_analysis_test_and_hard_trials_never_share_a_stream() -> None:
    streams = [(0, "flip_flop", "standard", f"g{gain}") for gain in (0.5, 1.0)]
    streams += [(0, "flip_flop", "alternatives", "insd", round_) for round_ in (1, 2)]
    keys = [
        stream_key(*Member(s, member).words("training"), step)
        for s in streams
        for member in range(3)
        for step in range(5)
    ]
    keys += [stream_key(*s, "acceptance trials") for s in streams]
    keys += [stream_key(0, "flip_flop", "trials", name) for name in ("analysis", "test", "hard_0", "hard_1")]
    assert len(set(keys)) == len(keys)
