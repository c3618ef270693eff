#!/usr/bin/env bash
# Sourced: get a Docker engine and a base image on a Debian machine where we are root and no image can be pulled.
# Sets ENGINE to "running", "started" (by us: stop_engine ends it) or "" (cannot be had), and BASE where one was made.
ENGINE=""
BASE=""

stop_engine() { [ "$ENGINE" != started ] || kill "$(cat "$ENGINE_FOLDER/pid")"; }

get_engine() {
    if docker version >/dev/null 2>&1; then
        ENGINE=running
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get -qq install -y --no-install-recommends docker.io debootstrap >/dev/null 2>&1 || return 0
        ENGINE_FOLDER=$(mktemp -d)
        dockerd --pidfile "$ENGINE_FOLDER/pid" >"$ENGINE_FOLDER/log" 2>&1 &
        for _ in $(seq 30); do
            docker version >/dev/null 2>&1 && ENGINE=started && break
            sleep 1
        done
    fi
    [ -n "$ENGINE" ] || return 0
    # Debian's own base where it can be pulled; else the same packages, from the mirror that apt uses.
    BASE=$(sed -n 's/^ARG BASE=//p' Dockerfile)
    docker image inspect "$BASE" >/dev/null 2>&1 || timeout 60 docker pull -q "$BASE" >/dev/null 2>&1 || make_base || ENGINE=""
}

make_base() {
    local folder mirror
    command -v debootstrap >/dev/null || return 1
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ')
    folder=$(mktemp -d)
    debootstrap --variant=minbase bookworm "$folder" "$mirror" >/dev/null &&
        tar -C "$folder" -c . | docker import - "$BASE" >/dev/null
    local status=$?
    rm -rf "$folder"
    return $status
}
