# Real servers for the protocol tests: PostgreSQL, Redis, Apache Kafka. To be sourced by bash, also under `set -eu`.
#
#   . .ci/servers.sh
#   start_servers    exports DATABASE_URL, REDIS_URL, KAFKA_BOOTSTRAP_SERVERS of what could be started
#   stop_servers     is done at exit too
#
# A variable that is set already is left alone. What is missing is installed with apt-get where we are root, and Kafka's
# jars with Maven into the cache folder. What cannot be had is told as "not tested against X: why", and fails nothing.

KAFKA_VERSION=4.1.0
SERVERS_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/pytest-orchestra
SERVERS_DIR=
SERVERS_PIDS=

start_servers() {
    SERVERS_DIR=$(mktemp -d)
    chmod 711 "$SERVERS_DIR"
    trap stop_servers EXIT
    start_one PostgreSQL DATABASE_URL start_postgres
    start_one Redis REDIS_URL start_redis
    start_one "Apache Kafka" KAFKA_BOOTSTRAP_SERVERS start_kafka
    want_tool kcat
    want_tool faketime
}

stop_servers() {
    local pid
    if [ -n "$SERVERS_DIR" ] && [ -f "$SERVERS_DIR/postgres/data/postmaster.pid" ]; then
        as_postgres "$(postgres_bin)/pg_ctl" -D "$SERVERS_DIR/postgres/data" -m immediate -w stop > /dev/null 2>&1 || true
    fi
    for pid in $SERVERS_PIDS; do
        kill "$pid" 2> /dev/null && wait "$pid" 2> /dev/null || true
    done
    SERVERS_PIDS=
    if [ -n "$SERVERS_DIR" ]; then rm -rf "$SERVERS_DIR"; fi
    SERVERS_DIR=
}

# start_one NAME VARIABLE FUNCTION: the function exports the variable, or leaves the reason in $why and fails.
start_one() {
    local name=$1 variable=$2 why=
    if [ -n "${!variable:-}" ]; then
        echo "$name: $variable is set, nothing is started"
    elif "$3"; then
        echo "$name: ${!variable}"
    else
        echo "not tested against $name: $why"
    fi
}

# want_tool NAME: a few tests use it, and are skipped by name without it.
want_tool() {
    local why=
    have_package "$1" "$1" || echo "not tested with $1: $why"
}

start_postgres() {
    local bin port
    have_package "$(postgres_bin)/initdb" postgresql || return 1
    bin=$(postgres_bin) port=$(free_port)
    mkdir "$SERVERS_DIR/postgres" && chown_to_postgres "$SERVERS_DIR/postgres" || return 1
    (
        cd "$SERVERS_DIR/postgres" &&
        as_postgres "$bin/initdb" -D data -U postgres --auth=trust -E UTF8 --locale=C --no-sync &&
        as_postgres "$bin/pg_ctl" -D data -l log -w -t 30 \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off" start
    ) > "$SERVERS_DIR/postgres.log" 2>&1 < /dev/null || failed postgres.log || return 1
    export DATABASE_URL=postgresql://postgres@127.0.0.1:$port/postgres
}

start_redis() {
    local port
    have_package redis-server redis-server || return 1
    port=$(free_port)
    redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$SERVERS_DIR" \
        > "$SERVERS_DIR/redis.log" 2>&1 < /dev/null &
    SERVERS_PIDS="$SERVERS_PIDS $!"
    answers "$port" $! || failed redis.log || return 1
    export REDIS_URL=redis://127.0.0.1:$port/0
}

start_kafka() {
    local dir=$SERVERS_DIR/kafka jars=$SERVERS_CACHE/kafka-$KAFKA_VERSION port controller
    have_package java default-jre-headless && kafka_jars "$jars" || return 1
    port=$(free_port) controller=$(free_port)
    mkdir "$dir"
    cat > "$dir/server.properties" << PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$dir/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
PROPERTIES
    java -cp "$jars/*" kafka.tools.StorageTool format --standalone \
        --cluster-id="$(python3 -c 'import base64, uuid; print(base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))')" \
        -c "$dir/server.properties" > "$SERVERS_DIR/kafka.log" 2>&1 < /dev/null || failed kafka.log || return 1
    java -Xmx512m -XX:TieredStopAtLevel=1 -cp "$jars/*" kafka.Kafka "$dir/server.properties" \
        >> "$SERVERS_DIR/kafka.log" 2>&1 < /dev/null &
    SERVERS_PIDS="$SERVERS_PIDS $!"
    answers "$port" $! || failed kafka.log || return 1
    export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port
}

# kafka_jars FOLDER: fetch them once; a fetch that was cut leaves nothing behind.
kafka_jars() {
    local draft
    [ -d "$1" ] && return
    have_package mvn maven || return 1
    mkdir -p "$SERVERS_CACHE" && draft=$(mktemp -d "$SERVERS_CACHE/kafka.XXXXXX") || { why="$SERVERS_CACHE cannot be written"; return 1; }
    cat > "$draft/pom.xml" << POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>kafka-run</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
<version>$KAFKA_VERSION</version></dependency></dependencies></project>
POM
    if (cd "$draft" && mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars) > "$SERVERS_DIR/maven.log" 2>&1 < /dev/null; then
        mv "$draft/jars" "$1" 2> /dev/null || [ -d "$1" ]
        rm -rf "$draft"
    else
        rm -rf "$draft"
        failed maven.log
    fi
}

# have_package COMMAND PACKAGE: whether the command is there, or can be installed.
have_package() {
    command -v "$1" > /dev/null 2>&1 && return
    if ! command -v apt-get > /dev/null 2>&1; then
        why="${1##*/} is not installed"
        return 1
    elif [ "$(id -u)" != 0 ]; then
        why="${1##*/} is not installed, and apt-get install $2 needs root"
        return 1
    fi
    {
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$2" \
            || { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$2"; }
    } > "$SERVERS_DIR/apt.log" 2>&1 < /dev/null || failed apt.log
}

# The newest of Debian's, else the one on the path.
postgres_bin() {
    local found
    found=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2> /dev/null | sort -V | tail -n 1)
    if [ -z "$found" ] && found=$(command -v initdb); then found=$(dirname "$found"); fi
    echo "${found:-/usr/lib/postgresql/bin}"
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u "$(postgres_user)" -- "$@"; else "$@"; fi
}

chown_to_postgres() {
    if [ "$(id -u)" = 0 ]; then chown "$(postgres_user)" "$1"; fi
}

postgres_user() {
    if id postgres > /dev/null 2>&1; then echo postgres; else echo nobody; fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# answers PORT PID: wait until the port is open, at most 60 s, while the process runs.
answers() {
    local turn
    for turn in $(seq 600); do
        (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null && return
        kill -0 "$2" 2> /dev/null || return 1
        sleep 0.1
    done
    return 1
}

# failed LOG: take its last line as the reason.
failed() {
    why=$(grep -v '^[[:space:]]*$' "$SERVERS_DIR/$1" 2> /dev/null | tail -n 1)
    why=${why:-it did not start}
    return 1
}
