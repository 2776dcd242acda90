"""rnn-atlas: standard training, alternative solutions, and the space of solutions as figures and numbers."""

from snakemake.utils import min_version

min_version("9.19")


include: "workflow/rules/common.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/analysis.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/summary.smk"


report: "workflow/report/study.rst"


rule all:
    default_target: True
    input:
        [f"<results>/figures/{name}.png" for name in PLAN.figures],
        "<results>/scorecard.json",
        "<results>/manifest.json",
