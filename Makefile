# Needs git, make and Python 3.11 or newer with its venv module. Everything else goes into .venv:
# a target installs what it needs the first time, from requirements.lock, and later calls find it there.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
KERNEL := $(VENV)/share/jupyter/kernels/weigh/kernel.json
LAB := $(CURDIR)/$(VENV)/lab
LAB_OPTIONS ?=
IN_LAB = env JUPYTER_CONFIG_DIR="$(LAB)/config" JUPYTER_DATA_DIR="$(LAB)/data" JUPYTER_RUNTIME_DIR="$(LAB)/runtime" \
  JUPYTERLAB_SETTINGS_DIR="$(LAB)/settings" JUPYTERLAB_WORKSPACES_DIR="$(LAB)/workspaces" IPYTHONDIR="$(LAB)/ipython" \
  MPLCONFIGDIR="$(LAB)/matplotlib"

# Nothing of the caller's own Python reaches .venv, and its kernels come before the caller's.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH JUPYTER_PATH
export JUPYTER_PREFER_ENV_PATH := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0

PYTEST := $(BIN)/python -m pytest
TESTS := $(PYTEST) -n 2 --dist loadfile tests/
NOTEBOOKS := $(PYTEST) --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg -p no:cacheprovider notebooks/

.DEFAULT_GOAL := reports
.DELETE_ON_ERROR:
.PHONY: reports test test-all bench lab lint lock environment notebooks findings docs cli-docs clean help

reports: $(INSTALLED) ## render the reports and pages of the review (the default)
	@$(BIN)/weigh render

test: $(INSTALLED) ## run the tests that take seconds, and check the notebooks' outputs
	$(TESTS) -m "not long"
	$(NOTEBOOKS)

test-all: $(INSTALLED) ## run every test, the long ones too, and check the notebooks' outputs
	$(TESTS)
	$(NOTEBOOKS)

bench: $(INSTALLED) ## measure a run beside other ways to the same reports (about half an hour), into benchmarks/results.md
	$(BIN)/python benchmarks/render.py

# What JupyterLab remembers stays in .venv and not in the home folder, and it asks nothing of the network.
# Stored outputs are not trusted on anybody's word: until a notebook runs here, it is shown without style and figures.
lab: $(INSTALLED) $(KERNEL) ## open the notebooks in JupyterLab
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@cp notebooks/.lab/overrides.json $(VENV)/share/jupyter/lab/settings/
	@$(IN_LAB) $(BIN)/jupyter lab workspaces import --name=weigh notebooks/.lab/weigh.jupyterlab-workspace >/dev/null
	@$(IN_LAB) $(BIN)/jupyter lab notebooks/ --LabApp.default_url=/lab/workspaces/weigh --LabApp.extension_manager=readonly \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LanguageServerManager.autodetect=False $(LAB_OPTIONS)

lint: $(INSTALLED) ## check style, types, the direction of imports, and wording
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/prose.py

lock: ## resolve pyproject.toml into requirements.lock (needs uv)
	@command -v "$(UV)" >/dev/null || { echo "make lock needs uv, which is not here; install it, or name it: make lock UV=path/to/uv" >&2; exit 1; }
	$(UV) pip compile pyproject.toml --all-extras --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --universal --custom-compile-command "make lock" -q -o requirements.lock

environment: $(INSTALLED) ## write environment.yml, for conda, from pyproject.toml
	$(BIN)/pyproject2conda project

notebooks: $(INSTALLED) ## run the committed notebooks again and store their outputs
	$(BIN)/python -c "from pathlib import Path; from weigh.render.notebooks import refresh; [refresh(path, Path.cwd()) for path in sorted(Path('notebooks').glob('*.ipynb'))]"

findings: $(INSTALLED) ## write docs/findings.md from the rules of the audit
	$(BIN)/python -c "from pathlib import Path; from weigh.audit.handbook import findings_page; Path('docs/findings.md').write_text(findings_page(), encoding='utf-8')"

docs: $(INSTALLED) ## build the documentation site into docs/_build/html
	@rm -rf docs/_build
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -c docs -d docs/_build/doctrees . docs/_build/html

cli-docs: $(INSTALLED) ## write docs/cli.md from the help texts of the commands
	$(BIN)/python tools/cli_reference.py

clean: ## remove .venv and everything else that these targets made
	rm -rf $(VENV) build docs/_build docs/api .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do printf '%-12s %s\n' "$$name" "$$what"; done

# The stamps are written last, so that an interrupted install starts anew. Wheels only: to build one from source,
# pip would fetch tools that no hash in the lock covers.
$(LOCKED): requirements.lock
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "weigh needs Python 3.11 or newer, but there is no $(PYTHON) here; name another: PYTHON=python3.12 make" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "weigh needs Python 3.11 or newer, but $(PYTHON) is $$("$(PYTHON)" -V 2>&1); name another: PYTHON=python3.12 make" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "weigh needs the venv module, which $(PYTHON) lacks; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing the packages of requirements.lock into $(VENV): about two minutes, this once"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	@$(BIN)/python -m pip install -qq --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(KERNEL): $(INSTALLED)
	@$(BIN)/python -m ipykernel install --sys-prefix --name weigh --display-name "Python (weigh)" >/dev/null
