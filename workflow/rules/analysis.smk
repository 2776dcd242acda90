"""What is measured on trained networks."""


rule fixed_points:
    input:
        networks=path("{task}/{ensemble}/networks.h5"),
        trials=path("{task}/trials/analysis.h5"),
    output:
        path("{task}/{ensemble}/fixed_points.h5"),
    log:
        log_path("{task}/{ensemble}/fixed_points"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task)
        | {"fixed_points": STUDY.analysis.fixed_points.plain()},
        code=code("fixed_points.py"),
    script:
        "../scripts/fixed_points.py"


rule generalisation:
    input:
        networks=path("{task}/{ensemble}/networks.h5"),
        trials=lambda w: [
            path(f"{w.task}/trials/hard_{load}.h5") for load in LOADS[w.task]
        ],
    output:
        path("{task}/{ensemble}/generalisation.h5"),
    log:
        log_path("{task}/{ensemble}/generalisation"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task, "hard") | {"engine": ANALYSIS_ENGINE},
        code=code("generalisation.py"),
    script:
        "../scripts/generalisation.py"


rule similarity:
    input:
        networks=of_ensembles("networks.h5"),
        analysis=path("{task}/trials/analysis.h5"),
        test=path("{task}/trials/test.h5"),
    output:
        path("{task}/similarity.h5"),
    log:
        log_path("{task}/similarity"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task, "network")
        | {
            "engine": ANALYSIS_ENGINE,
            "ensembles": ensembles(),
            "ridge": STUDY.analysis.similarity.ridge,
        },
        code=code("similarity.py"),
    script:
        "../scripts/similarity.py"


rule embedding:
    input:
        networks=of_ensembles("networks.h5"),
        trials=path("{task}/trials/analysis.h5"),
    output:
        path("{task}/embedding.h5"),
    log:
        log_path("{task}/embedding"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task)
        | {
            "engine": ANALYSIS_ENGINE,
            "ensembles": ensembles(),
            "similarity": STUDY.analysis.similarity.plain(),
        },
        code=code("embedding.py"),
    script:
        "../scripts/embedding.py"


rule metric_asymmetry:
    input:
        networks=path(f"{STUDY.tasks[0]}/standard/{STUDY.populations[0]}/networks.h5"),
        trials=path(f"{STUDY.tasks[0]}/trials/analysis.h5"),
    output:
        path("metric_asymmetry.h5"),
    log:
        log_path("metric_asymmetry"),
    conda:
        ENVIRONMENT
    params:
        cfg=task_cfg(STUDY.tasks[0]) | {"engine": ANALYSIS_ENGINE},
        code=code("metric_asymmetry.py"),
    script:
        "../scripts/metric_asymmetry.py"
