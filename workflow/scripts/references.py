"""What a set of chains begins with: untrained networks, or the user's own."""

from rnnatlas.config.population import ChainSettings
from rnnatlas.config.training import NetworkSettings
from rnnatlas.deflation.references import own_references
from rnnatlas.job import job
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
    write_ensemble(snakemake.output[0], networks, cfg, "references")
