# A fresh machine needs python3, pip and make; everything else is installed into .venv.

PYTHON ?= python3
TOOLS := .venv/tools
# Interpreters that pyenv keeps aside count as found.
export PATH := $(PATH):$(subst $(eval) ,:,$(wildcard $(HOME)/.pyenv/versions/3.1[123].*/bin))

.PHONY: test test-slow bench bench-sql simulate mutants demo docs pictures format clean

# As many environments at a time as there are processors; what failed is shown in the end.
test: $(TOOLS)/bin/tox
	$(TOOLS)/bin/tox run-parallel

# Some ten minutes: fifty processes are killed in each database, where "make test" kills five, and every story is shortened.
test-slow: $(TOOLS)/bin/tox
	$(TOOLS)/bin/tox run -q -e slow

# All sizes, about a quarter of an hour, with the figures that the documentation shows; N=10000 is a quick look.
bench: $(TOOLS)/bin/tox
	$(TOOLS)/bin/tox run -q -e bench -- $(if $(N),$(N),--into benchmarks/figures)

# The SQL store beside the bare driver, at 10,000 and a million open offers; N=10000 is a quick look.
bench-sql: $(TOOLS)/bin/tox
	$(TOOLS)/bin/tox run -q -e bench-sql -- $(if $(N),$(N),--into benchmarks/figures)

# A thousand stories take about a minute; SEEDS=20000 tells more, SEEDS=1000-2000 others.
simulate: $(TOOLS)/bin/tox
	$(TOOLS)/bin/tox run -q -e simulate -- $(if $(SEEDS),$(SEEDS),1000)

# More than twenty minutes with one worker; N=4 takes four. Ends with the changes that no test noticed.
mutants: $(TOOLS)/bin/tox
	rm -rf mutants
	$(TOOLS)/bin/tox run -q -e mutants -- $(if $(N),$(N),1)

demo: $(TOOLS)/bin/brokerage
	$(TOOLS)/bin/python -m brokerage demo

docs: $(TOOLS)/bin/tox
	$(TOOLS)/bin/tox run -q -e docs
	@echo "The documents begin at build/docs/index.html."

pictures: $(TOOLS)/bin/brokerage
	PYTHONPATH=docs $(TOOLS)/bin/python -m drawings

format: $(TOOLS)/bin/tox
	$(TOOLS)/bin/tox exec -q -e check -- ruff format .
	$(TOOLS)/bin/tox exec -q -e check -- ruff check --fix .

clean:
	rm -rf .venv .tox build dist mutants

$(TOOLS)/bin/python:
	$(PYTHON) -m venv $(TOOLS) || ($(PYTHON) -m pip install --quiet --target .venv/virtualenv virtualenv \
		&& PYTHONPATH=.venv/virtualenv $(PYTHON) -m virtualenv --quiet $(TOOLS))
	$(TOOLS)/bin/python -m pip install --quiet --upgrade pip

$(TOOLS)/bin/tox: $(TOOLS)/bin/python
	$(TOOLS)/bin/python -m pip install --quiet "tox>=4.24"

$(TOOLS)/bin/brokerage: $(TOOLS)/bin/python pyproject.toml
	$(TOOLS)/bin/python -m pip install --quiet --editable ".[cli,sql]"
	touch $@
