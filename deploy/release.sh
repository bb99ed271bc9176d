#!/bin/sh
# Makes the release into OUT (dist): for each target an archive with the binary, the
# guide and what is needed to run it, Debian packages, the list of what is inside
# (SBOM), and the checksums of all. A target whose C compiler is not installed is left
# out, and said to be. Run by `make release`.
set -eu
cd "$(dirname "$0")/.."
out="${OUT:-dist}"
version="${VERSION:?set VERSION}"
plain=$(printf %s "$version" | sed 's/^v//')
tags=sqlite_foreign_keys,sqlite_omit_load_extension,osusergo,netgo
nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0
sbom=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
schema=$(ls internal/store/migrations | cut -c1-4 | sort | tail -n 1)
if [ ! -f "cmd/dashboard/testdata/upgrade/schema-$schema.zip" ]; then
	echo "schema $schema has no dump that later programs are held to upgrade: run make dump and commit what it writes"
	exit 1
fi
rm -rf "$out"
mkdir -p "$out"
made=""

build() { # os arch compiler ending
	if ! command -v "$3" >/dev/null 2>&1; then
		echo "left out: $1/$2, since $3 is not installed"
		return 0
	fi
	name="gongkai-$plain-$1-$2"
	folder="$out/$name"
	mkdir -p "$folder"
	echo "building $1/$2"
	# Static, so that it runs whatever C library the system has.
	CGO_ENABLED=1 GOOS="$1" GOARCH="$2" CC="$3" go build -trimpath -tags "$tags" \
		-ldflags "-s -w -X main.version=$version -linkmode external -extldflags -static" \
		-o "$folder/dashboard$4" ./cmd/dashboard
	mkdir "$folder/docs" "$folder/deploy"
	cp README.md LICENSE THIRD_PARTY.md CHANGELOG.md SECURITY.md "$folder/"
	cp docs/*.md docs/*.png "$folder/docs/"
	cp -R deploy/docker-compose*.yml deploy/gongkai.service deploy/gongkai.yaml deploy/grafana deploy/prometheus "$folder/deploy/"
	cp deploy/Dockerfile "$folder/Dockerfile" # of the binary: the archive has no source
	if [ "$1" = windows ]; then
		(cd "$out" && python3 -m zipfile -c "$name.zip" "$name")
	else
		tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner -czf "$out/$name.tar.gz" "$name"
		if ARCH="$2" VERSION="$plain" BINARY="$folder/dashboard" go run "$nfpm" package --config deploy/nfpm.yaml --packager deb --target "$out/" >"$out/nfpm.log" 2>&1; then
			rm "$out/nfpm.log"
		else
			echo "left out: the Debian package of $1/$2:"
			cat "$out/nfpm.log"
			rm "$out/nfpm.log"
		fi
	fi
	rm -rf "$folder"
	made="$made $1/$2"
}

build linux amd64 "$(command -v x86_64-linux-gnu-gcc || echo gcc)" ""
build linux arm64 aarch64-linux-gnu-gcc ""
build windows amd64 x86_64-w64-mingw32-gcc .exe
[ -n "$made" ] || { echo "nothing was made: install a C compiler"; exit 1; }
if ! go run "$sbom" mod -licenses -json -output "$out/gongkai-$plain.cdx.json" . >"$out/sbom.log" 2>&1; then
	echo "left out: the SBOM:"
	cat "$out/sbom.log"
fi
rm -f "$out/sbom.log"
(cd "$out" && sha256sum -- * >SHA256SUMS)
echo "made in $out:$made"
ls -l "$out"
