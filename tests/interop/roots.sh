#!/usr/bin/env bash
# roots.sh - newer programs than this system's: Debian trixie (libreswan 5, OpenIKED 7.4) and sid (strongSwan 6 with ML-KEM), each in a
# folder that the daemons' scripts take as IKEPEER_CHROOT; and wine 10 of trixie in a folder of its own, for programs of Windows.
# Usage: roots.sh install SUITE.. | path SUITE | version PROGRAM
# IKEPEER_ROOTS is the folder above them (/var/tmp/ikev2-peers). They take 0.4, 0.7 and 1.2 GB, and a minute or two.
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

# Unpacked only: for a console it needs libunwind8 and zlib, a tenth of what it depends on.
WINE="wine64 libwine libz-mingw-w64"

known() { case $1 in trixie | sid | wine) ;; *) die "the suites are trixie, sid and wine, not '$1'" ;; esac; }
path() { known "$1"; echo "$ROOTS/$1"; }
version() {
	# shellcheck disable=SC2016 # dpkg-query expands it
	case $1 in
	strongswan) chroot "$ROOTS/sid" dpkg-query -W -f '${Version}' charon-systemd ;;
	openiked) chroot "$ROOTS/trixie" dpkg-query -W -f '${Version}' openiked ;;
	libreswan) cat "$ROOTS/trixie/libreswan.version" ;;
	wine) cat "$ROOTS/wine/wine.version" ;;
	*) die "strongswan, libreswan, openiked and wine are there, not '$1'" ;;
	esac
}
quietly() { "$@" >>"$ROOTS/log" 2>&1 || { tail -n 20 "$ROOTS/log" >&2; die "failed: $*"; }; }

# What wine sees as the disk of Windows, in /wine. Each library there is wine's own file by another name, not a copy: 0.7 GB less.
make_prefix() { # root
	local ours=$1/usr/lib/x86_64-linux-gnu/wine/x86_64-windows copy own
	# zlib1.dll is no part of wine: it stands where both find it.
	cp "$1/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$ours/zlib1.dll"
	rm -rf "$1/wine"
	in_wine "$1" wineboot --init
	cp "$ours/zlib1.dll" "$1/wine/drive_c/windows/system32/zlib1.dll"
	for copy in "$1"/wine/drive_c/windows/system32/*; do
		own=$ours/${copy##*/}
		if [ -f "$own" ] && cmp -s "$own" "$copy"; then ln -f "$own" "$copy"; fi
	done
	# What is still to be done is done when a program is started for the first time.
	in_wine "$1" cmd /c exit
}
# A program of Windows, and whatever it leaves behind: the first process of these ends with it and takes the others along.
in_wine() { # root program..
	local IKEPEER_CHROOT=$1
	shift
	# shellcheck disable=SC2119 # no folder of this system is wanted there
	enter_root
	timeout --kill-after 5 120 unshare --pid --fork --kill-child "${INTO[@]}" \
		env -i PATH=/usr/bin:/bin HOME=/root WINEPREFIX=/wine WINEDEBUG=-all \
		sh -ec '/usr/lib/wine/wine64 "$@" && /usr/lib/wine/wineserver64 -w' sh "$@"
}

# What was cut short is begun anew: a folder is whole when .whole is in it.
install_suite() {
	known "$1"
	local root=$ROOTS/$1 suite=$1 include=()
	[ "$1" != wine ] || { suite=trixie; include=(--include libunwind8); }
	need_root
	[ ! -e "$root/.whole" ] || return 0
	command -v debootstrap >/dev/null || apt_install debootstrap
	mkdir -p "$ROOTS"
	: >"$ROOTS/log"
	if [ ! -e "$root/.base" ]; then
		rm -rf "$root"
		quietly debootstrap --variant=minbase "${include[@]}" "$suite" "$root"
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
	wine)
		# shellcheck disable=SC2016 # for the inner shell to expand
		quietly chroot "$root" sh -ec 'cd /tmp && rm -f ./*.deb && apt-get download -qq $1 && for each in ./*.deb; do dpkg -x "$each" /; done &&
			dpkg-deb -f wine64_*.deb Version >/wine.version && rm -f ./*.deb && apt-get clean' sh "$WINE"
		quietly make_prefix "$root"
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
