# The project's commands; each does its own set-up. `make` lists them.
#
#   PYTHON=python3.12     the Python to set up with (3.11, 3.12 or 3.13)
#   TORCH=cpu|default     which PyTorch to install; without it, the CPU build unless there is a GPU
#   PYTEST_ARGS="-k kl"   more options for pytest

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?=
TORCH ?=
WORKERS ?= auto
PYTEST_ARGS ?=
BIN := .venv/bin

export PYTHON TORCH
export NO_MKDOCS_2_WARNING := 1

.PHONY: help setup check test lint book serve cold clean distclean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup:  ## make .venv and install everything into it, unless that is done
	@python=$$(sh scripts/find_python.sh) && "$$python" scripts/setup_env.py

check: setup  ## prove the corpus, print the verdict table, build the book into site/
	@$(BIN)/derive check --fresh
	@$(MAKE) --no-print-directory book

test: setup  ## run every test
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: setup  ## run ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/mypy

book: setup  ## build the book into site/
	@$(BIN)/mkdocs build --strict
	@echo "The book: $(CURDIR)/site/index.html"

serve: setup  ## serve the book on this machine and rebuild it on every change
	@$(BIN)/mkdocs serve --strict

cold:  ## check and test a fresh clone of the last commit in a temporary folder
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
	    && git clone --quiet . "$$folder/exegesis" && $(MAKE) -C "$$folder/exegesis" check test

clean:  ## remove the book and what the tools left behind
	@rm -rf site dist build .pytest_cache .hypothesis .mypy_cache .ruff_cache
	@find derivations diffusion tests scripts docs -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean  ## clean, and remove .venv too
	@rm -rf .venv
