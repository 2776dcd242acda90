"""Trials, standard networks, alternatives."""


# Written out once: every other rule says in what it differs from another (but for the figures, which come from a loop).
rule trials:
    output:
        "<results>/{task}/trials/{set}.h5",
    log:
        "<logs>/{task}/trials/{set}.log",
    conda:
        "../../envs/rnnatlas.yaml"
    params:
        **job("trials", uses="task trial_set"),
    script:
        "../scripts/{params.script}.py"


# Trainings are the longest jobs, and alternatives wait for standards and for each other: standards first.
use rule trials as train_standard with:
    input:
        activity_of,
    output:
        "<results>/{task}/standard/{population}/networks.h5",
    log:
        "<logs>/{task}/standard/{population}/networks.log",
    priority: 2
    threads: STUDY.threads
    resources:
        gpu=int(STUDY.engine == "cuda"),
    params:
        **training("train_standard"),


# What chains begin with that do not begin with the study's own standard networks.
use rule trials as references with:
    input:
        lambda w: ensembles.reference_file(STUDY, w.chains),
    output:
        "<results>/{task}/standard/{chains}_reference/networks.h5",
    log:
        "<logs>/{task}/standard/{chains}_reference/networks.log",
    params:
        **job("references", uses="task network reference chains"),


use rule train_standard as train_alternatives with:
    input:
        unpack(networks_before),
    output:
        "<results>/{task}/alternatives/{chains}_alt{round}/networks.h5",
    log:
        "<logs>/{task}/alternatives/{chains}_alt{round}/networks.log",
    priority: 1
    params:
        **training("train_alternatives"),
