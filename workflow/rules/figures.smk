"""Figures: data are collected once, drawing alone is what a change of a figure repeats."""

FORMATS = ["pdf", "svg", "png"]
TASK_FIGURES = {
    "context_integration": "figure_2",
    "flip_flop": "figure_3",
    "memory_pro": "figure_4",
}
SOLUTION_FIGURES = {
    TASK_FIGURES.get(task, f"figure_{task}"): task for task in STUDY.tasks
}
# Supplementary figures that show every task: rules/supplement.smk.
SUPPLEMENT = ["chains", "controls", "decoding", "hidden", "limit_sets", "similarity"]
FIGURES = [
    "figure_1",
    *sorted(SOLUTION_FIGURES),
    *(f"figure_{name}" for name in SUPPLEMENT),
    "figure_5",
    "figure_experiments",
    "figure_tasks",
    "figure_training",
    *(f"figure_recording_{name}" for name in STUDY.recording),
]
FIGURE_FILES = [path(f"figures/{name}.{kind}") for name in FIGURES for kind in FORMATS]


rule solution_data:
    input:
        analyses=lambda w: analyses(w.task),
        networks=of_ensembles("networks.h5"),
        trials=path("{task}/trials/analysis.h5"),
    output:
        path("figures/data/solutions_{task}.h5"),
    log:
        log_path("figures/solutions_{task}"),
    conda:
        ENVIRONMENT
    params:
        cfg=lambda w: task_cfg(w.task)
        | {"engine": ANALYSIS_ENGINE, "ensembles": ensembles(w.task)},
        code=code("solution_data.py"),
        folder=lambda w: path(w.task),
    script:
        "../scripts/solution_data.py"


for figure, task in SOLUTION_FIGURES.items():

    rule:
        name:
            figure
        input:
            path(f"figures/data/solutions_{task}.h5"),
        output:
            drawn(figure, "../report/solutions.rst", "Solutions", task),
        log:
            log_path(f"figures/{figure}"),
        conda:
            ENVIRONMENT
        params:
            cfg={},
            code=code("figure_solutions.py"),
        script:
            "../scripts/figure_solutions.py"


rule figure_1:
    input:
        path("metric_asymmetry.h5"),
    output:
        drawn(
            "figure_1",
            "../report/metric.rst",
            "Method",
            "which measures irrelevant dynamics fool",
        ),
    log:
        log_path("figures/figure_1"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_1.py"),
    script:
        "../scripts/figure_1.py"


rule hard_data:
    input:
        [analyses(task) for task in STUDY.tasks],
        [control_analyses(task) for task in STUDY.tasks],
    output:
        path("figures/data/hard.h5"),
    log:
        log_path("figures/hard_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "controlled": [task for task in STUDY.tasks if controlled(task)],
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("hard_data.py", STUDY.tasks),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/hard_data.py"


rule figure_5:
    input:
        path("figures/data/hard.h5"),
    output:
        drawn(
            "figure_5",
            "../report/hard.rst",
            "Generalisation",
            "performance under hard conditions",
        ),
    log:
        log_path("figures/figure_5"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_5.py"),
    script:
        "../scripts/figure_5.py"


rule experiments_data:
    input:
        analyses=lambda w: analyses(w.task) + control_analyses(w.task),
        networks=of_ensembles("networks.h5", compared),
        trials=lambda w: [
            path(f"{w.task}/trials/hard_{load}.h5") for load in LOADS[w.task]
        ],
    output:
        path("figures/data/experiments_{task}.h5"),
    log:
        log_path("figures/experiments_{task}"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task)
        | {
            "controlled": [w.task] if controlled(w.task) else [],
            "engine": ANALYSIS_ENGINE,
            "ensembles": compared(w.task),
            "ridge": STUDY.analysis.similarity.ridge,
        },
        code=code("experiments_data.py"),
        folder=lambda w: path(w.task),
    script:
        "../scripts/experiments_data.py"


rule figure_experiments:
    input:
        [path(f"figures/data/experiments_{task}.h5") for task in STUDY.tasks],
    output:
        drawn(
            "figure_experiments",
            "../report/experiments.rst",
            "Generalisation",
            "experiments that tell solutions apart",
        ),
        path("experiments.md"),
    log:
        log_path("figures/figure_experiments"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_experiments.py"),
    script:
        "../scripts/figure_experiments.py"


rule task_data:
    input:
        networks=[
            path(f"{task}/standard/{STUDY.populations[0]}/networks.h5")
            for task in STUDY.tasks
        ],
        trials=[path(f"{task}/trials/test.h5") for task in STUDY.tasks],
    output:
        path("figures/data/tasks.h5"),
    log:
        log_path("figures/task_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "engine": ANALYSIS_ENGINE,
            "tasks": [task_cfg(task) for task in STUDY.tasks],
        },
        code=code("task_data.py", STUDY.tasks),
    script:
        "../scripts/task_data.py"


rule figure_tasks:
    input:
        path("figures/data/tasks.h5"),
    output:
        drawn("figure_tasks", "../report/tasks.rst", "Method", "trials of each task"),
    log:
        log_path("figures/figure_tasks"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_tasks.py"),
    script:
        "../scripts/figure_tasks.py"


rule training_data:
    input:
        [
            path(f"{task}/{place['name']}/networks.h5")
            for task in STUDY.tasks
            for place in ensembles(task)
        ],
    output:
        path("figures/data/training.h5"),
    log:
        log_path("figures/training_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={"ensembles": {t: ensembles(t) for t in STUDY.tasks}},
        code=code("training_data.py"),
    script:
        "../scripts/training_data.py"


rule figure_training:
    input:
        path("figures/data/training.h5"),
    output:
        drawn(
            "figure_training", "../report/training.rst", "Training", "training curves"
        ),
    log:
        log_path("figures/figure_training"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_training.py"),
    script:
        "../scripts/figure_training.py"


for recording, settings in STUDY.recording.items():

    rule:
        name:
            f"figure_recording_{recording}"
        input:
            path(f"{settings.task}/recordings/{recording}.h5"),
        output:
            drawn(
                f"figure_recording_{recording}",
                "../report/recording.rst",
                "Recordings",
                recording,
            ),
        log:
            log_path(f"figures/figure_recording_{recording}"),
        conda:
            ENVIRONMENT
        params:
            cfg={},
            code=code("figure_recording.py"),
        script:
            "../scripts/figure_recording.py"
