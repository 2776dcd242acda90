"""Supplementary figures that show every task: data collected once, drawing apart. (Rules of a loop would share its last script.)"""

# The limit sets of populations of other cells, by task and name.
ARCHITECTURES = {
    (task, name): path(f"{task}/standard/{name}/limit_sets.h5")
    for task in STUDY.tasks
    for name in STUDY.architectures
}


rule chains_data:
    input:
        [analyses(task) for task in STUDY.tasks],
    output:
        path("figures/data/chains.h5"),
    log:
        log_path("figures/chains_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("chains_data.py", STUDY.tasks),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/chains_data.py"


rule figure_chains:
    input:
        path("figures/data/chains.h5"),
    output:
        drawn(
            "figure_chains",
            "../report/chains.rst",
            "Similarity",
            "one second solution or many",
        ),
    log:
        log_path("figures/figure_chains"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_chains.py"),
    script:
        "../scripts/figure_chains.py"


rule controls_data:
    input:
        [analyses(task) for task in STUDY.tasks],
        [control_analyses(task) for task in STUDY.tasks],
    output:
        path("figures/data/controls.h5"),
    log:
        log_path("figures/controls_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "controlled": [task for task in STUDY.tasks if controlled(task)],
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("controls_data.py", STUDY.tasks),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/controls_data.py"


rule figure_controls:
    input:
        path("figures/data/controls.h5"),
    output:
        drawn(
            "figure_controls",
            "../report/controls.rst",
            "Controls",
            "alternatives beside controls",
        ),
    log:
        log_path("figures/figure_controls"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_controls.py"),
    script:
        "../scripts/figure_controls.py"


rule decoding_data:
    input:
        [analyses(task) for task in STUDY.tasks],
    output:
        path("figures/data/decoding.h5"),
    log:
        log_path("figures/decoding_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("decoding_data.py", STUDY.tasks),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/decoding_data.py"


rule figure_decoding:
    input:
        path("figures/data/decoding.h5"),
    output:
        drawn(
            "figure_decoding",
            "../report/decoding.rst",
            "Decoding",
            "what is decoded and when",
        ),
    log:
        log_path("figures/figure_decoding"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_decoding.py"),
    script:
        "../scripts/figure_decoding.py"


rule hidden_data:
    input:
        [analyses(task) for task in STUDY.tasks],
    output:
        path("figures/data/hidden.h5"),
    log:
        log_path("figures/hidden_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("hidden_data.py", STUDY.tasks),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/hidden_data.py"


rule figure_hidden:
    input:
        path("figures/data/hidden.h5"),
    output:
        drawn(
            "figure_hidden",
            "../report/hidden.rst",
            "Similarity",
            "earlier states absent or hidden",
        ),
    log:
        log_path("figures/figure_hidden"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_hidden.py"),
    script:
        "../scripts/figure_hidden.py"


rule limit_sets_data:
    input:
        [analyses(task) for task in STUDY.tasks],
        architectures=list(ARCHITECTURES.values()),
    output:
        path("figures/data/limit_sets.h5"),
    log:
        log_path("figures/limit_sets_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "architectures": [list(pair) for pair in ARCHITECTURES],
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("limit_sets_data.py", STUDY.tasks),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/limit_sets_data.py"


rule figure_limit_sets:
    input:
        path("figures/data/limit_sets.h5"),
    output:
        drawn(
            "figure_limit_sets",
            "../report/limit_sets.rst",
            "Dynamics",
            "limit sets and Lyapunov exponents",
        ),
    log:
        log_path("figures/figure_limit_sets"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_limit_sets.py"),
    script:
        "../scripts/figure_limit_sets.py"


rule similarity_data:
    input:
        [analyses(task) for task in STUDY.tasks],
    output:
        path("figures/data/similarity.h5"),
    log:
        log_path("figures/similarity_data"),
    conda:
        ENVIRONMENT
    params:
        cfg={
            "seed": STUDY.seed,
            "tasks": STUDY.tasks,
        },
        code=code("similarity_data.py", STUDY.tasks),
        folders=[path(task) for task in STUDY.tasks],
    script:
        "../scripts/similarity_data.py"


rule figure_similarity:
    input:
        path("figures/data/similarity.h5"),
    output:
        drawn(
            "figure_similarity",
            "../report/similarity.rst",
            "Similarity",
            "all measures of similarity",
        ),
    log:
        log_path("figures/figure_similarity"),
    conda:
        ENVIRONMENT
    params:
        cfg={},
        code=code("figure_similarity.py"),
    script:
        "../scripts/figure_similarity.py"
