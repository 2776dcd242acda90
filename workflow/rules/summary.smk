"""What a study found, and what it ran with."""


rule scorecard:
    input:
        [analyses(task) for task in STUDY.tasks],
        [control_analyses(task) for task in STUDY.tasks],
        metric=path("metric_asymmetry.h5"),
    output:
        json=path("scorecard.json"),
        markdown=path("scorecard.md"),
        page=report(
            path("scorecard.html"),
            caption="../report/scorecard.rst",
            category="Scorecard",
        ),
    log:
        log_path("scorecard"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "controlled": [task for task in STUDY.tasks if controlled(task)],
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("scorecard.py"),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/scorecard.py"


rule study:
    output:
        report(
            path("study.yaml"),
            caption="../report/configuration.rst",
            category="Configuration",
        ),
    log:
        log_path("study"),
    conda:
        ENVIRONMENT
    params:
        cfg=STUDY.plain(),
        code=code("study.py"),
    script:
        "../scripts/study.py"


rule manifest:
    input:
        [analyses(task) for task in STUDY.tasks],
        path("study.yaml"),
    output:
        path("manifest.json"),
    log:
        log_path("manifest"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("manifest.py"),
    script:
        "../scripts/manifest.py"


# One point of the map of `make map`: nothing but what the map compares, for every task.
rule map_point:
    input:
        [path(f"{task}/similarity.h5") for task in STUDY.tasks],
        [
            path(f"{task}/{place['name']}/generalisation.h5")
            for task in STUDY.tasks
            for place in ensembles(task)
        ],
