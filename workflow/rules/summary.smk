"""What a study found, and what it ran with."""


# One group of claims, by its row of rnnatlas/claims/catalogue.py.
use rule trials as claims with:
    input:
        lambda w: PLAN.group_files(GROUPS[w.group]),
    output:
        "<results>/claims/{group}.json",
    log:
        "<logs>/claims/{group}.log",
    params:
        **job(
            "claims",
            cfg=lambda w: PLAN.group_cfg(w.group),
            modules=lambda w: [
                f"claims.{GROUPS[w.group].module}",
                *PLAN.schemas(GROUPS[w.group].needs),
            ],
        ),


use rule claims as scorecard with:
    input:
        [f"<results>/claims/{group}.json" for group in PLAN.groups()],
    output:
        json="<results>/scorecard.json",
        markdown="<results>/scorecard.md",
        page=report(
            "<results>/scorecard.html",
            caption="../report/scorecard.rst",
            category="Scorecard",
        ),
    log:
        "<logs>/scorecard.log",
    params:
        **job("scorecard", cfg={"figures": PLAN.shown_in()}),
        caption=ScorecardCaption(PLAN.shown_in()),


use rule claims as study with:
    input:
        [],
    output:
        report(
            "<results>/study.yaml",
            caption="../report/configuration.rst",
            category="Configuration",
        ),
    log:
        "<logs>/study.log",
    params:
        **job("study", cfg=STUDY.plain()),


use rule claims as manifest with:
    input:
        PLAN.analyses(),
        "<results>/study.yaml",
    output:
        "<results>/manifest.json",
    log:
        "<logs>/manifest.log",
    params:
        **job("manifest", cfg={"networks_from": PLAN.all_taken()}),


# One point of the map of `make map`: nothing but what the map compares, for every task.
rule map_point:
    input:
        PLAN.map_point(),
