"""What is measured on trained networks: of each ensemble, then across all networks of a task."""


use rule trials as fixed_points with:
    input:
        networks="<results>/{task}/{ensemble}/networks.h5",
        trials="<results>/{task}/trials/analysis.h5",
    output:
        "<results>/{task}/{ensemble}/fixed_points.h5",
    log:
        "<logs>/{task}/{ensemble}/fixed_points.log",
    threads: STUDY.threads
    params:
        **job("fixed_points", uses="task fixed_points"),


use rule fixed_points as limit_sets with:
    input:
        networks="<results>/{task}/{ensemble}/networks.h5",
        fixed_points="<results>/{task}/{ensemble}/fixed_points.h5",
        trials="<results>/{task}/trials/analysis.h5",
    output:
        "<results>/{task}/{ensemble}/limit_sets.h5",
    log:
        "<logs>/{task}/{ensemble}/limit_sets.log",
    params:
        **job("limit_sets", uses="task fresh limit_sets"),


use rule fixed_points as attractors with:
    input:
        networks=rate_networks,
        fixed_points="<results>/{task}/{ensemble}/fixed_points.h5",
        trials="<results>/{task}/trials/analysis.h5",
    output:
        "<results>/{task}/{ensemble}/attractors.h5",
    log:
        "<logs>/{task}/{ensemble}/attractors.log",
    params:
        **job("attractors", uses="task attractors engine fixed_points"),


use rule fixed_points as decoding with:
    input:
        networks="<results>/{task}/{ensemble}/networks.h5",
    output:
        "<results>/{task}/{ensemble}/decoding.h5",
    log:
        "<logs>/{task}/{ensemble}/decoding.log",
    params:
        **job("decoding", uses="task decoding engine"),


use rule fixed_points as generalisation with:
    input:
        networks="<results>/{task}/{ensemble}/networks.h5",
        trials=lambda w: PLAN.hard_trials(w.task),
    output:
        "<results>/{task}/{ensemble}/generalisation.h5",
    log:
        "<logs>/{task}/{ensemble}/generalisation.log",
    params:
        **job("generalisation", uses="task hard engine holds"),


use rule fixed_points as finer_steps with:
    input:
        networks=rate_networks,
        fixed_points="<results>/{task}/{ensemble}/fixed_points.h5",
        trials="<results>/{task}/trials/test.h5",
    output:
        "<results>/{task}/{ensemble}/finer_steps.h5",
    log:
        "<logs>/{task}/{ensemble}/finer_steps.log",
    params:
        **job("finer_steps", uses="task engine"),


use rule fixed_points as robustness with:
    input:
        networks=rate_networks,
        trials="<results>/{task}/trials/test.h5",
    output:
        "<results>/{task}/{ensemble}/robustness.h5",
    log:
        "<logs>/{task}/{ensemble}/robustness.log",
    params:
        **job("robustness", uses="task engine fresh robustness"),


# Where {among} is "controls/", the networks of the controls are compared, else the study's own.
use rule trials as table with:
    input:
        networks=of_ensembles("networks"),
    output:
        "<results>/{task}/{among}table.h5",
    log:
        "<logs>/{task}/{among}table.log",
    params:
        **job("table", uses="ensembles"),


use rule table as similarity with:
    input:
        networks=of_ensembles("networks"),
        analysis="<results>/{task}/trials/analysis.h5",
        test="<results>/{task}/trials/test.h5",
    output:
        "<results>/{task}/{among}similarity.h5",
    log:
        "<logs>/{task}/{among}similarity.log",
    threads: STUDY.threads
    params:
        **job(
            "similarity",
            uses="task network engine ensembles ridge",
            modules=measures_of("similarity"),
        ),


use rule similarity as embedding with:
    input:
        networks=of_ensembles("networks"),
        trials="<results>/{task}/trials/analysis.h5",
    output:
        "<results>/{task}/{among}embedding.h5",
    log:
        "<logs>/{task}/{among}embedding.log",
    params:
        **job(
            "embedding",
            uses="task engine ensembles similarity",
            modules=measures_of("embedding"),
        ),


use rule similarity as measures with:
    output:
        "<results>/{task}/measures.h5",
    log:
        "<logs>/{task}/measures.log",
    params:
        **job(
            "measures",
            uses="engine ensembles measures similarity",
            modules=measures_of("measures"),
        ),


use rule similarity as hidden with:
    output:
        "<results>/{task}/hidden.h5",
    log:
        "<logs>/{task}/hidden.log",
    params:
        **job("hidden", uses="task network engine ensembles hidden"),


use rule similarity as recording with:
    input:
        recording=lambda w: STUDY.recording[w.recording].file,
        networks=of_ensembles("networks"),
    output:
        "<results>/{task}/recordings/{recording}.h5",
    log:
        "<logs>/{task}/recordings/{recording}.log",
    params:
        **job(
            "recording",
            uses="task engine ensembles recording_name recording similarity",
        ),


# The construction of claim M1, once a study: on a network of its first population.
use rule table as metric_asymmetry with:
    input:
        networks=f"<results>/{STUDY.tasks[0]}/standard/{STUDY.populations[0]}/networks.h5",
        trials=f"<results>/{STUDY.tasks[0]}/trials/analysis.h5",
    output:
        "<results>/metric_asymmetry.h5",
    log:
        "<logs>/metric_asymmetry.log",
    params:
        **job("metric_asymmetry", uses="first_task engine"),


# The network of two units, once a study; with solutions to compare, if a file of them is named.
use rule table as two_neuron with:
    input:
        list(filter(None, [STUDY.charting.two_neuron.compare])),
    output:
        "<results>/two_neuron.h5",
    log:
        "<logs>/two_neuron.log",
    threads: STUDY.threads
    params:
        **job("two_neuron", uses="two_neuron"),


# What charted networks do beyond the trials that they were trained on.
use rule table as extrapolation with:
    input:
        "<results>/{task}/{ensemble}/networks.h5",
    output:
        "<results>/{task}/{ensemble}/extrapolation.h5",
    log:
        "<logs>/{task}/{ensemble}/extrapolation.log",
    threads: STUDY.threads
    params:
        **job("extrapolation", uses="task engine"),


# Charted networks as graphs.
use rule table as reduced with:
    input:
        "<results>/{task}/{ensemble}/networks.h5",
    output:
        "<results>/{task}/{ensemble}/reduced.h5",
    log:
        "<logs>/{task}/{ensemble}/reduced.log",
    params:
        **job("reduced", uses="task reduced"),


use rule reduced as features with:
    output:
        "<results>/{task}/{ensemble}/features.h5",
    log:
        "<logs>/{task}/{ensemble}/features.log",
    params:
        **job("features", uses="task"),


# Networks of others on the charted tasks, if a file of them is named.
use rule table as compared_networks with:
    input:
        list(filter(None, [STUDY.charting.compare])),
    output:
        "<results>/compared_networks.h5",
    log:
        "<logs>/compared_networks.log",
    params:
        **job(
            "compared_networks",
            uses="charted_tasks engine reduced",
            modules=lambda w: [f"tasks.{task}" for task in STUDY.charting.tasks],
        ),


# Types of others' networks told from their features, if a file of these is named.
use rule table as compared_features with:
    input:
        list(filter(None, [STUDY.charting.compare_features])),
    output:
        "<results>/compared_features.h5",
    log:
        "<logs>/compared_features.log",
    params:
        **job("compared_features"),
