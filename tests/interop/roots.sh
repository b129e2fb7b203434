#!/usr/bin/env bash
# roots.sh - newer daemons than this system's: Debian trixie (libreswan 5, OpenIKED 7.4) and sid (strongSwan 6 with ML-KEM), each in a
# folder that the daemons' scripts take as IKEPEER_CHROOT.
# Usage: roots.sh install SUITE.. | path SUITE | version DAEMON
# IKEPEER_ROOTS is the folder above them (/var/tmp/ikev2-peers). They take 0.4 and 0.7 GB, and a minute or two.
set -euo pipefail
NAME=roots.sh
HERE=$(cd "$(dirname "$0")" && pwd)
ROOTS=${IKEPEER_ROOTS:-/var/tmp/ikev2-peers}
# shellcheck disable=SC2034 # common.sh names them
STATE=$ROOTS RUN=$ROOTS PIDFILE=/dev/null LOG=/dev/null NS=''
. "$HERE/common.sh"

TRIXIE="openiked iproute2 libnss3-tools dns-root-data libaudit1 libcap-ng0 libcurl3t64-gnutls libevent-core-2.1-7t64
	libevent-pthreads-2.1-7t64 libldap2 libldns3t64 libnspr4 libnss3 libpam0g libselinux1 libsystemd0 libunbound8"
SID="charon-systemd strongswan-swanctl libstrongswan-standard-plugins libstrongswan-extra-plugins
	libcharon-extauth-plugins libcharon-extra-plugins iproute2"

known() { case $1 in trixie | sid) ;; *) die "the suites are trixie and sid, not '$1'" ;; esac; }
path() { known "$1"; echo "$ROOTS/$1"; }
version() {
	# shellcheck disable=SC2016 # dpkg-query expands it
	case $1 in
	strongswan) chroot "$ROOTS/sid" dpkg-query -W -f '${Version}' charon-systemd ;;
	openiked) chroot "$ROOTS/trixie" dpkg-query -W -f '${Version}' openiked ;;
	libreswan) cat "$ROOTS/trixie/libreswan.version" ;;
	*) die "strongswan, libreswan and openiked are there, not '$1'" ;;
	esac
}
quietly() { "$@" >>"$ROOTS/log" 2>&1 || { tail -n 20 "$ROOTS/log" >&2; die "failed: $*"; }; }

# What was cut short is begun anew: a folder is whole when .whole is in it.
install_suite() {
	known "$1"
	local root=$ROOTS/$1
	need_root
	[ ! -e "$root/.whole" ] || return 0
	command -v debootstrap >/dev/null || apt_install debootstrap
	mkdir -p "$ROOTS"
	: >"$ROOTS/log"
	if [ ! -e "$root/.base" ]; then
		rm -rf "$root"
		quietly debootstrap --variant=minbase "$1" "$root"
		printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
		chmod 755 "$root/usr/sbin/policy-rc.d"
		touch "$root/.base"
	fi
	export DEBIAN_FRONTEND=noninteractive
	# A mirror may be older than its list says it is good for.
	quietly chroot "$root" apt-get -o Acquire::Check-Valid-Until=false update -qq
	case $1 in
	trixie)
		# shellcheck disable=SC2086 # a list of words
		quietly chroot "$root" apt-get install -y -qq --no-install-recommends $TRIXIE
		# Unpacked, for it conflicts with strongSwan; nothing of it is to be configured.
		# shellcheck disable=SC2016 # for the inner shell to expand
		quietly chroot "$root" sh -ec 'cd /tmp && rm -f libreswan_*.deb && apt-get download -qq libreswan && dpkg -x libreswan_*.deb / &&
			dpkg-deb -f libreswan_*.deb Version >/libreswan.version'
		;;
	sid)
		# shellcheck disable=SC2086 # a list of words
		quietly chroot "$root" apt-get install -y -qq --no-install-recommends $SID
		;;
	esac
	touch "$root/.whole"
}

case ${1:-} in
install)
	shift
	exec 8>"${ROOTS%/}.lock"
	flock 8
	for suite; do install_suite "$suite"; done
	;;
path) path "${2:-}" ;;
version) version "${2:-}" ;;
*) sed -n '2,5p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
