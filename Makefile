# IPS-wijzer. `make help` lists the commands.
SHELL := bash
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help start test check format evaluate official-spacy-model clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 30

start:  ## set up what is missing and run the assistant on http://127.0.0.1:8080
	@scripts/setup run
	@scripts/train
	@exec $(PYTHON) -m bot.run start

test:  ## set up what is missing and pass the tests
	@scripts/setup dev
	@scripts/train
	@$(PYTHON) -m pytest

check:  ## format, lint, types, import walls, knowledge, tests
	@scripts/setup dev
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m bot.knowledge
	@scripts/train
	$(PYTHON) -m pytest

format:  ## put the code in shape
	@scripts/setup dev
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

evaluate:  ## score the assistant on the evaluation files (folder: EVALUATION=../shared/evaluation)
	@scripts/setup run
	@scripts/train
	@$(PYTHON) scripts/evaluate

official-spacy-model:  ## replace our Dutch pipeline by spaCy's own, where its host can be reached, and train again
	@scripts/official-spacy-model

clean:  ## remove what the set-up and the tests made; the data folder stays
	rm -rf .venv .cache .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
	rm -f models/*.tar.gz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
