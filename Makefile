# Gongkai: build, run, test. `make demo` and `make test` need Go and a C compiler.
ADDR       ?= 127.0.0.1:8080
VERSION    ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS    := -s -w -X main.version=$(VERSION)
# The SQLite driver is C; these tags are the same in the Dockerfile, and a test
# builds with them.
TAGS       := sqlite_foreign_keys,sqlite_omit_load_extension
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
VULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0
export CGO_ENABLED := 1

.PHONY: demo build test lint vuln fmt bench fuzz crash scans load soak workers sim-check screenshots lighthouse field-trial dump release clean

demo: build ## run the demonstration: portal, crawl, database, dashboard
	./bin/dashboard demo --addr $(ADDR)

build: ## write bin/dashboard
	@mkdir -p bin
	go build -trimpath -tags $(TAGS) -ldflags '$(LDFLAGS)' -o bin/dashboard ./cmd/dashboard

test: ## all that the gate runs; installs what the tests need where it may
	@sh tests/needs.sh
	@$(MAKE) --no-print-directory lint
	go test -p 3 -tags $(TAGS) ./... # three packages on two cores: many tests wait
	go test -tags $(TAGS) -race ./internal/store/ ./internal/ingest/crawl/ ./internal/archive/ ./internal/demo/
	go test -tags $(TAGS) -race -run 'Refresh|Worker|Turn|Stop|Aside|Early|Polite|Lease|HandIn$$' ./internal/ingest/

lint: ## formatting, vet, staticcheck
	@out=$$(gofmt -l cmd internal templates data tests); if [ -n "$$out" ]; then echo "not formatted (make fmt):"; echo "$$out"; exit 1; fi
	go vet -tags $(TAGS) ./...
	go mod verify
	@go run $(STATICCHECK) -version >/dev/null 2>&1 || { echo "skipped: staticcheck cannot be had from the module registry here"; exit 0; }; \
	echo "staticcheck ./..."; go run $(STATICCHECK) -tags $(TAGS) ./...

vuln: ## known vulnerabilities of what the binary calls; needs the network
	go run $(VULNCHECK) -tags $(TAGS) ./...

fmt:
	gofmt -w cmd internal templates data tests

bench: ## benchmarks, each beside its limit
	go test -tags $(TAGS) -run '^$$' -bench . -benchmem ./...

fuzz: ## every reader of foreign bytes, 30 s each
	@sh tests/fuzz.sh

crash: ## kill -9 at many moments, start again, compare with an undisturbed run; `make test` tries five
	go build -tags crash,$(TAGS) -o bin/dashboard-crash ./cmd/dashboard
	go test -tags $(TAGS) -count=1 -timeout 60m ./tests/crash -bin $(CURDIR)/bin/dashboard-crash -trials $(or $(TRIALS),200) -seed $(or $(SEED),1)

scans: ## every scanned document of the shared corpus; `make test` reads one
	go test -tags $(TAGS) -count=1 -v -run 'TestTruth$$' ./internal/ingest/recognise -scans

load: ## 200 readers at a time, at rest and during full refreshes of the demonstration: no error, p99 under five times
	go test -tags $(TAGS) -count=1 -timeout 30m -run 'TestLoad$$' ./cmd/dashboard -load=$(or $(READERS),200)

soak: ## full refreshes, readers and exports for half an hour (FOR): what the process holds must not grow
	go test -tags $(TAGS) -count=1 -timeout 90m -v -run 'TestSoak$$' ./cmd/dashboard -soak=$(or $(FOR),30m)

workers: build ## one, two and four workers on a simulated fleet of portals; 6 minutes
	go run -tags $(TAGS) ./tests/simcheck -workers -dashboard bin/dashboard -shared $(or $(SHARED),../shared)

sim-check: build ## the whole program against the portal simulator; 5 minutes at most
	go run ./tests/simcheck -dashboard bin/dashboard -shared $(or $(SHARED),../shared)

screenshots: build ## every page at 1440 and 390 pixels, into OUT
	go test -tags $(TAGS) -count=1 -run TestScreenshots ./tests/browser -screenshots=$(or $(OUT),$(CURDIR)/../screenshots)

lighthouse: build ## Lighthouse on the main pages of the demonstration in both languages; skips where it is not installed
	@sh tests/lighthouse.sh

field-trial: build ## look at the real portals of data/portals, found against expected; needs the network, stores nothing
	./bin/dashboard portals trial $(if $(CONTACT),--contact '$(CONTACT)')

dump: ## before a release with a new schema: a database of it with data, which later programs are held to upgrade; commit what it writes
	go test -tags $(TAGS) -count=1 -run 'TestDump$$' ./cmd/dashboard -dump
	@git status --short cmd/dashboard/testdata/upgrade

release: ## archives, Debian packages, SBOM and checksums for each target whose C compiler is here, into OUT (dist)
	VERSION=$(VERSION) OUT=$(or $(OUT),dist) sh deploy/release.sh

clean:
	rm -rf bin dist gongkai-demo
