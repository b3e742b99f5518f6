# IPS-wijzer. `make help` lists the commands.
SHELL := bash
PYTHON := .venv/bin/python
ALONE := tests/unit tests/cases tests/masking tests/nlu  # these start no servers, so they may run side by side
.DEFAULT_GOAL := help
.PHONY: help start test check format evaluate bench soak kennis vragen medewerker logboek verbeteringen backup restore sbom official-spacy-model channels-check clean

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
	$(PYTHON) -m pytest -n 2 --dist loadfile $(ALONE)
	$(PYTHON) -m pytest $(addprefix --ignore=,$(ALONE))

format:  ## put the code in shape
	@scripts/setup dev
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

evaluate:  ## score the assistant on the evaluation files (folder: EVALUATION=../shared/evaluation)
	@scripts/setup run
	@scripts/train
	@$(PYTHON) scripts/evaluate

bench:  ## measure the assistant beside its peers
	@scripts/setup dev
	@scripts/train
	@$(PYTHON) scripts/bench

soak:  ## the long runs: load, kills and attacks, with a summary (scripts/soak names the parts)
	@scripts/setup dev
	@scripts/train
	@$(PYTHON) scripts/soak

kennis:  ## for who keeps the content: check, score and train the knowledge (docs/inhoud.md)
	@scripts/setup dev
	@$(PYTHON) scripts/kennis

vragen:  ## for who keeps the content: the questions that got no good answer, in groups
	@scripts/setup run
	@$(PYTHON) scripts/vragen

medewerker:  ## for operators: make an account of the inbox; others with scripts/inbox-account (docs/helpdesk.md)
	@scripts/setup run
	@$(PYTHON) scripts/inbox-account

logboek:  ## did anybody edit the audit trail of the tickets
	@scripts/setup run
	@$(PYTHON) scripts/tickets logboek

verbeteringen:  ## the messages whose triage employees corrected, as examples for data/triage
	@scripts/setup run
	@$(PYTHON) scripts/tickets verbeteringen

channels-check:  ## are Slack and Teams set up, and what is missing (docs/kanalen.md)
	@scripts/setup run
	@$(PYTHON) scripts/channels-check

mail-check:  ## can mail be fetched and sent with these settings (docs/mail.md)
	@scripts/setup run
	@$(PYTHON) scripts/mail-check

official-spacy-model:  ## replace our Dutch pipeline by spaCy's own, where its host can be reached, and train again
	@scripts/official-spacy-model

backup:  ## for the operator: copy everything that is kept, also while it runs (TO=folder)
	@scripts/setup run
	@$(PYTHON) scripts/backup $(TO)

restore:  ## for the operator: put a copy back into an empty place (FROM=file, OVERWRITE=1 over what is there)
	@scripts/setup run
	@$(PYTHON) scripts/restore "$(FROM)" $(if $(OVERWRITE),--overwrite)

sbom:  ## write the list of parts, as CycloneDX, to build/sbom.json
	@scripts/setup run
	@$(PYTHON) scripts/sbom

clean:  ## remove what the set-up and the tests made; the data folder stays
	rm -rf .venv .cache .rasa .pictures .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
	rm -f models/*.tar.gz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
