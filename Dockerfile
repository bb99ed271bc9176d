# syntax=docker/dockerfile:1
# The image of the source. deploy/Dockerfile is that of a release archive, which has a
# binary and no source; compose files find the one that lies above them.
# Build: Go and a C compiler, for the SQLite driver.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
# The tags and flags of `make build`. Both images are Debian 12, so the C library
# that the SQLite driver links is the one that it runs with.
RUN CGO_ENABLED=1 go build -trimpath -tags sqlite_foreign_keys,sqlite_omit_load_extension \
      -ldflags "-s -w -X main.version=${VERSION}" \
      -o /out/dashboard ./cmd/dashboard

# Run: the binary, root certificates and an unprivileged user.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin gongkai \
 && install -d -o gongkai -g gongkai /data
COPY --from=build /out/dashboard /usr/local/bin/dashboard
ENV GONGKAI_DB=/data/gongkai.db \
    GONGKAI_ARCHIVE=/data/archive \
    GONGKAI_ADDR=0.0.0.0:8080 \
    XDG_CACHE_HOME=/data/cache
VOLUME /data
WORKDIR /data
EXPOSE 8080
USER gongkai
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["/usr/local/bin/dashboard", "health", "--addr", "127.0.0.1:8080"]
ENTRYPOINT ["/usr/local/bin/dashboard"]
CMD ["serve"]
