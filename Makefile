# The front door. Meson and Ninja do the work; `make help` lists the targets.
MESON ?= meson
DESTDIR ?=
SECONDS ?= 60

all: build

help:
	@sed -n 's/^# make \(.*\)/make \1/p' $(MAKEFILE_LIST)

# make deps     install the Debian packages that are missing
deps:
	@tools/deps

# make build    build the programs into build/
build: build/build.ninja
	@ninja -C build

build/build.ninja:
	@$(MESON) setup build

# make check    every test, sanitizer, fuzz corpus, lint and analyzer
check: deps
	@tests/check

# make demo     several nodes on this machine, a warning between them
demo: deps build
	@build/src/cli/almenara demo

# make fuzz     libFuzzer, SECONDS (60) for each target
fuzz: deps build-asan/build.ninja
	@ninja -C build-asan fuzzers
	@fuzz/run build-asan $(SECONDS)

build-asan/build.ninja:
	@CC=clang $(MESON) setup build-asan -Dwerror=true -Dfuzzers=true

# make bench    the measurements of bench/
bench: deps build
	@if [ -x bench/run ]; then bench/run build; \
	else echo 'there is no bench/ here'; fi

# make soak     nodes on this machine for hours, with faults; every page in a browser
soak: deps build
	@if [ -x tests/soak/run ]; then tests/soak/run build; \
	else echo 'there is no tests/soak/ here'; fi

# make install  into the prefix of build/, below DESTDIR if given
install: build
	@DESTDIR=$(DESTDIR) $(MESON) install -C build --no-rebuild

# make clean    remove the build folders
clean:
	rm -rf build build-asan build-tsan build-analyzer

.PHONY: all help deps build check demo fuzz bench soak install clean
