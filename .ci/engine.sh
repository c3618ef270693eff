# Sourced: a Docker engine and the project's base image, on a Debian machine where we are root and may have no registry.

# get_engine FOLDER: succeed once containers run here; an engine that is not there yet is installed and started, with its
# files in FOLDER. What is lacking is said.
get_engine() {
    local base
    base=$(sed -n 's/^ARG BASE=//p' Dockerfile)
    if [ "$(($(df --output=avail -k /var | tail -n 1) / 1048576))" -lt 12 ]; then
        echo "less than 12 GiB are free"
        return 1
    fi
    docker version >/dev/null 2>&1 || start_engine "$1" || return 1
    # Debian's own base where it can be pulled; else the same packages, from the mirror that apt uses.
    docker image inspect "$base" >/dev/null 2>&1 || timeout 120 docker pull -q "$base" >/dev/null 2>&1 ||
        make_base "$base" "$1/base" || { echo "the base $base can be neither pulled nor made"; return 1; }
    docker run --rm "$base" true 2>&1 || { echo "a container does not start"; return 1; }
}

start_engine() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "no engine answers, and none can be installed"
        return 1
    fi
    apt-get -qq install -y --no-install-recommends docker.io debootstrap >/dev/null 2>&1 ||
        { echo "docker.io cannot be installed"; return 1; }
    setsid dockerd --pidfile "$1/pid" >"$1/dockerd.log" 2>&1 </dev/null &
    local daemon=$!
    for _ in $(seq 60); do
        ! docker version >/dev/null 2>&1 || return 0
        kill -0 "$daemon" 2>/dev/null || break
        sleep 1
    done
    echo "dockerd does not start: $(tail -n 1 "$1/dockerd.log")"
    return 1
}

make_base() {
    local mirror
    command -v debootstrap >/dev/null || return 1
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ')
    timeout 300 debootstrap --variant=minbase bookworm "$2" "$mirror" >/dev/null &&
        tar -C "$2" -c . | docker import - "$1" >/dev/null
}

# stop_engine FOLDER: end the engine that get_engine started, if it did.
stop_engine() { [ ! -f "$1/pid" ] || kill "$(cat "$1/pid")" || true; }
