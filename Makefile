# Dutyline. Two commands matter to a newcomer:
#   make run    the whole product with a practice line, on this machine (Ctrl-C stops everything)
#   make test   everything that is checked, on real parts
# Options of make run:
#   LISTEN=<address>     open SIP, RTP and the page (with TLS) on that address for a real phone
#   ASTERISK=<program>   use this installed Asterisk 22 instead of fetching a private one
#   HTTP_PORT= SIP_PORT= change the ports;  PROGRAMME=off starts without simulated callers

VAR     ?= var
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO      ?= go
LDFLAGS := -X main.version=$(VERSION)
export CGO_ENABLED = 1

.PHONY: run build page test test-go test-page test-e2e lint deps bench torture ordinary agreement fuzz clean

run:
	@VAR='$(VAR)' LISTEN='$(LISTEN)' ASTERISK='$(ASTERISK)' HTTP_PORT='$(HTTP_PORT)' SIP_PORT='$(SIP_PORT)' PROGRAMME='$(PROGRAMME)' sh deploy/run.sh

# The binary with the page inside.
build: page
	$(GO) build -ldflags '$(LDFLAGS)' -o $(VAR)/bin/dutyline ./cmd/dutyline

page: web/page/dist/index.html

PAGE_SOURCES := $(shell find web/page -path web/page/node_modules -prune -o -path web/page/dist -prune -o -path web/page/test-results -prune -o -type f -print 2>/dev/null)
web/page/dist/index.html: web/page/node_modules/.stamp $(PAGE_SOURCES)
	cd web/page && npm run --silent build

web/page/node_modules/.stamp: web/page/package-lock.json
	cd web/page && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Debian packages and the private Asterisk that the tests and the practice line need.
deps:
	@sh deploy/deps.sh $(VAR)

test: deps page
	@sh deploy/test.sh $(VAR)

lint:
	$(GO) vet ./...
	@unformatted=$$(gofmt -l cmd telephony recorder dutylog alerts web/*.go config); \
	  if [ -n "$$unformatted" ]; then echo "not gofmt-ed: $$unformatted (run gofmt -w)"; exit 1; fi
	@if command -v golangci-lint >/dev/null 2>&1; then golangci-lint run; \
	  else echo "golangci-lint is not installed; the architecture test judges the import rules all the same"; fi

# One line per figure: figure NAME VALUE UNIT.  make bench NAME="writer_p99 search_1m_p99" runs some.
# LOAD_SECONDS=600 makes the load of daemon_cpu_share last ten minutes instead of one, and
# DUTYLINE_CPU_PROFILE=<absolute file> writes where the daemon's CPU goes under it (go tool pprof).
bench: deps page
	@LOAD_SECONDS='$(LOAD_SECONDS)' sh deploy/bench.sh $(VAR) '$(NAME)'

# Calls are made while everything is hurt: daemon and Asterisk are killed, disk and journal break.
# make torture CALLS=5000 KILLS=200 is the long form; SEED= repeats a run.
torture: deps page
	@CALLS='$(CALLS)' KILLS='$(KILLS)' SEED='$(SEED)' HARMS='$(HARMS)' sh deploy/torture.sh $(VAR)

# Ordinary calls of every outcome through a real switch: no alert says that they were sent elsewhere or that
# the line was misused, and each has those that it owes. make test makes 40 of them.
ordinary: deps page
	@VAR='$(VAR)' ORDINARY_CALLS='$(or $(CALLS),500)' sh deploy/ordinary.sh

# A day of calls of every outcome, as many as CALLS, through a real switch: the log's times agree with those that
# the SIP peers measured themselves within 50 ms for each call. make test makes 40 of them.
agreement: deps page
	@VAR='$(VAR)' AGREEMENT_CALLS='$(or $(CALLS),500)' RUN=TestSystemTheLogAgreesWithThePeers sh deploy/ordinary.sh

# Every decoder under random input for TIME each; make test gives the main ones 2 s.
TIME ?= 1m
fuzz:
	@sh deploy/fuzz.sh $(TIME) all

clean:
	rm -rf $(VAR)/bin web/page/dist/assets web/page/dist/index.html
