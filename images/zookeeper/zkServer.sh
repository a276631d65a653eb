#!/bin/sh
# zkServer.sh start-foreground CONFIG: what upstream's script of this name does, for Debian's jars. SERVER_JVMFLAGS go to
# Java. The server's jar names its libraries itself; its own jute must come before those.
set -eu
[ "$1" = start-foreground ] || { echo "usage: zkServer.sh start-foreground CONFIG" >&2; exit 64; }
jars=/usr/share/java
# Flags are words.
# shellcheck disable=SC2086
exec java ${SERVER_JVMFLAGS:-} \
  -cp "$jars/zookeeper-jute.jar:$jars/zookeeper.jar:$jars/slf4j-log4j12.jar:$jars/log4j-1.2.jar" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$2"
