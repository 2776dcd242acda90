"""What a study found, and what it ran with."""


rule scorecard:
    input:
        [analyses(task) for task in STUDY.tasks],
    output:
        json=path("scorecard.json"),
        markdown=report(path("scorecard.md"), caption="../report/scorecard.rst", category="Scorecard"),
    params:
        cfg={"seed": STUDY.seed, "tasks": STUDY.tasks},
        code=code("scorecard.py"),
        folders=[path(task) for task in STUDY.tasks],
    log:
        log_path("scorecard"),
    conda:
        ENVIRONMENT
    script:
        "../scripts/scorecard.py"


rule study:
    output:
        report(path("study.yaml"), caption="../report/configuration.rst", category="Configuration"),
    params:
        cfg=STUDY.plain(),
        code=code("study.py"),
    log:
        log_path("study"),
    conda:
        ENVIRONMENT
    script:
        "../scripts/study.py"


rule manifest:
    input:
        [analyses(task) for task in STUDY.tasks],
        path("study.yaml"),
    output:
        path("manifest.json"),
    params:
        cfg={},
        code=code("manifest.py"),
    log:
        log_path("manifest"),
    conda:
        ENVIRONMENT
    script:
        "../scripts/manifest.py"
