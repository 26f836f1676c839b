# Needs git, make and Python 3.11 or newer with its venv module. Everything else goes into .venv when a target first
# needs it: for the reports from requirements-reports.lock, for all else from requirements.lock.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
KERNEL := $(VENV)/share/jupyter/kernels/weigh/kernel.json
LAB := $(CURDIR)/$(VENV)/lab
LAB_OPTIONS ?=
# JupyterLab refuses to run as root, which is the only user of many containers, unless it is told to.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
IN_LAB = env JUPYTER_CONFIG_DIR="$(LAB)/config" JUPYTER_DATA_DIR="$(LAB)/data" JUPYTER_RUNTIME_DIR="$(LAB)/runtime" \
  JUPYTERLAB_SETTINGS_DIR="$(LAB)/settings" JUPYTERLAB_WORKSPACES_DIR="$(LAB)/workspaces" IPYTHONDIR="$(LAB)/ipython" \
  MPLCONFIGDIR="$(LAB)/matplotlib"

# Nothing of the caller's own Python reaches .venv, and its kernels come before the caller's.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH JUPYTER_PATH
export JUPYTER_PREFER_ENV_PATH := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0

LOCK = "$(UV)" pip compile pyproject.toml --generate-hashes --no-emit-index-url --python-version 3.11 --universal \
  --custom-compile-command "make lock" -q
PYTEST := $(BIN)/python -m pytest
TESTS := $(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder tests/
NOTEBOOKS := $(PYTEST) --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg -p no:cacheprovider notebooks/

.DEFAULT_GOAL := reports
.DELETE_ON_ERROR:
.PHONY: reports test test-long test-all bench lab lint lock environment notebooks findings docs cli-docs install install-reports clean help

reports: install-reports ## render the reports and pages of the review (the default)
	@$(BIN)/weigh render

test: install ## run the quick tests, and check the notebooks' outputs
	$(TESTS) -m "not long"
	$(NOTEBOOKS)

test-long: install ## run the tests that `make test` leaves out
	$(TESTS) -m long

test-all: test test-long ## run every test, and check the notebooks' outputs

bench: install ## measure a run beside other ways to the same reports (about half an hour), into benchmarks/results.md
	$(BIN)/python benchmarks/render.py

# What JupyterLab remembers stays in .venv and not in the home folder, and it asks nothing of the network.
# Stored outputs are not trusted on anybody's word: until a notebook runs here, it is shown without style and figures.
lab: install $(KERNEL) ## open the notebooks in JupyterLab
	$(if $(AS_ROOT),@echo "You are root: JupyterLab is started with --allow-root")
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@cp notebooks/.lab/overrides.json $(VENV)/share/jupyter/lab/settings/
	@$(IN_LAB) $(BIN)/jupyter lab workspaces import --name=weigh notebooks/.lab/weigh.jupyterlab-workspace >/dev/null
	@$(IN_LAB) $(BIN)/jupyter lab notebooks/ --LabApp.default_url=/lab/workspaces/weigh --LabApp.extension_manager=readonly \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LanguageServerManager.autodetect=False $(AS_ROOT) $(LAB_OPTIONS)

lint: install ## check style, types, the direction of imports, and wording
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/prose.py

lock: ## resolve pyproject.toml into requirements.lock, and its part for the reports (needs uv)
	@command -v "$(UV)" >/dev/null || { echo "make lock needs uv, which is not here; install it, or name it: make lock UV=path/to/uv" >&2; exit 1; }
	$(LOCK) --all-extras -o requirements.lock
	$(LOCK) --extra build --constraint requirements.lock -o requirements-reports.lock

environment: install ## write environment.yml, for conda, from pyproject.toml
	$(BIN)/pyproject2conda project

notebooks: install ## run the committed notebooks again and store their outputs
	$(BIN)/python -c "from pathlib import Path; from weigh.render.notebooks import refresh; [refresh(path, Path.cwd()) for path in sorted(Path('notebooks').glob('*.ipynb'))]"

findings: install ## write docs/findings.md from the rules of the audit
	$(BIN)/python -c "from pathlib import Path; from weigh.audit.handbook import findings_page; Path('docs/findings.md').write_text(findings_page(), encoding='utf-8')"

docs: install ## build the documentation site into docs/_build/html
	@rm -rf docs/_build
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -c docs -d docs/_build/doctrees . docs/_build/html

cli-docs: install ## write docs/cli.md from the help texts of the commands
	$(BIN)/python tools/cli_reference.py

clean: ## remove .venv and everything else that these targets made
	rm -rf $(VENV) build docs/_build docs/api .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do printf '%-16s %s\n' "$$name" "$$what"; done

install-reports: ## install what the reports need (`make reports` does)
	$(call INSTALL,reports)

install: ## install everything that weigh, its tests and its notebooks can use (`make test` and `make lab` do)
	$(call INSTALL,all)

# Where .venv is complete, this is a look at a stamp.
define INSTALL
@$(BIN)/python -I tools/install.py --check $(1) 2>/dev/null || { \
  command -v "$(PYTHON)" >/dev/null || { \
    echo "weigh needs Python 3.11 or newer, but there is no $(PYTHON) here; name another: PYTHON=python3.12 make" >&2; exit 1; }; \
  "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
    echo "weigh needs Python 3.11 or newer, but $(PYTHON) is $$("$(PYTHON)" -V 2>&1); name another: PYTHON=python3.12 make" >&2; exit 1; }; \
  "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
    echo "weigh needs the venv module, which $(PYTHON) lacks; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
  "$(PYTHON)" -I tools/install.py $(1); }
endef

$(KERNEL): | install
	@$(BIN)/python -m ipykernel install --sys-prefix --name weigh --display-name "Python (weigh)" >/dev/null
