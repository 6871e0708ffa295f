# Two commands need nothing but python3 (3.11 or newer), git, make and a package index:
#   make demo       the whole job on a simulated tenant, from the built and installed collection
#   make test       what a change has to pass: about ten minutes on two cores, installations included
# CI runs make test, and then what takes longer:
#   make test-more  every example and page, the other scenarios, the tests of the tools, each command from nothing
#   make test-all   the tests with each supported Python and ansible-core, and a table of the results
# For another Python: make test PYTHON=python3.13; for another ansible-core as well: make test PYTHON=python3.11 CORE=2.18.19
# The steps of make test are commands of their own: make lint-python unit integration demo-tested. Each reports its
# result in one line; its whole output is in .cache/logs, by its name. OPTIONS are those of pytest:
#   make unit OPTIONS="-k retry"
# CORES=2 is for two cores: three steps at once, and two processes for the tests of each.
# Others: make install-test docs lint sanity molecule more contracts guarantees fuzz hangs mutants mutation bench
# from-nothing live release. CONTRIBUTING.md describes each of them. make help prints this, and make clean removes what
# they made.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SILENT:

PYTHON ?= python3
# The real path, since pyenv answers to the name of a Python only where somebody chose its version.
PYTHON_PATH := $(shell P='import sys; print(sys.executable)'; $(PYTHON) -c "$$P" 2>/dev/null || \
	PYENV_VERSION=$$(pyenv whence $(PYTHON) 2>/dev/null | tail -1) $(PYTHON) -c "$$P")
PYTHON_VERSION := $(shell $(PYTHON_PATH) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
ifeq ($(PYTHON_VERSION),)
$(error $(PYTHON) does not run: name a Python, as in `make test PYTHON=python3.13`)
endif

ifeq ($(shell $(PYTHON_PATH) -c 'import sys; print(sys.version_info >= (3, 11))'),False)
$(error $(PYTHON) is Python $(PYTHON_VERSION), and the collection needs 3.11: name another one, as in `make test PYTHON=python3.13`)
endif

ifneq ($(word 2,$(CURDIR)),)
$(error make cannot work in a folder with a space in its name: $(CURDIR))
endif
BEGAN := $(shell date +%s)
# With what a failure has to be repeated.
CHOICES := PYTHON CORE CORES OPTIONS SCENARIOS MINUTES INTUNE_EXCHANGE_FORBID_SKIPS
export GIVEN := $(strip $(foreach one,$(CHOICES),$(if $(filter command environment,$(origin $(one))),$(one)="$($(one))")))

# No clone can be tested in a folder with a space in its name either.
ifneq ($(word 2,$(TMPDIR)),)
export TMPDIR := /tmp
endif

ifeq ($(origin CORES),undefined)
CORES := $(shell tools/cores.sh)
endif
CACHE := $(CURDIR)/.cache
LOGS := $(CACHE)/logs
PYTEST := $(CACHE)/test/bin/pytest -q -n $(CORES) --durations=20 --durations-min=1
COLLECTION := ansible_collections/intune/exchange
CHECKOUT := $(CACHE)/live/$(COLLECTION)
UV_VERSION := 0.13.9
UV := $(CACHE)/uv/bin/uv
# A stamp names its Python, its CORE, the version of uv and the folder, whose path is in its programs; making an
# environment removes what was there, so others make it anew.
CORE ?=
FOLDER := $(shell printf %s '$(CURDIR)' | cksum | cut -d ' ' -f 1)
MADE := .made-$(PYTHON_VERSION)$(CORE:%=-%)-$(UV_VERSION)-$(FOLDER)
UV_MADE := $(CACHE)/uv/.made-$(PYTHON_VERSION)-$(UV_VERSION)-$(FOLDER)
TEST := $(CACHE)/test/$(MADE)
LINT := $(CACHE)/lint/$(MADE)
DEMO := $(CACHE)/demo/$(MADE)
RELEASE := $(CACHE)/release-tools/$(MADE)
MUTATION := $(CACHE)/mutation-tools/$(MADE)
NODE := $(CACHE)/node/.made

# What a developer's machine has set up elsewhere must not change what is tested here.
export HOME := $(CACHE)/home
export XDG_CACHE_HOME := $(CACHE)/xdg
export ANSIBLE_HOME := $(CACHE)/ansible
# Ansible would take the home that the system knows for a user, who may have none.
export ANSIBLE_REMOTE_TEMP := $(CACHE)/ansible/remote
export ANSIBLE_COLLECTIONS_PATH := $(CACHE)/live
export LC_ALL := C.UTF-8
export NO_COLOR := 1
export GIT_CONFIG_GLOBAL := $(CURDIR)/tools/gitconfig
unexport PYTHONPATH PYTHONHOME PYTHONOPTIMIZE VIRTUAL_ENV PYENV_VERSION
unexport PYTEST_ADDOPTS PYTEST_PLUGINS PY_COLORS FORCE_COLOR XDG_CONFIG_HOME CDPATH
unexport $(filter-out ANSIBLE_HOME ANSIBLE_REMOTE_TEMP ANSIBLE_COLLECTIONS_PATH,$(filter ANSIBLE_%,$(.VARIABLES)))
# A hook of git says which repository it is in, and we make others.
unexport GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR \
	GIT_PREFIX GIT_NAMESPACE GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_CONFIG
# Only `make live` takes the options of the modules from there, and those of sign-ins.
ifeq ($(filter live,$(MAKECMDGOALS)),)
unexport $(filter-out INTUNE_EXCHANGE_FORBID_SKIPS,$(filter INTUNE_EXCHANGE_% AZURE_%,$(.VARIABLES)))
endif
# Without bytecode each of some thousand processes would compile ansible-core anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: test help test-more test-all test-entry lint lint-python lint-ansible lint-ansible-shipped lint-documentation \
	sanity sanity-artifact sanity-quick artifact docs unit integration more contracts guarantees fuzz hangs mutants mutation live \
	molecule molecule-one molecule-all molecule-example bench demo demo-installed demo-tested release from-nothing clean

# $(call step,NAME) begins a step: what it says goes to .cache/logs/NAME.log.
step = . tools/step.sh $(1)

# $(call together,STEPS...): one more at once than there are cores, since steps wait at times, and all of them even if
# one fails.
JOBS := $(shell echo $$(($(CORES) + 1)))
define together
took() { local seconds=$$(($$(date +%s) - $(BEGAN))); echo "$$((seconds / 60)) min $$((seconds % 60)) s"; }
mkdir -p $(LOGS)
rm -f $(LOGS)/failed
code=0
BESIDE_OTHERS=1 $(MAKE) --no-print-directory -k -j $(JOBS) $(1) 2> $(LOGS)/make.log || code=$$?
tools/slowest.sh $(1:%=$(LOGS)/%.log)
if [ $$code != 0 ]; then
	# What a step says of its own failure; not the rest, such as that one was killed.
	grep -Ev '^make.*(\] Error [0-9]+|because of errors\.)$$' $(LOGS)/make.log >&2 || true
	echo "make $@ failed after $$(took):"
	cat $(LOGS)/failed 2> /dev/null || true # nothing is there if it was interrupted
	exit 1
fi
echo "make $@: ok, $$(took)"
endef

# Those that take longest first, so that none is left over at the end. What they need is there before, since make begins
# last what waits for something.
test: $(TEST) $(LINT) $(DEMO) $(CHECKOUT)
	$(call together,unit integration lint-ansible-shipped lint-documentation sanity-quick lint-python molecule-one demo-tested)

help:
	sed -n '/^[^#]/q; s/^# \{0,1\}//p' Makefile

# What clones the last commit says so.
uncommitted = if [ -n "$$(git -c safe.directory='*' status --porcelain)" ]; then echo '$(1): not what is not committed'; fi

test-more: $(TEST) $(LINT) $(DEMO) $(NODE) $(CHECKOUT)
	$(call uncommitted,from nothing)
	$(call together,more contracts sanity-artifact molecule-all molecule-example $(FROM_NOTHING:%=nothing-%))

# Each on a fresh clone of the last commit, as an ordinary user.
FROM_NOTHING := docs lint sanity unit molecule bench demo live
# What root gives an ordinary user to download into.
export DOWNLOADS_OF_NOBODY := /tmp/from-nothing-$(FOLDER)
from-nothing:
	$(call uncommitted,$@)
	$(call together,$(FROM_NOTHING:%=nothing-%))
nothing-%:
	$(call step,$@)
	tools/from_nothing.sh $* $(PYTHON_PATH)

install-uv: $(UV_MADE)
$(UV_MADE):
	$(call step,install-uv)
	$(PYTHON_PATH) -m venv --clear $(CACHE)/uv
	$(CACHE)/uv/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	touch $@

# An environment with another ansible-core than the requirements have. What overrides them does not override constraints.
CONSTRAINTS := requirements-test.txt
ifneq ($(CORE),)
CONSTRAINTS := $(CACHE)/demo/constraints.txt
define override_core
echo 'ansible-core==$(CORE)' > $(CACHE)/$(1)/override.txt
export UV_OVERRIDE=$(CACHE)/$(1)/override.txt
grep -Ev '^(ansible-core==|-r )' requirements-test.txt > $(CACHE)/$(1)/constraints.txt
endef
endif

# $(call environment,NAME,REQUIREMENTS...): make the virtual environment .cache/NAME, and its stamp.
define environment
$(call step,install-$(1))
$(UV) venv -q --clear -p $(PYTHON_PATH) $(CACHE)/$(1)
$(override_core)
$(UV) pip install -q -p $(CACHE)/$(1)/bin/python $(2)
touch $(CACHE)/$(1)/$(MADE)
endef

install-test: $(TEST) $(CHECKOUT)
$(TEST): requirements-test.txt requirements.txt simulator/requirements.txt | $(UV_MADE)
	$(call environment,test,-r requirements-test.txt)

install-lint: $(LINT)
$(LINT): requirements-lint.txt requirements.txt | $(UV_MADE)
	$(call environment,lint,-r requirements-lint.txt)

install-release-tools: $(RELEASE)
$(RELEASE): requirements-release.txt requirements.txt | $(UV_MADE)
	$(call environment,release-tools,-r requirements-release.txt)

install-mutation-tools: $(MUTATION)
$(MUTATION): requirements-mutation.txt requirements-test.txt requirements.txt simulator/requirements.txt | $(UV_MADE)
	$(call environment,mutation-tools,-r requirements-mutation.txt)

# Only what a user installs, in the versions that are tested.
install-demo: $(DEMO)
$(DEMO): requirements-test.txt requirements.txt simulator/requirements.txt | $(UV_MADE)
	$(call environment,demo,ansible-core -r requirements.txt -r simulator/requirements.txt -c $(CONSTRAINTS))

# Clients for Node.js to prove the simulator with; without npm their test is skipped.
install-node: $(NODE)
$(NODE): tests/unit/simulator/node/package.json tests/unit/simulator/node/package-lock.json
	$(call step,install-node)
	mkdir -p $(@D)
	cp $^ $(@D)
	if command -v npm >/dev/null; then npm ci --prefix $(@D) --silent --no-audit --no-fund && touch $@; fi

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
$(call repository,$(1))
endef

# ansible-test walks up to the next repository, and looks at what that has.
define repository
git -C $(1) init -q
git -C $(1) add -A
endef

lint:
	$(call together,lint-ansible lint-documentation lint-python)

lint-python: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	$(CACHE)/test/bin/ruff check .
	$(CACHE)/test/bin/ruff format --check --quiet .
	$(CACHE)/test/bin/mypy simulator benchmarks tests tools $(CHECKOUT)/plugins $(CHECKOUT)/extensions

lint-ansible lint-ansible-shipped: $(LINT) | $(CHECKOUT)
	$(call step,$@)
	. $(CACHE)/lint/bin/activate
	ansible-lint $(UNLINTED:%=--exclude %)

# Without the scenarios of Molecule, which take a quarter of the time.
lint-ansible-shipped: UNLINTED := extensions/molecule

lint-documentation: $(LINT) | $(CHECKOUT)
	$(call step,$@)
	. $(CACHE)/lint/bin/activate
	antsibull-changelog lint
	antsibull-docs lint-collection-docs --plugin-docs .

# The site, in .cache/docs/html, with the picture and the report of the demonstration. A reference to a page that there is not is an error.
docs: $(LINT) $(TEST) | $(CHECKOUT)
	$(call step,$@)
	. $(CACHE)/lint/bin/activate
	mkdir -p $(CACHE)/docs
	rm -rf $(CACHE)/docs/rst $(CACHE)/docs/html
	install -d -m 700 $(CACHE)/docs/rst/collection  # antsibull-docs wants it to be nobody else's
	antsibull-docs collection --use-current --squash-hierarchy --fail-on-error --dest-dir $(CACHE)/docs/rst/collection intune.exchange
	cp -r docs/site/* $(CACHE)/docs/rst
	$(CACHE)/test/bin/python tools/sample.py --site $(CACHE)/docs/rst/extra
	sphinx-build -q -W --keep-going -j auto -b html -d $(CACHE)/docs/doctrees $(CACHE)/docs/rst $(CACHE)/docs/html

# With the tests and tools, which nobody installs: pylint reads twice as much. For make test-more, from nothing.
sanity: $(LINT)
	$(call step,$@)
	$(call stage,$(CACHE)/sanity/$(COLLECTION))
	$(CACHE)/lint/bin/python -m tools.sanity $(CACHE)/sanity

# As it is installed: what is left out of the artifact may be what tells ansible-test something.
sanity-artifact sanity-quick: artifact $(LINT)
	$(call step,$@)
	rm -rf $(CACHE)/sanity-artifact
	mkdir -p $(CACHE)/sanity-artifact/$(COLLECTION)
	tar -xf $(CACHE)/dist/intune-exchange-*.tar.gz -C $(CACHE)/sanity-artifact/$(COLLECTION)
	$(call repository,$(CACHE)/sanity-artifact/$(COLLECTION))
	$(CACHE)/lint/bin/python -m tools.sanity $(CACHE)/sanity-artifact $(UNTESTED:%=--skip-test %)

# Without the two that take four fifths of the time: ruff, mypy and the unit tests find most of what they would.
sanity-quick: UNTESTED := pylint import

unit: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	$(PYTEST) -m "not more" tests/guarantees tests/unit $(OPTIONS)

# By file, since the tests of one file may share a run that takes long.
integration: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	$(PYTEST) -m "not more" --dist loadfile tests/integration $(OPTIONS)

# The tests with the marker `more`; some read the site, one wants Node.js.
# The site is made here, since make begins last what waits for another target, and this takes longest.
make_first = $(MAKE) --no-print-directory $(1)  # by this name, since make -n runs a recipe in which it finds its own
more: $(TEST) $(LINT) $(NODE) | $(CHECKOUT)
	$(call step,$@)
	$(call make_first,docs)
	$(PYTEST) -m more --dist loadfile tests $(OPTIONS)

# Thirty generated requests of each kind, of which make unit tries the simplest.
contracts: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	INTUNE_EXCHANGE_CONTRACT_EXAMPLES=30 $(PYTEST) tests/unit/simulator -k contract $(OPTIONS)

# Every case, and their number for the page on reliability.
guarantees: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	GUARANTEES=all GUARANTEES_COUNT=1 $(PYTEST) tests/guarantees tests/integration/test_secret_leaks.py $(OPTIONS)

MINUTES ?= 10
fuzz: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	FUZZ_MINUTES=$(MINUTES) $(PYTEST) tests/guarantees/test_parsers.py tests/guarantees/test_answers.py $(OPTIONS)

# Alone, since what else runs takes the time of those that do not hang.
hangs: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	INTUNE_EXCHANGE_HANGS=1 $(PYTEST) -n 1 tests/integration/test_tenants_that_hang.py $(OPTIONS)

mutants: $(TEST) | $(CHECKOUT)
	$(CACHE)/test/bin/python -m tools.mutants --at-once $(CORES)

SAMPLE ?= 300
mutation: $(MUTATION)
	$(CACHE)/mutation-tools/bin/python -m tools.mutation --cores $(CORES) --sample $(SAMPLE) $(SEED:%=--seed %) \
		$(LEAST:%=--least %) $(if $(ONLY),--only "$(ONLY)")

# Asks a real tenant, if LIVE=1 says so: see CONTRIBUTING.md.
live: $(TEST) | $(CHECKOUT)
	PYTHONPATH=$(CURDIR):$(CACHE)/live $(CACHE)/test/bin/python -m tests.live

molecule:
	$(call together,molecule-all molecule-example)

# One scenario for make test: the role, before anything is there, twice, and what it refuses.
molecule-one: SCENARIOS := --scenario-name connector
SCENARIOS ?= --all
molecule-one molecule-all: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	. $(CACHE)/test/bin/activate
	rm -rf $(ANSIBLE_HOME)-molecule  # where an interrupted run says that the simulator is up
	ANSIBLE_HOME=$(ANSIBLE_HOME)-molecule molecule test $(SCENARIOS) --report

molecule-example: $(TEST) | $(CHECKOUT)
	$(call step,$@)
	. $(CACHE)/test/bin/activate
	rm -rf $(ANSIBLE_HOME)-example
	cd docs/examples/simulator
	ANSIBLE_HOME=$(ANSIBLE_HOME)-example molecule test

# BENCH holds options, as in make bench BENCH="--rounds 1 --only tenant".
bench: $(TEST) | $(CHECKOUT)
	$(CACHE)/test/bin/python -m benchmarks $(BENCH)

# As a user does it: build, install, run from an empty folder.
artifact: $(DEMO)
	$(call step,$@)
	$(call stage,$(CACHE)/build)
	rm -rf $(CACHE)/dist
	$(CACHE)/demo/bin/ansible-galaxy collection build --output-path $(CACHE)/dist $(CACHE)/build

demo-installed: artifact
	$(call step,$@)
	$(CACHE)/demo/bin/ansible-galaxy collection install --force --offline -p $(CACHE)/demo/collections \
		$(CACHE)/dist/intune-exchange-*.tar.gz

define play
. $(CACHE)/demo/bin/activate
export ANSIBLE_COLLECTIONS_PATH=$(CACHE)/demo/collections ANSIBLE_STDOUT_CALLBACK=intune.exchange.brief
rm -rf $(CACHE)/demo/empty
mkdir $(CACHE)/demo/empty
cd $(CACHE)/demo/empty
ansible-playbook -i localhost, intune.exchange.demo
endef

demo: demo-installed
	$(play)

demo-tested: demo-installed
	$(call step,$@)
	$(play)

# All of a release but the upload, in .cache/release: make release VERSION=1.0.0
release: $(RELEASE)
	$(call stage,$(CACHE)/release-stage/$(COLLECTION))
	ANSIBLE_COLLECTIONS_PATH=$(CACHE)/release-stage $(CACHE)/release-tools/bin/python -m tools.release "$(VERSION)" \
		$(CACHE)/release-stage/$(COLLECTION)

# The last commit with each Python and ansible-core that docs/docsite/rst/support.rst says is tested, one after another,
# and at the end a table. What passed for this commit is not run again: AGAIN=1 does so. A Python that is not there fails
# its entry. Any other entry can be named: make test-all MATRIX=3.14-2.21.5
MATRIX := 3.12-2.16.19 3.11-2.18.19 3.11-2.19.14 3.12-2.20.10 3.13-2.20.10 3.12-2.21.5 3.13-2.21.5 3.13-2.22.0rc1
test-all:
	$(call uncommitted,$@)
	$(PYTHON_PATH) -m tools.matrix $(MATRIX)

# What depends on Python or ansible-core. The linters read the same files with tools of their own in every entry, and the
# role of the scenario of Molecule is run by the integration tests as well: make test does these once.
test-entry:
	$(call together,unit integration sanity-artifact demo-tested)

clean:
	rm -rf $(CACHE) .ansible .hypothesis .ruff_cache tests/output
	if [ -O $(DOWNLOADS_OF_NOBODY) ]; then rm -rf $(DOWNLOADS_OF_NOBODY); fi
	find . -name .git -prune -o -name __pycache__ -prune -exec rm -rf {} +
