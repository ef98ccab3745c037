#!/bin/sh
# sh serve.sh <tomcat|jetty|spring> <class> <port> [<more>]
set -eu
. ./jars.sh "$1"
shift
exec java -cp "classes:$jars" "$@"
