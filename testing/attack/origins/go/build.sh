#!/bin/sh
# Without modules, and with nothing left outside this folder.
set -eu
export GO111MODULE=off GOCACHE="$PWD/build" GOFLAGS=-p=1
go build -o origin main.go
rm -rf build
