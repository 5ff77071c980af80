# Two commands: `make run` starts the product with demonstration data, `make test` runs every test.
# Both set up what they need in .venv and build/; only Python 3.11 and make have to be there.

PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run test setup lock outdated bench bench-check docs pictures gallery check clean

run: setup
	$(BIN)/python -m waizhuan serve --demo

test: setup
	$(BIN)/python tools/test.py

setup: $(READY) build/vendor/.ready
	@$(BIN)/python -m waizhuan messages --compile >/dev/null

$(READY): requirements/dev.txt requirements/uv.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip sync -q --require-hashes requirements/dev.txt requirements/uv.txt
	touch $@

build/vendor/.ready: $(READY) package-lock.json tools/vendor.py
	$(BIN)/python tools/vendor.py
	touch $@

lock: $(READY)
	for name in run dev uv; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header requirements/$$name.in -o requirements/$$name.txt; done

outdated: $(READY)
	$(BIN)/python tools/outdated.py

bench: setup
	$(BIN)/python -m tests.benchmarks

bench-check: setup
	$(BIN)/python -m tests.benchmarks --check

docs: setup
	$(BIN)/python -m waizhuan generate-docs
	$(BIN)/python -m waizhuan configuration > docs/generated/configuration.md
	WRITE_DOCS=1 $(BIN)/python -m pytest tests/architecture/test_access_matrix.py

pictures: setup
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m scenario tests/scenarios
	$(BIN)/python tools/pictures.py

gallery: setup
	rm -rf build/gallery
	SCENARIOS_GALLERY=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile -m scenario tests/scenarios \
	  --ignore tests/scenarios/test_page_weight.py  # pages are not compressed there
	$(BIN)/python tools/gallery.py

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy waizhuan
	$(BIN)/lint-imports

clean:
	rm -rf .venv build node_modules var
