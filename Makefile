# make quick   set up, then the main job on a small study: results/quick/report.html
# make test    set up, then the tests;  make lint: style, types, workflow
# PIP_ARGS passes through to pip (an index or a folder of wheels); CORES is what Snakemake may use: all that this process may.

PYTHON ?= python3
CORES ?= all
PIP_ARGS ?=
BIN := .venv/bin
# `--logger` takes every word up to the next option, so it does not stand last.
SNAKEMAKE := $(BIN)/snakemake --logger rnnatlas --cores $(CORES)
LONGEST := results/quick/memory_pro/alternatives/insd_alt2/networks.h5  # the longest row of jobs: begun first
FIRST_LOOK := results/quick/figures/figure_tasks.png  # what a newcomer sees after a minute
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Not the backend of a notebook from which make was called.
export MPLBACKEND := agg

.PHONY: quick insd all controls charting map capacity status results test test-install test-everywhere test-aarch64 lint bench gpu config lock clean

quick: .venv/installed
	$(SNAKEMAKE) all --configfile config/presets/quick.yaml --report-after-run --report results/quick/report.html \
	  --prioritize $(FIRST_LOOK) $(LONGEST)

insd: .venv/installed
	$(SNAKEMAKE) all --report-after-run --report results/default/report.html

all: insd

# Networks that tell what the alternatives owe to deflation itself; their results enter the scorecard of the default study.
controls: .venv/installed
	$(SNAKEMAKE) all --config 'controls={"run":true}' --report-after-run --report results/default/report.html

# Which solutions appear by themselves: this part of the default study alone.
CHARTED = $(patsubst %,results/default/claims/%.json,two_neuron populations extrapolation types)
charting: .venv/installed
	$(SNAKEMAKE) figure_c1 figure_c2 figure_c3 figure_c4 figure_c5 $(CHARTED) --config 'charting={"run":true}'
	$(BIN)/python -m rnnatlas.claims.scorecard_page $(CHARTED)

# When do alternatives win? A reduced study, and once more with one thing changed for each file of config/map; what was finished is
# collected and drawn (results/map). Interrupted, or after a failure, the same command goes on where it stopped.
map: .venv/installed
	@trap 'exit 130' INT TERM; failed=; \
	for change in '' $(sort $(wildcard config/map/*.yaml)); do \
	  $(SNAKEMAKE) map_point --keep-going --configfile config/presets/map.yaml $$change \
	    || failed="$$failed $${change:-config/presets/map.yaml}"; \
	done; \
	$(BIN)/python -m rnnatlas.claims.map results && $(BIN)/python -m rnnatlas.figures.map results/map || exit 1; \
	test -z "$$failed" || { echo "not finished:$$failed; make map goes on with them" >&2; exit 1; }

# How many solutions has a task? Chains of eight rounds, no more of their analyses than claim A13 reads, and what it came to.
capacity: .venv/installed
	$(SNAKEMAKE) results/capacity/claims/capacity.json --configfile config/presets/capacity.yaml
	$(BIN)/python -m rnnatlas.claims.scorecard_page results/capacity/claims/capacity.json

# How the studies under results stand, whether they run here, elsewhere or not; RUN=results/<run> for one of them.
status: .venv/installed
	@$(BIN)/python -m rnnatlas.display.status $(RUN)

# The page of results, from the scorecard and figures of the default study and the text beside them.
results: .venv/installed
	@test -f results/default/scorecard.json || { echo "results/default/scorecard.json is missing: make insd" >&2; exit 1; }
	cp results/default/scorecard.json docs/results/
	grep -o 'results/figure_[a-z0-9_]*.png' docs/results/results.md | sort -u | while read -r file; do \
	  cp "results/default/figures/$${file#results/}" docs/results/ || exit 1; done
	$(BIN)/python -m rnnatlas.claims.results_page docs/results docs/results.md

test: .venv/installed
	$(BIN)/python tests/together.py

# The library from a wheel in an environment of its own, without PyTorch and Snakemake.
test-install:
	$(PYTHON) tests/library/installed.py $(PIP_ARGS)

# The whole suite under other instruction sets, BLAS kernels, Pythons, locales, paths (some 15 minutes a row), and the engine's on ARM.
test-everywhere:
	PIP_ARGS='$(PIP_ARGS)' $(PYTHON) tests/everywhere.py $(ROWS)
	$(if $(ROWS),,$(MAKE) test-aarch64)

# The compiled engine as an ARM machine would run it: some fifteen minutes, in an emulator.
test-aarch64: .venv/installed
	PIP_ARGS='$(PIP_ARGS)' tests/engine/aarch64.sh .aarch64 -k 'not torch-float and not cuda and not keeps_torch' tests/engine/test_roll_out.py \
	  tests/engine/test_gradient.py tests/engine/test_gated_cells.py tests/engine/test_train.py tests/engine/test_train_bits.py \
	  tests/dynamics/test_native_search.py tests/streams/test_philox.py

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/snakemake --lint
	! command -v g++ >/dev/null || for source in workflow/rnnatlas/engine/native/*.cpp; do \
	  g++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -DISA_SUFFIX=lint $$source || exit 1; done

bench: .venv/bench
	$(BIN)/python -m rnnatlas.benchmarks.engine
	$(BIN)/python -m rnnatlas.benchmarks.workflow
	$(BIN)/python -m rnnatlas.benchmarks.recipe_cost

# On a machine with a GPU: the tests of its engine there, then its times against one core and against PyTorch (some minutes).
gpu: .venv/installed
	@$(BIN)/python -c 'import torch, sys; sys.exit(not torch.cuda.is_available() and "PyTorch sees no CUDA device: is this its CUDA build?")'
	$(BIN)/python -m pytest tests/engine/test_cuda_engine.py tests/engine/test_cuda_training.py
	$(BIN)/python -m rnnatlas.benchmarks.gpu

config: .venv/installed
	$(BIN)/python -m rnnatlas.config.document config
	$(BIN)/python -m rnnatlas.artifacts.document docs

lock: .venv/installed
	$(BIN)/python -m rnnatlas.provenance.lock envs

# In a plain C locale neither setuptools nor Python has a path that is not ASCII: it is written in UTF-8, then said from where it is read.
.venv/installed: pyproject.toml envs/requirements.txt envs/oracle.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "rnn-atlas needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	LC_ALL=C.UTF-8 $(BIN)/pip install --quiet $(PIP_ARGS) --constraint envs/requirements.txt --editable '.[workflow,torch,dev]'
	for file in .venv/lib/python*/site-packages/__editable__*.pth; do ! test -f "$$file" || echo ../../../../workflow > "$$file"; done
	$(BIN)/pip install --quiet $(PIP_ARGS) --no-deps --requirement envs/oracle.txt
	$(BIN)/python -m rnnatlas.engine.build
	touch $@

.venv/bench: .venv/installed envs/bench.txt
	$(BIN)/pip install --quiet $(PIP_ARGS) --constraint envs/requirements.txt --requirement envs/bench.txt
	touch $@

clean:
	rm -rf results .venv .snakemake
