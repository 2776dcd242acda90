"""What is measured on trained networks."""


rule fixed_points:
    input:
        networks=rate_networks,
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


rule limit_sets:
    input:
        networks=path("{task}/{ensemble}/networks.h5"),
        fixed_points=fixed_points_of,
        trials=path("{task}/trials/analysis.h5"),
    output:
        path("{task}/{ensemble}/limit_sets.h5"),
    log:
        log_path("{task}/{ensemble}/limit_sets"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task)
        | fresh(w.task, w.ensemble)
        | {"limit_sets": STUDY.analysis.limit_sets.plain()},
        code=code("limit_sets.py"),
    script:
        "../scripts/limit_sets.py"


rule attractors:
    input:
        networks=path("{task}/{ensemble}/networks.h5"),
        fixed_points=path("{task}/{ensemble}/fixed_points.h5"),
        trials=path("{task}/trials/analysis.h5"),
    output:
        path("{task}/{ensemble}/attractors.h5"),
    log:
        log_path("{task}/{ensemble}/attractors"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task)
        | {
            "attractors": STUDY.analysis.attractors.plain(),
            "engine": ANALYSIS_ENGINE,
            "fixed_points": STUDY.analysis.fixed_points.plain(),
        },
        code=code("attractors.py"),
    script:
        "../scripts/attractors.py"


rule decoding:
    input:
        networks=path("{task}/{ensemble}/networks.h5"),
    output:
        path("{task}/{ensemble}/decoding.h5"),
    log:
        log_path("{task}/{ensemble}/decoding"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task)
        | {"decoding": STUDY.analysis.decoding.plain(), "engine": ANALYSIS_ENGINE},
        code=code("decoding.py"),
    script:
        "../scripts/decoding.py"


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
        cfg=lambda w: task_cfg(w.task, "hard")
        | {"engine": ANALYSIS_ENGINE, "holds": STUDY.analysis.holds.plain()},
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
            "ensembles": ensembles(w.task),
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
            "ensembles": ensembles(w.task),
            "similarity": STUDY.analysis.similarity.plain(),
        },
        code=code("embedding.py"),
    script:
        "../scripts/embedding.py"


rule measures:
    input:
        networks=of_ensembles("networks.h5"),
        analysis=path("{task}/trials/analysis.h5"),
        test=path("{task}/trials/test.h5"),
    output:
        path("{task}/measures.h5"),
    log:
        log_path("{task}/measures"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: {
            "engine": ANALYSIS_ENGINE,
            "ensembles": ensembles(w.task),
            "measures": STUDY.analysis.measures.plain(),
            "seed": STUDY.seed,
            "similarity": STUDY.analysis.similarity.plain(),
        },
        code=code("measures.py"),
    script:
        "../scripts/measures.py"


rule hidden:
    input:
        networks=of_ensembles("networks.h5"),
        analysis=path("{task}/trials/analysis.h5"),
        test=path("{task}/trials/test.h5"),
    output:
        path("{task}/hidden.h5"),
    log:
        log_path("{task}/hidden"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task, "network")
        | {
            "engine": ANALYSIS_ENGINE,
            "ensembles": ensembles(w.task),
            "hidden": STUDY.analysis.hidden.plain(),
        },
        code=code("hidden.py"),
    script:
        "../scripts/hidden.py"


use rule similarity as control_similarity with:
    input:
        networks=of_ensembles("networks.h5", controls),
        analysis=path("{task}/trials/analysis.h5"),
        test=path("{task}/trials/test.h5"),
    output:
        path("{task}/controls/similarity.h5"),
    log:
        log_path("{task}/controls/similarity"),
    params:
        cfg=lambda w: task_cfg(w.task, "network")
        | {
            "engine": ANALYSIS_ENGINE,
            "ensembles": controls(w.task),
            "ridge": STUDY.analysis.similarity.ridge,
        },
        code=code("similarity.py"),


use rule embedding as control_embedding with:
    input:
        networks=of_ensembles("networks.h5", controls),
        trials=path("{task}/trials/analysis.h5"),
    output:
        path("{task}/controls/embedding.h5"),
    log:
        log_path("{task}/controls/embedding"),
    params:
        cfg=lambda w: task_cfg(w.task)
        | {
            "engine": ANALYSIS_ENGINE,
            "ensembles": controls(w.task),
            "similarity": STUDY.analysis.similarity.plain(),
        },
        code=code("embedding.py"),


rule finer_steps:
    input:
        networks=path("{task}/{ensemble}/networks.h5"),
        fixed_points=path("{task}/{ensemble}/fixed_points.h5"),
        trials=path("{task}/trials/test.h5"),
    output:
        path("{task}/{ensemble}/finer_steps.h5"),
    log:
        log_path("{task}/{ensemble}/finer_steps"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task) | {"engine": ANALYSIS_ENGINE},
        code=code("finer_steps.py"),
    script:
        "../scripts/finer_steps.py"


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


rule recording:
    input:
        recording=lambda w: STUDY.recording[w.recording].file,
        networks=of_ensembles("networks.h5"),
    output:
        path("{task}/recordings/{recording}.h5"),
    log:
        log_path("{task}/recordings/{recording}"),
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    params:
        cfg=lambda w: task_cfg(w.task)
        | {
            "engine": ANALYSIS_ENGINE,
            "ensembles": ensembles(w.task),
            "name": w.recording,
            "recording": STUDY.analysis.recording.plain(),
            "similarity": STUDY.analysis.similarity.plain(),
        },
        code=code("recording.py"),
    script:
        "../scripts/recording.py"
