# `make` lists the targets. demo and test need only Debian's base, python3 and make: they install the rest.

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-oldest lint format bench bench-all fuzz man wheel clean

PYTEST := .venv/bin/python -m pytest
# What tests and tools start must not take this make for their own.
unexport MAKEFLAGS MAKELEVEL MFLAGS

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 13

demo: ## build the sample program and split it into RPM and Debian packages
	@.ci/setup demo
	@.ci/demo

test: lint ## lint, and all tests that are quick
	$(PYTEST)

test-all: lint fuzz ## lint, and all tests; the slow ones take long
	$(PYTEST) -m ''

fuzz: ## 100,000 damaged inputs for the ELF reader
	@.ci/setup test
	.venv/bin/python tests/elf/fuzz.py --count 100000 --seed 1

test-oldest: ## the quick tests with the oldest libraries that splitpkg admits
	@.ci/setup test
	.venv/bin/python -m venv build/oldest
	build/oldest/bin/python -m pip install -qq --constraint .ci/oldest.txt --editable '.[test]'
	build/oldest/bin/python -m pytest

lint: ## ruff and mypy
	@.ci/setup test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

format: ## rewrite the code as lint wants it
	@.ci/setup test
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

bench: ## measure the start, reading, planning, and splitpkg's part of builds
	@.ci/setup test
	.venv/bin/python tests/bench/startup.py
	.venv/bin/python tests/bench/elf_facts.py
	.venv/bin/python tests/bench/scan_scale.py
	.venv/bin/python tests/bench/plan_scale.py
	.venv/bin/python tests/bench/load_check.py
	.venv/bin/python tests/bench/build_share.py

bench-all: bench ## the same, dpkg-shlibdeps on 1,000 modules, and builds of 1,000 packages
	.venv/bin/python tests/bench/load_check.py --modules 1000
	.venv/bin/python tests/bench/build_share.py --packages 1000

man: ## write manual pages into build/man
	@.ci/setup demo
	.venv/bin/python .ci/man_pages.py build/man

wheel: ## build a wheel into dist
	@.ci/setup demo
	.venv/bin/python -m pip wheel -qq --no-deps --wheel-dir dist .

clean: ## remove everything that make made
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find splitpkg tests -name __pycache__ -prune -exec rm -rf {} +
