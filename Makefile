# Crossreel: every task by one word. `make demo` and `make test` install what they need.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
SPARK := .venv/installed-spark

.PHONY: install demo test check format bench docs wheel clean

install: $(STAMP)

$(STAMP): pyproject.toml requirements.lock package.json package-lock.json scripts/build_assets.py
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	$(BIN)/python scripts/build_assets.py
	touch $(STAMP)

$(SPARK): $(STAMP) requirements-spark.lock
	$(BIN)/python -m pip install --quiet --no-compile --requirement requirements-spark.lock
	touch $(SPARK)

demo: install
	$(BIN)/crossreel demo

test: install $(SPARK)
	$(BIN)/python -m pytest -n auto --dist loadgroup --durations=15

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install
	$(BIN)/python -m benchmarks

docs: install
	$(BIN)/python scripts/build_docs.py

wheel: install
	rm -rf dist && $(BIN)/python -m build --wheel

clean:
	rm -rf .venv node_modules dist build artifacts src/crossreel/web/static/vendor
