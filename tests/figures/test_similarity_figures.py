"""The figures of similarity and of chains, from matrices made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster

from rnnatlas.artifacts.store import Artifact
from rnnatlas.claims.class_claims import A2, one_or_many, output_needs
from rnnatlas.claims.predictivity_claims import A1, A1B, decoupled, decoupled_from_class
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.figures import chains as chains_figure
from rnnatlas.figures import similarity as similarity_figure
from rnnatlas.figures.chains_data import chains_data
from rnnatlas.figures.similarity_data import similarity_data
from rnnatlas.measures import of_artifact
from rnnatlas.streams.keys import generator

STANDARD = 6
PREDICTIVITY, GEOMETRY = ([m.name for m in of_artifact(kind)] for kind in ("similarity", "measures"))


def evidence(chains: int = 5, rounds: int = 2, seed: int = 0) -> Evidence:
    """Two populations of three; ``rounds`` rounds of alternatives far from them and, in DSA, in two clusters. Rows are shuffled."""
    places = [(f"standard/g{1 + k // 3}.0", "-", 0, k % 3) for k in range(STANDARD)]
    places += [(f"alternatives/insd_alt{r + 1}", "insd", r + 1, c) for r in range(rounds) for c in range(chains)]
    rng = np.random.default_rng(seed)
    places = [places[i] for i in rng.permutation(len(places))]
    count = len(places)
    ensemble, sets, round_, member = (np.array(column) for column in zip(*places, strict=True))
    spots = np.where(round_ == 0, 0.02 * rng.random(count), 5.0 * round_ + 3.0 * (member % 2) + 0.1 * rng.random(count))
    distance = np.abs(spots[:, None] - spots)
    names = [f"{folder}#{k}" for folder, _, _, k in places]
    networks = {
        "network": np.array(names),
        "ensemble": ensemble,
        "chains": sets,
        "round": round_,
        "member": member,
        "reference": np.where(round_ > 0, names.index("standard/g1.0#0"), -1),
        "accepted": np.ones(count, bool),
        "performance": np.where(round_ == 0, 0.98, 0.97),
    }
    networks |= {name: rng.random((count, count)) for name in PREDICTIVITY}
    networks |= {f"untrained/{name}": rng.random(count) for name in PREDICTIVITY}
    measures = {name: rng.random((count, count)) for name in GEOMETRY}
    measures |= {f"floor/{name}": rng.random(count) for name in GEOMETRY}
    measures |= {
        "potent_share": np.where(round_ > 0, rng.random(count), np.nan),
        "targets": rng.random(count),
    }
    embedding = {"distance": distance, "alignment": rng.random((count, count)), "stress": np.array(0.123)}
    return Evidence("flip_flop", networks, {"similarity": networks, "embedding": embedding, "measures": measures})


def drawn(picture, data: dict[str, np.ndarray], folder) -> str:
    picture.draw([Artifact(data)], [folder / "a.svg"])
    return (folder / "a.svg").read_text()


def test_matrices_stand_in_the_order_of_populations_then_rounds(tmp_path) -> None:
    e = evidence()
    data = similarity_data(e)
    labels, sizes = data["group/label"].tolist(), data["group/size"].tolist()
    assert sorted(labels[:2]) == ["g1.0", "g2.0"] and labels[2:] == ["alt-1", "alt-2"] and sizes == [3, 3, 5, 5]
    folders = ["standard/" + name for name in labels[:2]] + ["alternatives/insd_alt1", "alternatives/insd_alt2"]
    rows = [r for folder in folders for r in np.flatnonzero(e.networks["ensemble"] == folder)]
    for i, j in ((0, 4), (7, 1), (15, 11)):
        assert data["matrix/null"][i, j] == e.networks["null"][rows[i], rows[j]]
        assert data["matrix/rsa"][i, j] == e.measures["rsa"][rows[i], rows[j]]
        assert data["matrix/dsa"][i, j] == e.embedding["distance"][rows[i], rows[j]]
        assert data["matrix/alignment"][i, j] == e.embedding["alignment"][rows[i], rows[j]]
    assert data["floor/cka"].tolist() == e.measures["floor/cka"][rows].tolist()
    assert data["floor/raw"].tolist() == e.networks["untrained/raw"][rows].tolist()
    text = drawn(similarity_figure, data, tmp_path)
    assert "untrained" in text and "Procrustes" in text and "alignment" in text


def test_another_set_of_chains_has_blocks_of_its_own() -> None:
    e = evidence(rounds=1)
    others = e.networks["member"] > 2
    others &= e.networks["round"] > 0
    changed = {"chains": np.where(others, "short", e.networks["chains"])}
    changed["ensemble"] = np.where(others, "alternatives/short_alt1", e.networks["ensemble"])
    labels = similarity_data(replace(e, networks=e.networks | changed))["group/label"].tolist()
    assert len(labels) == 4 and {"insd alt-1", "short alt-1"} == set(labels[2:])


def test_chains_show_what_the_claims_are_judged_on(tmp_path) -> None:
    e = evidence()
    data = chains_data(e, 3)
    judged = one_or_many(e, generator(3, "scorecard", e.task, "A9"))
    assert data["a9"].tolist() == [judged.value, judged.low, judged.high]
    for k, name in enumerate(("standard", "alt-1", "alt-2")):
        assert np.median(data[f"null/{k}"]) == judged.detail[f"{name} null"]
        assert np.median(data[f"dsa/{k}"]) == pytest.approx(judged.detail[f"{name} DSA"])
        assert data[f"cluster/{k}"].max() == judged.detail[f"{name} clusters"]
    assert data["cluster/1"].max() == 2
    cut = fcluster(data["tree/1"], 1.0, criterion="distance")  # clusters are 3 apart, members at most 0.1
    assert np.array_equal(cut[:, None] == cut, data["cluster/1"][:, None] == data["cluster/1"])
    rng = np.random.default_rng(0)
    for column, threshold in (("earlier", A1.threshold), ("outside", A1B.threshold), ("potent", A2.threshold)):
        assert data[f"threshold/{column}"] == threshold
    for column, claim in (("earlier", decoupled), ("outside", decoupled_from_class), ("potent", output_needs)):
        medians = claim(e, rng).detail
        for k in (1, 2):
            assert np.median(data[f"chain/{column}"][data["chain/round"] == k]) == medians[f"alt-{k}"]
    text = drawn(chains_figure, data, tmp_path)
    assert text.count(">clusters<") == sum(data[f"cluster/{k}"].max() > 1 for k in range(3))
    assert f"{judged.value:.2f} (" in text and "too few" not in text


@pytest.mark.parametrize(("chains", "rounds"), [(1, 2), (2, 1), (3, 3), (0, 0)])
def test_few_chains_are_drawn_as_such(chains: int, rounds: int, tmp_path) -> None:
    e = evidence(chains, rounds)
    data = chains_data(e, 0)
    text = drawn(chains_figure, data, tmp_path)
    assert ("no pairs" in text) == (chains == 1)
    assert ("too few" in text) == (chains > 0) and ("no chains" in text) == (chains == 0)


def test_chains_of_eight_rounds_and_tasks_with_other_numbers_of_chains(tmp_path) -> None:
    parts = [Artifact(chains_data(evidence(chains=n, rounds=8), 0)) for n in (4, 1)]
    chains_figure.draw(parts, [tmp_path / "c.svg"])
    text = (tmp_path / "c.svg").read_text()
    assert "alt-8" in text and text.count("1 chain: too few") == 2  # both panels of the second task
    assert text.count("4 chains") == 0
