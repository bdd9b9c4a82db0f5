# make demo   a sample Django project in, a linted pair out; needs Go alone
# make test   everything CI asks for; installs nginx, uWSGI and Python packages where it may
# make bench  benchmarks, and lint against nginx -t on 2,000 servers
# make bench-runtime  the embedded engines against nginx and uWSGI; needs wrk
# make snapshot  everything of a release, without publishing it, into dist/
# make soak   five minutes of load with a reload every second

GO      ?= go
BIN     := bin/deployctl
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null)
DATE    := $(shell git log -1 --format=%cI 2>/dev/null)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)
FUZZTIME ?= 2s

.PHONY: build demo test deps check unit fuzz licenses package site snapshot bench bench-runtime soak generate picture admin-picture clean

build:
	@mkdir -p bin
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/deployctl

demo: build
	@scripts/demo.sh $(BIN)

test: deps check licenses unit fuzz demo package

deps:
	@scripts/test-deps.sh

check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo 'gofmt would change:'; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	GOOS=windows $(GO) vet ./...
	GOOS=darwin $(GO) vet ./...
	$(GO) run ./manual/generate -root . -check
	$(GO) run ./scripts/pictures -check

licenses:
	@scripts/licenses.sh

# What a release's Debian package holds, installed in a scratch root and run.
package:
	@scripts/package.sh

# The site of docs/, in site/public.
site:
	hugo --source site

snapshot:
	@scripts/snapshot.sh

unit:
	$(GO) test -race -timeout 15m ./...

# Each fuzz target runs for $(FUZZTIME) on top of its seed corpus.
fuzz:
	@scripts/fuzz.sh $(FUZZTIME)

bench: build
	$(GO) test -run '^$$' -bench . -benchmem -count 6 ./nginx/... ./uwsgi/... ./pair/... ./lint/... ./gen/...
	$(GO) run ./scripts/benchlint $(BIN)

bench-runtime: build
	$(GO) run ./scripts/benchruntime $(BIN)

soak:
	$(GO) test ./launch -run '^TestSoak$$' -soak 5m -timeout 15m -count 1 -v

generate:
	$(GO) generate ./...

picture: build
	@scripts/picture.sh $(BIN)
	$(GO) run ./scripts/pictures

# docs/admin.png; needs Chromium and Django.
admin-picture: build
	@scripts/admin-picture.sh $(BIN)

clean:
	rm -rf bin dist release
