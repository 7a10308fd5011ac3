# Every target sets up what it needs on a machine with Python 3.11 or newer, and nothing else.
#   make run             the portal on http://localhost:8000
#   make run PORT=8123   on another port
#   make test            all tests (make test ARGS="-k cancel")
#   make test-fast       those that need no browser and no servers of their own
#   make lint            all linters

PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; exit; }; done; echo python3)
PREPARE = @"$(PYTHON)" coaching_portal/operations/install.py requirements.txt
BIN = .venv/bin/python -m

# What a real installation is told, for Django's checks of it; nobody is asked for anything.
AS_INSTALLED = DATABASE_URL=postgresql://portal_app@127.0.0.1:1/portal REDIS_URL=redis://127.0.0.1:1/0 \
	SITE_URL=https://portal.example.org EMAIL_URL=smtp+tls://mail.example.org:587 \
	SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz

.PHONY: run test test-fast lint format clean

run:
	$(PREPARE)
	@exec .venv/bin/python manage.py portal

# By file, because tests of one file share servers (and pytest 9.2 no longer tells xdist 3.8 groups).
# In the order of their names: files with few tests, which would come last, are the longest.
test:
	$(PREPARE) requirements-dev.txt
	@$(BIN) pytest -q -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

# While working. One database a worker for all files, so no file need wait for another.
test-fast:
	$(PREPARE) requirements-dev.txt
	@$(BIN) pytest -q -n logical --maxprocesses 4 --dist worksteal -m "not browser and not servers" $(ARGS)

lint:
	$(PREPARE) requirements-dev.txt
	@$(BIN) ruff check .
	@$(BIN) ruff format --check .
	@$(BIN) djlint --lint --quiet templates
	@$(BIN) mypy .
	@$(BIN) bandit --quiet --configfile pyproject.toml --recursive manage.py coaching_portal bookings profiles training
	@.venv/bin/python -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo
	@.venv/bin/python -W ignore manage.py makemigrations --check --dry-run
	@$(AS_INSTALLED) .venv/bin/python manage.py check --deploy --fail-level WARNING

format:
	$(PREPARE) requirements-dev.txt
	@$(BIN) ruff check --fix .
	@$(BIN) ruff format .
	@$(BIN) djlint --reformat --quiet templates

# Forgets everything that a run wrote: the database, mail, files, logs.
clean:
	rm -rf var
