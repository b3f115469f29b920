# The two commands: `make course` opens the course, `make test` proves it.

PYTHON ?= python3
VENV_PYTHON := "$(CURDIR)/.venv/bin/python"

.PHONY: course test format outputs pictures benchmarks

course:
	$(PYTHON) start.py

test:
	$(PYTHON) -c 'import start; start.prepare("test")'
	$(VENV_PYTHON) tests/browser/chromium.py
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	$(VENV_PYTHON) -m course check
	$(VENV_PYTHON) -m pytest --nbval notebooks -q
	$(VENV_PYTHON) -m pytest tests -n 2 --dist loadfile -q

format:
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

# After a change of content: keeps new ids, writes the editors' schemas and the lessons' saved outputs.
outputs:
	$(VENV_PYTHON) tools/keep_ids.py
	$(VENV_PYTHON) tools/write_schemas.py
	$(VENV_PYTHON) tools/save_outputs.py

# Takes the pictures in docs/ anew.
pictures:
	$(VENV_PYTHON) tools/take_pictures.py

benchmarks:
	$(PYTHON) -c 'import start; start.prepare("benchmarks")'
	$(VENV_PYTHON) -m benchmarks
