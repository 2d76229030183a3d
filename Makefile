# Everything here works on a clean checkout with Go and make; what is missing is installed where apt is at hand, and named where not.
SHELL := /bin/bash
GO ?= go
LINT := bin/golangci-lint
AXE := node_modules/axe-core/axe.min.js

.PHONY: help demo check-demo test chaos check bench build tools-demo tools-test tools-bench

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The program itself, not "go run": that calls a Ctrl-C that ended everything well an error.
demo: tools-demo build ## See the whole job: open the page that it names
	bin/mce-mailer demo

check-demo: tools-demo ## Play the demo's story without waiting, and check every mail
	$(GO) run ./cmd/mce-mailer demo --check

build: ## Build bin/mce-mailer
	$(GO) build -trimpath -buildvcs=false -o bin/mce-mailer ./cmd/mce-mailer

# GOGC: tests have memory enough, and a sixth of their time is the garbage collector's.
test: tools-test $(AXE) ## Run all tests, on a real PostgreSQL, real SMTP and a real browser
	GOGC=300 $(GO) test -timeout 12m ./...

chaos: tools-test ## The faults of make test in full numbers (it sets CHAOS=full): killed daemons, a crashing database, a relay at its worst
	CHAOS=full $(GO) test -v -count=1 -timeout 60m -run TestChaos ./cmd/mce-mailer

check: test $(LINT) ## Tests, vet, linter, race detector
	$(GO) vet ./...
	$(LINT) run
	$(GO) test -race -timeout 20m ./...

bench: tools-bench ## Run the benchmarks: docs/performance.md says what they measure
	$(GO) test -run '^$$' -bench . -benchmem -p 1 ./...
	GO=$(GO) scripts/bench

tools-demo:
	@./scripts/need postgres

tools-test:
	@./scripts/need postgres chromium libical npm dkim poppler spamd

tools-bench: tools-test
	@./scripts/need postfix

$(AXE):
	npm install --no-save --no-package-lock --no-audit --no-fund --silent --prefix . axe-core@4.14.1

$(LINT):
	GOBIN=$(CURDIR)/bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
