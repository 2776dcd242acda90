"""Trials, standard networks, alternatives."""


rule trials:
    output:
        path("{task}/trials/{set}.h5"),
    log:
        log_path("{task}/trials/{set}"),
    conda:
        ENVIRONMENT
    params:
        cfg=lambda w: task_cfg(w.task) | trial_set(w.task, w.set),
        code=code("trials.py"),
    script:
        "../scripts/trials.py"


# Trainings are the longest jobs, and alternatives wait for standards and for each other: standards first.
rule train_standard:
    input:
        activity_of,
    output:
        path("{task}/standard/{population}/networks.h5"),
    log:
        log_path("{task}/standard/{population}/networks"),
    priority: 2
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    resources:
        gpu=int(STUDY.engine == "cuda"),
    params:
        cfg=lambda w: population_cfg(w),
        code=code("train_standard.py"),
    script:
        "../scripts/train_standard.py"


# What chains begin with that do not begin with the study's own standard networks.
rule references:
    input:
        lambda w: reference_file(w.chains),
    output:
        path("{task}/standard/{chains}_reference/networks.h5"),
    log:
        log_path("{task}/standard/{chains}_reference/networks"),
    conda:
        ENVIRONMENT
    params:
        cfg=lambda w: task_cfg(w.task, "network")
        | fresh(w.task, f"standard/{w.chains}_reference")
        | {"chains": chains_cfg(w.chains)},
        code=code("references.py"),
    script:
        "../scripts/references.py"


rule train_alternatives:
    input:
        unpack(networks_before),
    output:
        path("{task}/alternatives/{chains}_alt{round}/networks.h5"),
    log:
        log_path("{task}/alternatives/{chains}_alt{round}/networks"),
    priority: 1
    conda:
        ENVIRONMENT
    threads: STUDY.threads
    resources:
        gpu=int(STUDY.engine == "cuda"),
    params:
        cfg=lambda w: task_cfg(w.task, "network", "deflation")
        | fresh(w.task, f"alternatives/{w.chains}_alt{w.round}")
        | {
            "chains": chains_cfg(w.chains),
            "engine": STUDY.engine,
            "name": w.chains,
            "populations": begins(w.chains),
            "round": int(w.round),
        },
        code=code("train_alternatives.py"),
    script:
        "../scripts/train_alternatives.py"
