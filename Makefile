# make verify   set up, then run the main job: spoken words on a simulated STM32F407
# make test     set up, then run every check and test
# Both install what is missing (see tools/setup) and work in .venv, never in your own environment.

PYTHON ?= python3
VENV := .venv

.PHONY: verify test setup setup-test bench clean

verify: setup
	$(VENV)/bin/robot --outputdir build/robot --xunit xunit.xml robot/kws.robot

test: setup-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: setup-test
	$(VENV)/bin/python -m tools.bench

setup:
	@PYTHON="$(PYTHON)" tools/setup

setup-test:
	@PYTHON="$(PYTHON)" tools/setup test

clean:
	rm -rf build dist
