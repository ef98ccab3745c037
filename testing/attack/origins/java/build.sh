#!/bin/sh
# Against the jars of the distribution: sh build.sh <tomcat|jetty|spring>
set -eu
. ./jars.sh "$1"
case $1 in
    tomcat) javac -Xlint:-deprecation -d classes -cp "$jars" Ran.java TomcatOrigin.java ;;
    jetty) javac -d classes -cp "$jars" Ran.java JettyOrigin.java ;;
    # Spring 4 reads no classes of a newer Java.
    spring) javac --release 8 -Xlint:-options -d classes -cp "$jars" Ran.java SpringOrigin.java ;;
esac
