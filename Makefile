# `make run` opens the dashboard, `make test` runs every test. Both set up what they need first.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

SECONDS := 60
READER :=

.PHONY: run test check format samples fuzz clean

run: $(VENV)/installed
	@$(BIN)/explorer app --port $(PORT)

test: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Every reader against coverage-guided input, SECONDS for each; READER=csv for one.
fuzz: $(VENV)/installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python tests/fuzz/fuzz_readers.py --seconds $(SECONDS) $(if $(READER),--reader '$(READER)')

samples: $(VENV)/installed
	$(BIN)/python sample_data/make_samples.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

$(VENV)/installed: pyproject.toml constraints.txt
	@$(MAKE) --no-print-directory check
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

# One sentence for what is missing, before pip says it in a hundred lines.
check:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Explorer needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Install it: sudo apt install python3 python3-venv python3-dev"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Explorer needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V). Name a newer one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. Install it: sudo apt install python3-venv"; exit 1; }
	@command -v c++ >/dev/null || command -v g++ >/dev/null || { \
	  echo "A C++ compiler is missing (one dependency, hnswlib, is compiled on your machine). Install it: sudo apt install g++"; exit 1; }
	@test -f "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_paths()["include"])')/Python.h" || { \
	  echo "The Python headers are missing (one dependency, hnswlib, is compiled on your machine). Install them: sudo apt install python3-dev"; exit 1; }
