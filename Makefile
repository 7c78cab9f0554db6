# What is done with this project; `make` alone lists it. Everything is installed into .venv, once.

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

# uv takes a quarter of pip's time; where it cannot be had, pip does the same work.
install = $(BIN)/uv pip install --quiet --python $(BIN)/python $(1) || $(BIN)/python -m pip install --quiet $(1)

.DEFAULT_GOAL := help
.PHONY: help app serve test test-slow lint bench lenet heads segments runs races multitask screenshot clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

app: .venv/runtime.stamp ## start the lecture on this machine and print its address
	@echo "Beyond ImageNet: http://127.0.0.1:$(PORT)"
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT)

# What else it takes: make serve SERVE="--trainings 1 --hosts class.example"
serve: .venv/runtime.stamp ## serve a class in the local network: address, QR code, limits
	@$(BIN)/python -m wsl_core serve --port $(PORT) $(SERVE)

test: lint ## check style, types and imports, then run the tests
	$(BIN)/python -m pytest -q -m "not slow"

test-slow: .venv/development.stamp ## run the tests that take minutes
	$(BIN)/python -m pytest -q -m slow

lint: .venv/development.stamp ## check style, types and imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The labelled pictures are looked for where the tests look for them.
bench: export WSL_DATA := $(or $(WSL_DATA),$(wildcard ../shared/data))
bench: .venv/benchmarks.stamp ## measure everything anew, and put the figures into the README
	$(BIN)/python -m benchmarks.class_maps --write
	$(BIN)/python -m benchmarks.sliding_window --write
	$(BIN)/python -m benchmarks.pooling --write
	$(BIN)/python -m benchmarks.transfer --write
	$(BIN)/python -m benchmarks.app --write
	$(BIN)/python -m benchmarks.install --write
	$(if $(WSL_DATA),$(BIN)/python -m benchmarks.top1 --write,@echo "top1 is left out: WSL_DATA names no folder")
	$(if $(WSL_DATA),$(BIN)/python -m benchmarks.retrieval --write,@echo "retrieval is left out: WSL_DATA names no folder")
	$(if $(WSL_DATA),$(BIN)/python -m benchmarks.objects --write,@echo "objects is left out: WSL_DATA names no folder")
	$(BIN)/python -m benchmarks.readme

lenet: export WSL_DATA := $(or $(WSL_DATA),$(wildcard ../shared/data))
lenet: .venv/development.stamp ## train LeNet anew on MNIST, measure it, and fill its card (ten minutes)
	$(BIN)/python -m wsl_core.fcn.lenet_training
	$(BIN)/python -m benchmarks.lenet --write
	$(BIN)/python -m benchmarks.readme

# One head a scheme, each with the defaults of its recipe (wsl_core/fcn/heads/parameters.py), and one whose
# network was trained further with it.
SCHEMES := max average lse spleap weldon wildcat pronet
VIEWS := --sizes 321,449,641 --mirror
CHOSEN := Rate, decay, sizes and mirroring were chosen on a fifth of train; nothing was chosen on val
FINETUNED := --scheme wildcat --maps 1 --network efficientnet_lite2 --epochs 0 --finetune stage7 --sizes 449 --mirror \
  --read-at 449,641 --name finetuned --title "wildcat, last stage fine-tuned, on VOC 2012 train"
FINETUNED_CHOSEN := Network, scheme, stages, sizes at use and no epochs of the head before were chosen on a fifth of train, beside rates, epochs and averaging; nothing was chosen on val
LICENCE := For research: the pictures that it was trained on are PASCAL VOC's, under Flickr's terms
heads: export WSL_DATA := $(or $(WSL_DATA),$(wildcard ../shared/data))
heads: voc := --data $(WSL_DATA)/voc --format voc --year 2012
heads: train = $(BIN)/python -m wsl_core train-head $(voc) --split train --licence "$(LICENCE)" --overwrite
heads: measure = $(BIN)/python -m wsl_core evaluate localization $(voc) --split val \
  --write benchmarks/results/localization.csv
heads: .venv/development.stamp ## train the shipped heads anew on VOC, and measure them (five minutes each)
	for scheme in $(SCHEMES); do \
	  $(train) --scheme $$scheme $(VIEWS) --chosen "$(CHOSEN)" --out assets/heads/voc-$$scheme || exit; \
	  $(measure) --into-card --head assets/heads/voc-$$scheme || exit; \
	done
	$(train) $(FINETUNED) --chosen "$(FINETUNED_CHOSEN)" --out assets/heads/voc-finetuned
	$(measure) --into-card --head assets/heads/voc-finetuned
	$(measure) --head assets/heads/voc-max --pointed beam

segments: export WSL_DATA := $(or $(WSL_DATA),$(wildcard ../shared/data))
segments: .venv/development.stamp ## measure segments on VOC's masks, before and after the CRF (a quarter of an hour)
	$(BIN)/python -m benchmarks.segmentation --write
	$(BIN)/python -m benchmarks.readme

# What the page of adaptation opens with: the first seed of each method, on pairs that come with the program.
# Beside each its baselines are trained, too, with the same steps.
SHOWN := mnist-mnistm-shipped digits-dimmed $(addprefix digits-photos:,dann: source-only: target:) $(addprefix mnist-mnistm:,dann: source-only: target:)
runs: .venv/development.stamp ## train the finished runs of the adaptation page anew (an hour)
	$(BIN)/python -m benchmarks.adaptation_pairs --seeds 1 --only $(SHOWN) --ship assets/runs

# What the page of fine-tuning opens with, and the tables of the README.
races: export WSL_DATA := $(or $(WSL_DATA),$(wildcard ../shared/data))
races: .venv/development.stamp ## train the races of the fine-tuning page anew (a quarter of an hour)
	$(BIN)/python -m benchmarks.finetuning $(if $(WSL_DATA),,--only cases) --write
	$(BIN)/python -m benchmarks.readme

# What the page of multitask learning opens with, and the table of the README.
multitask: export WSL_DATA := $(or $(WSL_DATA),$(wildcard ../shared/data))
multitask: .venv/development.stamp ## train the comparisons of the multitask page anew (twenty minutes)
	$(BIN)/python -m benchmarks.multitask --only digits digits-style $(if $(WSL_DATA),voc pacs) --write --ship
	$(BIN)/python -m benchmarks.readme

screenshot: .venv/development.stamp ## make the pictures of the README anew from the running app
	$(BIN)/python -m benchmarks.screenshot

clean: ## remove what tools leave behind; .venv stays
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -path ./.venv -prune -o -type d -name __pycache__ -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/python
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv || echo "uv cannot be had here."
	$(call install,-r requirements.txt)
	@touch $@

.venv/development.stamp: requirements-dev.txt .venv/runtime.stamp
	$(call install,-r requirements-dev.txt)
	@touch $@

.venv/benchmarks.stamp: benchmarks/requirements.txt .venv/development.stamp
	$(call install,-r benchmarks/requirements.txt)
	@touch $@
