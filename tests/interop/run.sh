#!/usr/bin/env bash
# Live handshakes with strongSwan, libreswan and OpenIKED.
#
#   bash tests/interop/run.sh --ci | --all | --list | CASE..      (README.md next to this file)
#   bash tests/interop/run.sh --notations OUT [OPTIONS]           which texts the daemons take, and whether `ike notation` reads the same
#   bash tests/interop/run.sh --causes OUT [CASE..]               failures of daemons, recorded, and what `ike diagnose` says of them
#   bash tests/interop/run.sh --probe OUT [CASE..]                what `ike probe` says of paths and daemons that are known
#   bash tests/interop/run.sh --lenient OUT [OPTIONS]             malformed requests that daemons accept, and whether `ike inspect` shows them whole
#
# Needs root and Debian's apt-get; installs what it lacks, builds the program it drives, `ike`. IKE names one built elsewhere.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$top/target}
# python3-minimal is not enough.
if ! python3 -c 'import concurrent.futures, ctypes' 2>/dev/null || ! command -v ip >/dev/null; then
	NAME=run.sh
	. "$here/common.sh"
	apt_install python3 iproute2
fi
case " $* " in
*" --probe "*" --list "*) shift; exec python3 "$here/probe.py" "$@" ;;
*" --list "*) exec python3 "$here/run.py" "$@" ;;
esac
if [ -z "${IKE:-}" ]; then
	(cd "$top" && cargo build --locked --release -p ikev2-tools)
fi
if [ "${1:-}" = --causes ]; then
	shift
	for daemon in strongswan libreswan openiked; do
		IKEPEER_LSW_ROOT=${TMPDIR:-/tmp}/ikc/shared/libreswan-root "$here/$daemon.sh" install
	done
	exec python3 "$here/causes.py" --ike "${IKE:-$target/release/ike}" "$@"
fi
if [ "${1:-}" = --probe ]; then
	shift
	export IKEPEER_LSW_ROOT=${TMPDIR:-/tmp}/ikc/shared/libreswan-root
	for daemon in strongswan libreswan openiked; do
		"$here/$daemon.sh" install
	done
	"$here/roots.sh" install trixie sid
	exec python3 "$here/probe.py" --ike "${IKE:-$target/release/ike}" "$@"
fi
if [ "${1:-}" = --notations ]; then
	shift
	for daemon in strongswan libreswan openiked; do
		"$here/$daemon.sh" install
	done
	exec python3 "$here/notations.py" --ike "${IKE:-$target/release/ike}" "$@"
fi
if [ "${1:-}" = --lenient ]; then
	shift
	export IKEPEER_LSW_ROOT=${TMPDIR:-/tmp}/ikc/shared/libreswan-root
	for daemon in strongswan libreswan openiked; do
		"$here/$daemon.sh" install
	done
	"$here/roots.sh" install trixie sid
	python3 "$here/lenient.py" "$@"
	exec python3 "$here/lenient_judge.py" --ike "${IKE:-$target/release/ike}" "$1/accepted.jsonl"
fi
exec python3 "$here/run.py" --ike "${IKE:-$target/release/ike}" "$@"
