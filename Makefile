# Two commands need nothing but python3 (3.11 or newer), git, make and a package index:
#   make demo    the whole job on a simulated tenant, from the built and installed collection
#   make test    everything that CI runs; for another Python: make test PYTHON=python3.13
#                and for another ansible-core as well: make test PYTHON=python3.11 CORE=2.18.19
# make bench measures, which make test does not: see benchmarks/README.md.
# make promises tries every case of what make test tries a sample of, make fuzz spoils answers for ten minutes, and make
# mutants breaks the product in one place after another to see that the tests notice.
# The parts of `make test`, for developers: make lint sanity docs unit integration molecule
# All that they make stays in .cache. `make clean` removes it.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
# The real path, since pyenv answers to the name of a Python only where somebody chose its version.
PYTHON_PATH := $(shell P='import sys; print(sys.executable)'; $(PYTHON) -c "$$P" 2>/dev/null || \
	PYENV_VERSION=$$(pyenv whence $(PYTHON) 2>/dev/null | tail -1) $(PYTHON) -c "$$P")
PYTHON_VERSION := $(shell $(PYTHON_PATH) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
ifeq ($(PYTHON_VERSION),)
$(error $(PYTHON) does not run: name a Python, as in `make test PYTHON=python3.13`)
endif

CACHE := $(CURDIR)/.cache
COLLECTION := ansible_collections/intune/exchange
CHECKOUT := $(CACHE)/live/$(COLLECTION)
UV := $(CACHE)/uv/bin/uv
# A stamp names its Python and its CORE, and making an environment removes what was there: others make it anew.
CORE ?=
MADE := .made-$(PYTHON_VERSION)$(CORE:%=-%)
TEST := $(CACHE)/test/$(MADE)
LINT := $(CACHE)/lint/$(MADE)
DEMO := $(CACHE)/demo/$(MADE)
RELEASE := $(CACHE)/release-tools/$(MADE)
NODE := $(CACHE)/node/.made

# What a developer's machine has set up elsewhere must not change what is tested here.
export HOME := $(CACHE)/home
export XDG_CACHE_HOME := $(CACHE)/xdg
export ANSIBLE_HOME := $(CACHE)/ansible
export ANSIBLE_COLLECTIONS_PATH := $(CACHE)/live
export LC_ALL := C.UTF-8
export NO_COLOR := 1
unexport ANSIBLE_CONFIG PYTHONPATH PYTHONHOME VIRTUAL_ENV PYENV_VERSION

.PHONY: test demo lint sanity docs unit integration molecule bench promises fuzz mutants live release test-all clean
test: lint sanity docs unit integration molecule demo

$(UV):
	$(PYTHON_PATH) -m venv --clear $(CACHE)/uv
	$(CACHE)/uv/bin/pip install -q --disable-pip-version-check uv==0.13.9

# An environment with another ansible-core than the requirements have.
ifneq ($(CORE),)
define override_core
echo 'ansible-core==$(CORE)' > $(CACHE)/$(1)/override.txt
export UV_OVERRIDE=$(CACHE)/$(1)/override.txt
endef
endif

# $(call environment,NAME,REQUIREMENTS...): make the virtual environment .cache/NAME, and its stamp.
define environment
$(UV) venv -q --clear -p $(PYTHON_PATH) $(CACHE)/$(1)
$(override_core)
$(UV) pip install -q -p $(CACHE)/$(1)/bin/python $(2)
touch $(CACHE)/$(1)/$(MADE)
endef

$(TEST): requirements-test.txt requirements.txt simulator/requirements.txt | $(UV)
	$(call environment,test,-r requirements-test.txt)

$(LINT): requirements-lint.txt requirements.txt | $(UV)
	$(call environment,lint,-r requirements-lint.txt)

$(RELEASE): requirements-release.txt requirements.txt | $(UV)
	$(call environment,release-tools,-r requirements-release.txt)

# Only what a user installs, in the versions that are tested.
$(DEMO): requirements-test.txt requirements.txt simulator/requirements.txt | $(UV)
	$(call environment,demo,ansible-core -r requirements.txt -r simulator/requirements.txt -c requirements-test.txt)

# The checkout under the name that Ansible looks for.
$(CHECKOUT):
	mkdir -p $(@D)
	ln -sfn ../../../.. $@

# $(call stage,FOLDER): what git knows of the checkout, copied to FOLDER, and FOLDER a repository of its own. The build
# and ansible-test walk whole folders and want no .cache there. Each target has its own, so that they can run together.
define stage
rm -rf $(1)
mkdir -p $(1)
git -c safe.directory='*' ls-files -z -co --exclude-standard | while IFS= read -r -d '' f; do
	if [ -e "$$f" ]; then printf '%s\0' "$$f"; fi
done | tar --null -T - -cf - | tar -xf - -C $(1)
git -C $(1) init -q
git -C $(1) add -A
endef

lint: $(TEST) $(LINT) | $(CHECKOUT)
	$(CACHE)/test/bin/ruff check .
	$(CACHE)/test/bin/mypy simulator benchmarks tests tools $(CHECKOUT)/plugins $(CHECKOUT)/extensions
	. $(CACHE)/lint/bin/activate
	ansible-lint
	antsibull-changelog lint
	antsibull-docs lint-collection-docs --plugin-docs .

# The site, in .cache/docs/html. A reference to a page that there is not is an error.
docs: $(LINT) | $(CHECKOUT)
	. $(CACHE)/lint/bin/activate
	mkdir -p $(CACHE)/docs
	rm -rf $(CACHE)/docs/rst $(CACHE)/docs/html
	install -d -m 700 $(CACHE)/docs/rst/collection  # antsibull-docs wants it to be nobody else's
	antsibull-docs collection --use-current --squash-hierarchy --fail-on-error --dest-dir $(CACHE)/docs/rst/collection intune.exchange
	cp -r docs/site/* $(CACHE)/docs/rst
	sphinx-build -q -W --keep-going -j auto -b html -d $(CACHE)/docs/doctrees $(CACHE)/docs/rst $(CACHE)/docs/html

sanity: $(LINT)
	$(call stage,$(CACHE)/sanity/$(COLLECTION))
	. $(CACHE)/lint/bin/activate
	mkdir -p $$HOME/.ansible/test/cache
	PIP=$$(python -c 'from types import SimpleNamespace as N
	from ansible_test._internal.python_requirements import get_venv_packages
	print(get_venv_packages(N(version="$(PYTHON_VERSION)"))["pip"].replace(".", "_"))')
	cp tools/get_pip.py $$HOME/.ansible/test/cache/get_pip_$$PIP.py
	cd $(CACHE)/sanity/$(COLLECTION)
	ANSIBLE_COLLECTIONS_PATH=$(CACHE)/sanity ansible-test sanity --python $(PYTHON_VERSION)

# Clients for Node.js to prove the simulator with; without npm their test is skipped.
$(NODE): tests/unit/simulator/node/package.json tests/unit/simulator/node/package-lock.json
	mkdir -p $(@D)
	cp $^ $(@D)
	if command -v npm >/dev/null; then npm ci --prefix $(@D) --silent --no-audit --no-fund; fi
	touch $@

unit: $(TEST) $(NODE) | $(CHECKOUT)
	$(CACHE)/test/bin/pytest -q -n 2 tests/unit tests/promises

# Every case, and their number for the page on reliability.
promises: $(TEST) | $(CHECKOUT)
	PROMISES=all PROMISES_COUNT=1 $(CACHE)/test/bin/pytest -q -n 2 tests/promises tests/integration/test_canaries.py

MINUTES ?= 10
fuzz: $(TEST) | $(CHECKOUT)
	FUZZ_MINUTES=$(MINUTES) $(CACHE)/test/bin/pytest -q -n 2 tests/promises/test_parsers.py tests/promises/test_answers.py

mutants: $(TEST) | $(CHECKOUT)
	$(CACHE)/test/bin/python tools/mutants.py

# Asks a real tenant, if LIVE=1 says so: see CONTRIBUTING.md.
live: $(TEST) | $(CHECKOUT)
	PYTHONPATH=$(CURDIR):$(CACHE)/live $(CACHE)/test/bin/python -m tests.live

# By file, since the tests of one file may share a run that takes long.
integration: $(TEST) | $(CHECKOUT)
	$(CACHE)/test/bin/pytest -q -n 2 --dist loadfile tests/integration

molecule: $(TEST) | $(CHECKOUT)
	. $(CACHE)/test/bin/activate
	rm -rf $(CACHE)/ansible/tmp/molecule.*  # where an interrupted run says that the simulator is up
	molecule test --all --report
	cd docs/examples/simulator
	molecule test

# BENCH holds options, as in make bench BENCH="--rounds 1 --only tenant".
bench: $(TEST) | $(CHECKOUT)
	$(CACHE)/test/bin/python -m benchmarks $(BENCH)

# As a user does it: build, install, run from an empty folder.
demo: $(DEMO)
	$(call stage,$(CACHE)/build)
	. $(CACHE)/demo/bin/activate
	export ANSIBLE_COLLECTIONS_PATH=$(CACHE)/demo/collections
	rm -rf $(CACHE)/dist
	ansible-galaxy collection build --output-path $(CACHE)/dist $(CACHE)/build
	ansible-galaxy collection install --force --offline -p $(CACHE)/demo/collections $(CACHE)/dist/intune-exchange-*.tar.gz
	rm -rf $(CACHE)/demo/empty
	mkdir $(CACHE)/demo/empty
	cd $(CACHE)/demo/empty
	ansible-playbook -i localhost, intune.exchange.demo

# All of a release but the upload, in .cache/release: make release VERSION=1.0.0
release: $(RELEASE)
	$(call stage,$(CACHE)/release-stage/$(COLLECTION))
	ANSIBLE_COLLECTIONS_PATH=$(CACHE)/release-stage $(CACHE)/release-tools/bin/python -m tools.release "$(VERSION)" \
		$(CACHE)/release-stage/$(COLLECTION)

# The last commit with each Python and ansible-core that docs/docsite/rst/support.rst says is tested, one after another.
# A Python that is not there fails its entry. At the end there is a line for each.
MATRIX := 3.12-2.16.19 3.11-2.18.19 3.11-2.19.14 3.12-2.20.10 3.13-2.20.10 3.12-2.21.5 3.13-2.21.5 3.13-2.22.0rc1
test-all:
	results=()
	for entry in $(MATRIX); do
		folder=$(CACHE)/matrix/$$entry
		git clone -q . $$folder 2> /dev/null || git -C $$folder pull -q --ff-only
		result=passed
		$(MAKE) -C $$folder test PYTHON=python$${entry%%-*} CORE=$${entry#*-} || result=failed
		results+=("Python $${entry%%-*}, ansible-core $${entry#*-}: $$result")
	done
	printf '%s\n' "$${results[@]}"
	case "$${results[*]}" in *failed*) exit 1 ;; esac

clean:
	rm -rf $(CACHE) .ansible tests/output
