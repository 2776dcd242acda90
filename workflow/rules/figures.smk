"""Figures, by the rows of rnnatlas/figures/catalogue.py: data are collected once a task, and drawing alone is what an edit repeats."""

from rnnatlas.artifacts.schemas import HOMES
from rnnatlas.figures.catalogue import FIGURES

COLLECTED = [key for key, row in FIGURES.items() if row.draws == "figure"]


wildcard_constraints:
    figure="|".join(COLLECTED),
    of=r"(/[^/]+)?",


use rule trials as collect with:
    input:
        PLAN.figure_files,
    output:
        "<results>/figures/data/{figure}/{task}{of}.h5",
    log:
        "<logs>/figures/{figure}/{task}{of}.log",
    threads: STUDY.threads
    params:
        **job(
            "collect",
            cfg=PLAN.figure_cfg,
            modules=lambda w: [
                f"figures.{w.figure}_data",
                *PLAN.schemas(FIGURES[w.figure].needs),
            ],
        ),


try:
    DRAWINGS = PLAN.figures.values()
except AtlasError as error:
    raise WorkflowError(str(error)) from None


# Figures of charted populations that this study does not train say how they are asked for.
for name in PLAN.not_asked_for:

    rule:
        name:
            name
        input:
            refuse_uncharted,


for drawing in DRAWINGS:

    rule:
        name:
            drawing.name
        input:
            PLAN.drawn_from(drawing),
        output:
            f"<results>/figures/{drawing.name}.pdf",
            f"<results>/figures/{drawing.name}.svg",
            png=report(
                f"<results>/figures/{drawing.name}.png",
                caption="../report/figure.rst",
                category=drawing.row.category,
                labels={
                    "figure": drawing.name.removeprefix("figure_"),
                    "shows": drawing.shows,
                },
            ),
            also=[f"<results>/{name}" for name in drawing.also],
        log:
            f"<logs>/figures/{drawing.name}.log",
        conda:
            "../../envs/rnnatlas.yaml"
        params:
            cfg={"draws": drawing.row.draws, "figure": drawing.key},
            code=code_digests(
                SCRIPTS / "draw.py",
                modules=[
                    f"figures.{drawing.key}",
                    f"artifacts.{HOMES[drawing.row.draws]}",
                ],
            ),
            caption=Caption(drawing.key, drawing.parts),
        script:
            "../scripts/draw.py"
