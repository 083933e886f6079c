#!/bin/sh
# Runs what was built: every module must load, and messages must come out as they should. The programs are in
# $BIN, librelay in $LIB, the modules in $MODULES.
set -eu

export LD_LIBRARY_PATH="$LIB${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export RELAY_MODULE_DIR="$MODULES" RELAY_CONFIG_DIR=data RELAY_DATA_DIR=data

expect() {
    [ "$1" = "$2" ] || { printf 'expected: %s\nfound:    %s\n' "$1" "$2" >&2; exit 1; }
}

for host in relayd relayctl relaycat; do
    "$BIN/$host" --all
done
expect 5572797962 "$(echo Hello | "$BIN/relayctl" block-rot13 block-raw block-hex)"
expect '"say \"hi\""' "$(echo 'say "hi"' | "$BIN/relaycat" fmt-json)"
expect 'grey, greyer' "$(echo 'gray, greyer' | "$BIN/relayd" block-subst net-stdout)"
expect 'tun 5 062c0215 hello' "$(echo hello | "$BIN/relayd" net-tun)"
expect 'message: 1, 5 bytes
entropy: 5 bytes, 1.92 bits each' "$(echo hello | "$BIN/relayd" ui-text ui-stat 2>&1)"
