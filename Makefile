# `make demo` serves the page, `make test` runs every check; both set up what they need from a bare clone.
PYTHON ?= python3
PORT ?= 7860
BIN := .venv/bin
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: demo test bench bench-page bench-load screenshots chromium axe clean

demo: .venv/demo.done
	GRADIO_SERVER_NAME=127.0.0.1 GRADIO_SERVER_PORT=$(PORT) $(BIN)/python app.py

test: .venv/dev.done chromium axe
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -f sanet/web/*.pyi  # written by Gradio beside its subclasses; mypy would read them instead of the source
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

bench: .venv/bench.done
	$(BIN)/python -m benchmarks

bench-load: .venv/dev.done
	$(BIN)/python -m benchmarks.load

bench-page: .venv/dev.done chromium
	$(BIN)/python -m benchmarks.preview

screenshots: .venv/dev.done chromium
	$(BIN)/python tests/support/screenshots.py out/screenshots

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/demo.done: requirements.txt constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -r requirements.txt
	touch $@

.venv/dev.done: requirements-dev.txt requirements-training.txt requirements.txt constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -r requirements-dev.txt
	touch $@

.venv/bench.done: requirements-bench.txt requirements.txt constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -r requirements-bench.txt
	touch $@

# The browser tests drive the system's own Chromium.
chromium:
ifeq ($(CHROMIUM),)
	@(apt-get update -qq && apt-get install -y -qq chromium) \
		|| { echo "The browser tests need Chromium: as root, apt-get install chromium (or your system's package)."; exit 1; }
endif

# Without npm the accessibility test does all but what axe-core looks for.
axe: tests/package.json
	@if command -v npm >/dev/null; then cd tests && npm install --silent --no-package-lock --no-audit --no-fund; \
	else echo "axe-core needs npm: what it looks for is not tested."; fi

clean:
	rm -rf .venv
