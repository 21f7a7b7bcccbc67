# Everything here runs in .venv, which is made when it is missing. `make help` lists the targets.

VENV := .venv
PY := $(VENV)/bin/python
JOBS ?= 2
# The interpreter to build .venv with, e.g. `make lab PYTHON=python3.12`; by default the first that is new enough.
PYTHON ?=
LAB_OPTIONS ?=
# e.g. make fuzz FUZZ_OPTIONS='--minutes 60 --only eels'
FUZZ_OPTIONS ?=
# e.g. make equivalence EQUIVALENCE_OPTIONS='--pairs 1000 --seed 7000': so many, from block 7000 on; 100,000 by default
EQUIVALENCE_OPTIONS ?=
# e.g. make layers LAYERS_OPTIONS='--seed 7': other batches, other lives
LAYERS_OPTIONS ?=
# e.g. make bundle VARIANTS='2027-spring ada bob': a bundle for each student, with numbers of their own
VARIANTS ?=
# A file's tests stay in one process, in the order of tests/conftest.py; a process that crashes ends the run (restarted, it
# may wait for ever).
PARALLEL = -n $(JOBS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0
# Notebooks are executed and compared with what they store; exercises never are.
NOTEBOOKS = $(wildcard course/*/*.ipynb solutions/*/*.ipynb)

# The versions to install; `make test LOCK=` takes the newest within the bounds of pyproject.toml.
LOCK ?= $(wildcard uv.lock)

# `$(call install,EXTRAS)`: with uv when it is there, else with the pip of the environment. Both get the versions of uv.lock
# as constraints and not the file itself, whose addresses are those of PyPI: so any index will do, a mirror for instance.
install = if command -v uv >/dev/null; then uv pip install --quiet --python $(PY) -c $(CONSTRAINTS) -e ".[$(1)]"; \
	else $(PY) -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e ".[$(1)]"; fi
CONSTRAINTS := $(VENV)/constraints.txt

# A package that has several versions in the file has a marker for each: which Python it is for.
define CONSTRAINTS_OF_LOCK
import sys, tomllib
for package in tomllib.load(open(sys.argv[1], "rb"))["package"]:
    if "registry" in package["source"]:
        for marker in package.get("resolution-markers", [""]):
            print(package["name"] + "==" + package["version"], marker, sep=marker and " ; ")
endef
export CONSTRAINTS_OF_LOCK

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help lab test whole check doctest notebooks exercises bundle wheel lock conformance equivalence mutation layers stories marking fuzz bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(VENV)/.installed-course ## open the course in JupyterLab, in your own copy (my-course/)
	$(VENV)/bin/toyevm lab $(LAB_OPTIONS)

test: check notebooks ## check, notebooks, then every test
	$(PY) -m pytest $(PARALLEL) --durations 10 tests

whole: $(VENV)/.installed-test ## all of what the tests of make test sample: the atlas, nbgrader, very large blocks
	$(PY) -m pytest $(PARALLEL) --timeout 0 -m whole tests

check: $(VENV)/.installed-test ## lint, format, types, layers, doctests: no test run
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(PY) -m pytest --quiet --doctest-modules toyevm

notebooks: $(VENV)/.installed-test ## run every lesson and solution; outputs must be as stored
ifneq ($(NOTEBOOKS),)
	ipython=$$(mktemp -d) && trap 'rm -rf "$$ipython"' EXIT && IPYTHONDIR=$$ipython $(PY) -m pytest \
		$(PARALLEL) --nbval --nbval-current-env --nbval-cell-timeout 60 $(NOTEBOOKS)
endif

exercises: $(VENV)/.installed-test ## make exercises/ from solutions/
	$(PY) -m toyevm.teaching.grading.release

bundle: $(VENV)/.installed-course ## make dist/toyevm-course.zip for students (VARIANTS='2027-spring ada bob': own numbers)
	$(PY) -m toyevm.teaching.grading.bundle $(VARIANTS)

wheel: $(VENV)/.installed-test ## make the wheel, which carries the course, and the sdist in dist/
	$(PY) -m hatchling build -d dist

lock: ## renew uv.lock: the newest versions within the bounds of pyproject.toml (needs uv)
	uv lock --upgrade --default-index https://pypi.org/simple

conformance: $(VENV)/.installed-test ## the public state tests and mainnet blocks, under TOYEVM_DATA
	$(PY) tests/conformance/run.py

fuzz: $(VENV)/.installed-test ## random programs: tier 0 against tier 1, both against EELS; goes on where it stopped
	$(PY) tests/fuzz/run.py $(FUZZ_OPTIONS)

equivalence: $(VENV)/.installed-test ## every backend against the sequential one: random blocks and schedules, real blocks
	$(PY) -m tests.backends.random_pairs --jobs $(JOBS) $(EQUIVALENCE_OPTIONS)
	$(PY) -m tests.backends.mainnet --jobs $(JOBS)

mutation: $(VENV)/.installed-test ## plant small bugs in the heart of the parallel backends: each is found, or explained
	$(PY) -m tests.backends.mutation --jobs $(JOBS)

layers: $(VENV)/.installed-test ## the layers: 100,000 mutated batches, bridge operations and messages, every byte of a proof, 10,000 mutated witnesses, 1,000 disputes, all that tests/rollups samples
	$(PY) -m tests.rollups.mutated_batches --jobs $(JOBS) $(LAYERS_OPTIONS)
	$(PY) -m tests.rollups.random_bridge --jobs $(JOBS) $(LAYERS_OPTIONS)
	$(PY) -m tests.rollups.random_messages --jobs $(JOBS) $(LAYERS_OPTIONS)
	$(PY) -m tests.rollups.zk.mutated_proofs --jobs $(JOBS) $(LAYERS_OPTIONS)
	$(PY) -m tests.rollups.one_step.mutated_witnesses
	$(VENV)/bin/toyevm dispute --transactions 64 --games 1000 --seed 1 --json
	$(PY) -m tests.rollups.optimistic.long_dispute --height 20
	$(PY) -m pytest $(PARALLEL) --timeout 0 -m whole tests/rollups
	$(PY) -m tests.rollups.mutation --jobs $(JOBS)

stories: $(VENV)/.installed-test ## the applications: 10,000 random stories of what each contract promises
	TOYEVM_STORIES=10000 $(PY) -m pytest $(PARALLEL) --timeout 0 --durations 10 tests/workloads/contracts

marking: $(VENV)/.installed-test ## attacks on the marking; a class of 300, killed in the middle; all that its tests sample
	$(VENV)/bin/toyevm grade --check-isolation
	$(PY) -m pytest $(PARALLEL) --timeout 0 -m whole tests/teaching/grading tests/teaching/desk

bench: $(VENV)/.installed-test ## measure the machine against py-evm and EELS
	$(VENV)/bin/toyevm bench vm
	$(PY) tests/bench/ablation.py

clean: ## remove caches and build output; .venv and my-course/ stay
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name .venv -prune -o -name my-course -prune -o -name __pycache__ -type d -exec rm -rf {} +

# Stamps: an environment is installed once, and again when pyproject.toml or uv.lock changes.
$(VENV)/.installed-course: pyproject.toml $(CONSTRAINTS)
	@echo "Installing toyevm[course] into $(VENV) ..."
	@$(call install,course)
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(CONSTRAINTS)
	@echo "Installing toyevm[course,test,bench] into $(VENV) ..."
	@$(call install,course$(comma)test$(comma)bench)
	@touch $@ $(VENV)/.installed-course

$(CONSTRAINTS): $(LOCK) | $(PY)
	@$(if $(LOCK),$(PY) -c "$$CONSTRAINTS_OF_LOCK" $(LOCK)) > $@

comma := ,

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
HAS_VENV := import venv, ensurepip

# A broken link (its interpreter is gone) counts as missing, so the environment is made anew.
$(PY):
	@rm -rf $(VENV)
	@python=; for candidate in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		if "$$candidate" -c '$(NEW_ENOUGH)' 2>/dev/null; then python=$$candidate; break; fi; done; \
	if command -v uv >/dev/null && { [ -n "$$python" ] || [ -z "$(PYTHON)" ]; }; then \
		uv venv --quiet --python "$${python:->=3.11}" $(VENV) || { rm -rf $(VENV); exit 1; }; \
	elif [ -z "$$python" ]; then \
		echo "toyevm needs Python 3.11 or newer; found $$($(or $(PYTHON),python3) --version 2>&1 | tail -n 1). Install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; \
	elif ! "$$python" -c '$(HAS_VENV)' 2>/dev/null; then \
		echo "$$python lacks the venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	else "$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; fi
