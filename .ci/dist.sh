# shellcheck shell=bash
# The builds that people are given, for `.ci/windows`, which tries them, and `.ci/release`, which packs them; sourced, not run. Needs top,
# the repository's folder, and tests/interop/common.sh.
DIST=${CARGO_TARGET_DIR:-$top/target}
WINDOWS=x86_64-pc-windows-gnu
STATIC=x86_64-unknown-linux-musl
# shellcheck disable=SC2034 # used by the scripts that source this
EXE=$DIST/$WINDOWS/dist/ike.exe
# shellcheck disable=SC2034
ELF=$DIST/$STATIC/dist/ike

dist_tools() {
    local packages=() need
    for need in x86_64-w64-mingw32-gcc:gcc-mingw-w64-x86-64 musl-gcc:musl-tools python3:python3 readelf:binutils; do
        command -v "${need%%:*}" >/dev/null || packages+=("${need##*:}")
    done
    python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
    [ ${#packages[@]} = 0 ] || apt_install "${packages[@]}"
    rustup target add "$WINDOWS" "$STATIC" || die "the targets $WINDOWS and $STATIC cannot be installed"
}

# One target at a time: what is built for two at once is built with the features of both. Nothing in the programs tells of the machine that
# built them, or of the hour.
dist_build() { # target, arguments of cargo build..
    local from target=$1
    shift
    for from in "$(rustc --print sysroot)=rust" "${CARGO_HOME:-$HOME/.cargo}=cargo" "$top=."; do
        set -- "$@" --config "build.rustflags=['--remap-path-prefix=$from']"
    done
    if [ "$target" = "$WINDOWS" ]; then set -- "$@" --config "build.rustflags=['-Clink-arg=-Wl,--no-insert-timestamp']"; fi
    cargo build --locked --profile dist -p ikev2-tools --target "$target" "$@"
}

# Prints the program that judges YAML by a schema.
schema_checker() {
    local folder=$top/target/ci/schema
    if ! "$folder/bin/check-jsonschema" --version 2>/dev/null | grep -q ' 0\.39\.0$'; then
        python3 -m venv --clear "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0
    fi
    printf '%s\n' "$folder/bin/check-jsonschema"
}
