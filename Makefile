# `make demo` serves the page, `make check` is quick, `make test` is everything; all three set up what they need from a
# bare clone.
PYTHON ?= python3
PORT ?= 7860
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
NPM := $(shell command -v npm)
# On Linux PyPI's torch brings gigabytes of CUDA: without an NVIDIA GPU, PyTorch's own index has a CPU build.
CPU_BUILDS := https://download.pytorch.org/whl/cpu
ANSWERS := $(BIN)/python -c 'import sys, urllib.request as web; web.urlopen(sys.argv[1] + "/torch/", timeout=5)'

.PHONY: demo check lint test bench bench-page bench-load screenshots chromium clean

demo: .venv/demo.done
	@echo "The page will be on http://127.0.0.1:$(PORT) in about ten seconds; Ctrl-C ends it."
	@GRADIO_SERVER_NAME=127.0.0.1 GRADIO_SERVER_PORT=$(PORT) $(BIN)/python app.py

check: lint
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not browser and not slow and not attack"

lint: .venv/dev.done tests/node_modules/done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	find sanet -name "*.pyi" -delete  # written by Gradio beside its subclasses; mypy would read them instead of the source
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml compose.scale.yaml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yaml
	$(if $(NPM),tests/node_modules/.bin/eslint --config tests/eslint.config.mjs sanet)

test: lint chromium
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

bench: .venv/bench.done
	$(BIN)/python -m benchmarks

bench-load: .venv/dev.done
	$(BIN)/python -m benchmarks.load

bench-page: .venv/dev.done chromium
	$(BIN)/python -m benchmarks.preview

screenshots: .venv/dev.done chromium
	$(BIN)/python -m tests.support.screenshots out/screenshots

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/torch.done: constraints.txt | .venv/bin/python
	@echo "Installing PyTorch into .venv: about 200 MB for the CPU, several gigabytes with CUDA; a minute or more."
	@if [ "$$(uname)" = Linux ] && ! command -v nvidia-smi >/dev/null && $(ANSWERS) $(CPU_BUILDS) 2>/dev/null; \
	then $(INSTALL) --extra-index-url $(CPU_BUILDS) torch; else $(INSTALL) torch; fi
	@touch $@

.venv/demo.done: requirements.txt .venv/torch.done
	@echo "Installing Gradio and what else the page needs: about 200 MB, half a minute or more."
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/dev.done: pyproject.toml requirements.txt .venv/torch.done
	@echo "Installing the package with what its tests need: about 300 MB, a minute or more."
	@$(INSTALL) -e ".[dev]"
	@touch $@

.venv/bench.done: pyproject.toml requirements.txt .venv/torch.done
	$(INSTALL) -e ".[bench]"
	@touch $@

# The browser tests drive the system's own Chromium.
chromium:
ifeq ($(CHROMIUM),)
	@(apt-get update -qq && apt-get install -y -qq chromium) \
		|| { echo "The browser tests need Chromium: as root, apt-get install chromium (or your system's package)."; exit 1; }
endif

# Without npm neither the page's scripts are linted nor does the accessibility test ask axe-core.
tests/node_modules/done: tests/package.json
	$(if $(NPM),cd tests && npm install --silent --no-package-lock --no-audit --no-fund && touch node_modules/done, \
		@echo "There is no npm: the page's scripts are not linted, and axe-core does not look at the page.")

clean:
	rm -rf .venv tests/node_modules
