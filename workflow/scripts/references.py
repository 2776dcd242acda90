"""What a set of chains begins with: untrained networks, or the user's own."""

from rnnatlas.config.population import ChainSettings
from rnnatlas.config.training import NetworkSettings
from rnnatlas.deflation.own_performance import own_performance, remarks
from rnnatlas.deflation.references import own_references
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job, warn
from rnnatlas.networks.files import write_ensemble
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.member import Member
from rnnatlas.training.standard import fresh_networks

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    chains = ChainSettings.model_validate(cfg["chains"])
    if chains.reference == "untrained":
        members = [Member(tuple(cfg["fresh"]["stream"]), index) for index in range(chains.chains)]
        networks = fresh_networks(task, NetworkSettings.model_validate(cfg["network"]), cfg["fresh"]["gain"], members)
    else:
        networks = own_references(snakemake.input[0], task, chains.chains)
        found = own_performance(networks, task, cfg["seed"], select_engine("auto"))
        print("\n".join(f"network {number}: {one}" for number, one in enumerate(found)))
        for remark in remarks(networks, found, task):
            warn(f"{snakemake.input[0]}: {remark}")
    write_ensemble(snakemake.output[0], networks, cfg, "references")
