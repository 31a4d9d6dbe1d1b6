# Everything here works on a machine with Python 3.11 or newer and make. `make help` lists it.

PYTHON ?= $(firstword $(foreach each,python3 python3.14 python3.13 python3.12 python3.11,\
	$(if $(shell $(each) -c 'import sys, venv; print("y" if sys.version_info >= (3, 11) else "")' 2>/dev/null),$(each))))
BIN := .venv/bin
INSTALLED := .venv/installed
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help up down status test long mutants mutate check bench lint format types contracts lock theme install chromium nginx docs clean gallery sbom
.DELETE_ON_ERROR:

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

up: install ## Start all of Kail here, with simulated officers (KAIL_PORT, KAIL_HOME; UP="--no-simulate")
	@exec $(BIN)/kail up $(UP)

down: install ## Stop the Kail that runs in KAIL_HOME
	@$(BIN)/kail down

status: install ## Tell which parts run, how far behind they are and what is held
	@$(BIN)/kail status

test: check chromium nginx ## Run everything that continuous integration runs
	$(BIN)/pytest -n $(JOBS) --dist loadgroup -m "slow and not long"

check: lint types contracts ## Lint, types, contracts and the quick tests: under three minutes on a quiet machine
	$(BIN)/pytest -q -n $(JOBS) -m "not slow"

long: install chromium ## Walk all pages by every role, travel to every end, live through a bad year; note it in docs/long.md
	KAIL_LONG=1 $(BIN)/pytest -n $(JOBS) --dist loadgroup -m long

mutants: install ## Plant faults by hand and see which the tests find; noted in docs/mutants.md (MUTANTS="3 7", or all afresh)
	JOBS=$(JOBS) $(BIN)/python -m tests.mutants $(MUTANTS)

mutate: install ## Change the engine and the pure rules in every small way (mutmut) and tell what no test minds (docs/mutation.md)
	rm -rf build/mutate
	mkdir -p build/mutate
	git ls-files -z | xargs -0 cp --parents --target-directory build/mutate
	cd build/mutate && $(CURDIR)/$(BIN)/python -m mutmut run --max-children $(JOBS)
	cd build/mutate && $(CURDIR)/$(BIN)/python -m mutmut results

bench: install ## Measure journeys a second and latency, beside a Celery chain and a plain loop (bench/README.md)
	$(BIN)/python -m bench.journeys

lint: install ## Read the code for faults and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: install ## Bring the code into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: install ## Check types
	$(BIN)/mypy

contracts: install ## Check which package may know of which
	$(BIN)/lint-imports

lock: install ## Resolve the dependencies of pyproject.toml anew (LOCK="--upgrade" for newer ones)
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --group dev \
		--custom-compile-command "make lock" $(LOCK) pyproject.toml --output-file requirements.lock

# Needs Node; what it makes is committed, so that nobody else does.
theme: ## Compile the style sheet and fetch the font (shared/web/theme names the versions)
	cd shared/web/theme && npm ci --ignore-scripts && npm run theme

install: $(INSTALLED) ## Make the virtual environment and install exactly what is locked

# uv comes first, by its own lines of the lock, and installs the rest several times faster than pip would. It trusts
# whom the machine trusts, so that an office behind a proxy with a certificate of its own can install, too.
$(INSTALLED): requirements.lock pyproject.toml Makefile
	@test -n "$(PYTHON)" || { echo "Kail needs Python 3.11 or newer with venv; name one with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; }
	@sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ .*--hash/p}' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@echo "Installing what requirements.lock names"
	@VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet --system-certs --require-hashes requirements.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# The pages are tested in a real browser. Where we may, we install it; elsewhere we say what is missing.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium; } \
	|| { echo "The browser tests need Chromium: install it (Debian: apt-get install chromium) and run this again." >&2; exit 1; }

# So is the proxy of docker-compose.yml: the very server that it runs, with the very configuration.
nginx:
	@command -v nginx >/dev/null || test -x /usr/sbin/nginx \
	|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq nginx-light; } \
	|| { echo "The proxy's test needs nginx: install it (Debian: apt-get install nginx-light) and run this again." >&2; exit 1; }

gallery: install chromium ## Take the pictures of docs/gallery.md from the Kail that runs (ALL=1: every page, into build)
	$(BIN)/python -m tests.browser.gallery $(if $(ALL),--all)

sbom: install ## Write the bill of materials (CycloneDX) of what requirements.lock names to build/sbom.cdx.json
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON \
		--output-file build/sbom.cdx.json requirements.lock
	@echo build/sbom.cdx.json

clean: ## Remove the virtual environment and every cache; the data in KAIL_HOME stays
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
