#!/usr/bin/env bash
# libreswan.sh - libreswan's pluto for interop runs, as responder or initiator, in a network namespace.
# Usage: libreswan.sh install | version | profiles | certs [FAMILY..] | up PROFILE [options] |
#        initiate | rekey-child | rekey-ike | reload | terminate | sas | down | status | log | clean
# Options, profiles, environment: README.md next to this file.
set -euo pipefail
NAME=libreswan.sh
HERE=$(cd "$(dirname "$0")" && pwd)
STATE=${IKEPEER_LSW_DIR:-${TMPDIR:-/tmp}/ikepeer-libreswan}
RUN=$STATE/run
# The unpacked package: it cannot be installed next to strongSwan.
ROOT=${IKEPEER_CHROOT:-${IKEPEER_LSW_ROOT:-$STATE/root}}
CERTS=${IKEPEER_CERTS:-$STATE/certs}
NS=${IKEPEER_LSW_NS:-ikepeer-lsw}
IF=${IKEPEER_LSW_IF:-ikelsw0}
HOST4=198.51.100.9 PEER4=198.51.100.10 HOST6=2001:db8:65::9 PEER6=2001:db8:65::10
PIDFILE=$RUN/pluto.pid
LOG=$RUN/pluto.log
. "$HERE/common.sh"
PROFILES="psk psk-gcm psk-chacha rsa-chain-4096 rsa-2048 ecdsa ecdsa-p384 frag-no strict-proposal"
DEPS="dns-root-data iproute2 openssl libnss3-tools libaudit1 libcap-ng0 libcurl3-nss libevent-core-2.1-7 libevent-pthreads-2.1-7 libldap-2.5-0 libldns3 libnspr4 libnss3 libpam0g libselinux1 libsystemd0 libunbound8"

have_all() { [ -n "${IKEPEER_CHROOT:-}" ] || have_own; }
have_own() { [ -x "$ROOT/usr/libexec/ipsec/pluto" ] && command -v cc >/dev/null && command -v certutil >/dev/null && command -v ip >/dev/null && ! ldd "$ROOT/usr/libexec/ipsec/pluto" | grep -q 'not found'; }
version() { cat "$ROOT/version" 2>/dev/null || cat "$ROOT/libreswan.version" 2>/dev/null || echo unknown; }
cmd_install() {
	if ! have_all; then
		local pk=$DEPS deb
		command -v cc >/dev/null || pk="$pk gcc libc6-dev"
		# shellcheck disable=SC2086 # a list of words
		apt_install $pk
		local folder=$ROOT.deb
		mkdir -p "$folder"
		# apt-get download wants a folder that its own user may write to; it only warns when it is not.
		(cd "$folder" && rm -f ./*.deb && apt-get download -qq libreswan >&2 2>/dev/null) || die "apt-get download libreswan failed"
		for deb in "$folder"/libreswan_*.deb; do
			dpkg -x "$deb" "$ROOT"
			dpkg-deb -f "$deb" Version >"$ROOT/version"
		done
		have_all || die "could not unpack libreswan"
	fi
	echo "libreswan $(version)"
}
# A pool, an address to come and transport mode go without one: none.
subnet() { # left|right network
	if [ "$2" = none ]; then echo "# no ${1}subnet"; else echo "${1}subnet=$2"; fi
}
cmd_up() {
	[ $# -ge 1 ] || die "up needs a profile: $PROFILES"
	need_root
	have_all || cmd_install >&2
	! our_pid >/dev/null || die "already running; run 'down' first"
	local PROFILE=$1 FRAG=yes AUTHBY=secret GIVEN_AUTHBY='' FAM='' CERTLINES='' ADDR=$PEER4 CLIENT=$HOST4 GIVEN_NS='' PFS=no MODE=unlimited
	shift
	local ESP="aes256-sha1,aes128-sha1,aes_gcm256-null,aes_gcm128-null"
	local IKE="aes256-sha2_256;dh31,aes256-sha2_256;dh19,aes256-sha2_256;dh14,aes128-sha2_256;dh31,aes128-sha2_256;dh19,aes128-sha2_256;dh14"
	case $PROFILE in
	psk) ;;
	psk-gcm) IKE="aes_gcm256-sha2_384;dh20,aes_gcm256-sha2_256;dh31,aes_gcm128-sha2_256;dh31,aes_gcm128-sha2_256;dh19" ;;
	psk-chacha) IKE="chacha20_poly1305-sha2_256;dh31" ESP="chacha20_poly1305" ;;
	rsa-chain-4096) FAM=rsa4096 ;;
	rsa-2048) FAM=rsa2048 ;;
	ecdsa) FAM=p256 ;;
	ecdsa-p384) FAM=p384 ;;
	frag-no) FAM=rsa4096 FRAG=no ;;
	strict-proposal) IKE="aes_gcm256-sha2_384;dh20" ;;
	*) die "unknown profile '$PROFILE'; one of: $PROFILES" ;;
	esac
	while [ $# -gt 0 ]; do
		[ $# -ge 2 ] || die "$1 needs a value"
		case $1 in
		--fragmentation) FRAG=$2 ;;
		--ike) IKE=$2 ;;
		--esp) ESP=$2 ;;
		--pfs) PFS=$2 ;;
		--addr) ADDR=$2 ;;
		--netns) NS=$2 GIVEN_NS=yes ;;
		--client-addr) CLIENT=$2 ;;
		--authby) GIVEN_AUTHBY=$2 ;;
		--cookies) [ "$2" != yes ] || MODE=busy ;;
		*) die "unknown option $1" ;;
		esac
		shift 2
	done
	mkdir -p "$STATE"; chmod 755 "$STATE"; rm -rf "$RUN"; mkdir -p "$RUN/nss" "$RUN/ipsec.d/policies" "$RUN/run"
	build_fakekernel
	certutil -N -d "sql:$RUN/nss" --empty-password >/dev/null
	local c
	if [ -n "$FAM" ]; then
		"$HERE/certs.sh" "$CERTS" "$FAM" >/dev/null
		case $FAM in p256 | p384) AUTHBY=ecdsa ;; *) AUTHBY=rsasig ;; esac
		CERTLINES=$'    leftcert=server\n    rightca=%any\n    leftsendcert=always\n    sendca=all'
		: >"$RUN/chain.pem"
		for c in root int1 int2; do [ ! -e "$CERTS/$FAM-$c.cert.pem" ] || cat "$CERTS/$FAM-$c.cert.pem" >>"$RUN/chain.pem"; done
		openssl pkcs12 -export -inkey "$CERTS/$FAM-server.key.pem" -in "$CERTS/$FAM-server.cert.pem" \
			-certfile "$RUN/chain.pem" -name server -passout pass:x -out "$RUN/s.p12"
		pk12util -i "$RUN/s.p12" -d "sql:$RUN/nss" -W x -K "" >/dev/null
		for c in root int1 int2; do
			[ ! -e "$CERTS/$FAM-$c.cert.pem" ] ||
				certutil -A -d "sql:$RUN/nss" -n $c -t "$([ $c = root ] && echo CT,, || echo ,,)" -a -i "$CERTS/$FAM-$c.cert.pem" 2>/dev/null || true
		done
		certutil -M -d "sql:$RUN/nss" -n root -t CT,, 2>/dev/null || true
	fi
	AUTHBY=authby=${GIVEN_AUTHBY:-$AUTHBY}
	# leftauth and rightauth stand in its place.
	[ "$AUTHBY" != authby=none ] || AUTHBY="# no authby"
	{ echo ": PSK 0x$PSK_HEX"; printf '%s\n' "${IKEPEER_LSW_SECRETS:-}"; } >"$RUN/ipsec.secrets"; chmod 600 "$RUN/ipsec.secrets"
	cat >"$RUN/ipsec.conf" <<-CONF
	config setup
	    nssdir=$RUN/nss
	    ipsecdir=$RUN/ipsec.d
	    uniqueids=no
	    ddos-mode=$MODE
	${IKEPEER_LSW_SETUP:-}

	conn peer
	    ikev2=${IKEPEER_LSW_IKEV2:-insist}
	    left=$ADDR
	    leftid=@$SERVER_ID
	    $(subnet left "${IKEPEER_LSW_LEFT:-10.77.1.0/24}")
	    right=$CLIENT
	    rightid=@$CLIENT_ID
	    $(subnet right "${IKEPEER_LSW_RIGHT:-10.77.2.0/24}")
	    $AUTHBY
	    auto=add
	    ike=$IKE
	    esp=$ESP
	    pfs=$PFS
	    fragmentation=$FRAG
	    leftupdown=/bin/true
	CONF
	[ -z "${IKEPEER_LSW_CONN:-}" ] || printf '%s\n' "$IKEPEER_LSW_CONN" >>"$RUN/ipsec.conf"
	[ -z "$CERTLINES" ] || printf '%s\n' "$CERTLINES" >>"$RUN/ipsec.conf"
	net_up "$IF" $HOST4 $PEER4 $HOST6 $PEER6
	enter_root "$STATE" "$STATE"
	# The helpers have their path compiled in, hence the mount.
	[ "${#INTO[@]}" -gt 0 ] || mkdir -p /usr/libexec
	# shellcheck disable=SC2016 # for the inner shell to expand
	[ "${#INTO[@]}" -gt 0 ] || INTO=(unshare -m sh -c 'mount --make-rprivate / && mount --bind "$1/usr/libexec" /usr/libexec && shift && exec "$@"' sh "$ROOT")
	setsid ip netns exec "$NS" "${INTO[@]}" env LD_PRELOAD="$STATE/fakekernel.so" /usr/libexec/ipsec/pluto --nofork --config "$RUN/ipsec.conf" --nssdir "$RUN/nss" --rundir "$RUN/run" \
		--ipsecdir "$RUN/ipsec.d" --secretsfile "$RUN/ipsec.secrets" --logfile "$LOG" --use-xfrm --no-dnssec --debug base \
		>"$RUN/stdout" 2>&1 </dev/null &
	local pid=$!
	for _ in $(seq 100); do
		[ -S "$RUN/run/pluto.ctl" ] && break
		[ -r "/proc/$pid/stat" ] || { tail -n 20 "$RUN/stdout" >&2; tail -n 20 "$LOG" >&2; cmd_down; die "pluto did not start"; }
		sleep 0.05
	done
	remember_pid "$pid"
	{ whack --listen && load; } >"$RUN/load.out" 2>&1 ||
		{ cat "$RUN/load.out" >&2; cmd_down; die "configuration was refused"; }
	note "libreswan $(version), pid $pid"
	cat >"$RUN/peer.env" <<-ENV
	IKEPEER_KIND=libreswan
	IKEPEER_VERSION=$(version)
	IKEPEER_PROFILE=$PROFILE
	IKEPEER_PID=$pid
	IKEPEER_ADDR=$ADDR
	IKEPEER_CLIENT_ADDR=$CLIENT
	IKEPEER_PORT=500
	IKEPEER_NATT_PORT=4500
	IKEPEER_NON_ESP_MARKER_ON_PORT=no
	IKEPEER_LOG=$LOG
	IKEPEER_CERTS=${FAM:+$CERTS}
	IKEPEER_CERT_FAMILY=$FAM
	IKEPEER_SERVER_ID=$SERVER_ID
	IKEPEER_CLIENT_ID=$CLIENT_ID
	IKEPEER_PSK_HEX=$PSK_HEX
	IKEPEER_PROPOSALS="$IKE"
	IKEPEER_ESP_PROPOSALS="$ESP"
	IKEPEER_FRAGMENTATION=$FRAG
	IKEPEER_LOCAL_TS=10.77.1.0/24
	IKEPEER_REMOTE_TS=10.77.2.0/24
	ENV
	echo "$NS" >"$RUN/netns"
	cat "$RUN/peer.env"
}
tool() {
	local name=$1; shift
	[ ! -s "$RUN/netns" ] || NS=$(cat "$RUN/netns")
	enter_root "$STATE" "$STATE"
	local tools=$ROOT/usr/libexec/ipsec
	[ "${#INTO[@]}" = 0 ] || tools=/usr/libexec/ipsec
	ip netns exec "$NS" "${INTO[@]}" "$tools/$name" "$@"
}
load() { tool addconn --config "$RUN/ipsec.conf" --ctlsocket "$RUN/run/pluto.ctl" peer; }
whack() { tool whack --ctlsocket "$RUN/run/pluto.ctl" "$@"; }
case ${1:-} in
install) cmd_install ;;
version) version ;;
profiles) echo "$PROFILES" | tr ' ' '\n' ;;
certs) shift; "$HERE/certs.sh" "$CERTS" "$@" ;;
up) shift; cmd_up "$@" ;;
initiate) timeout "${2:-20}" "$0" whack --name peer --initiate ;;
# pluto 5 has another name for it.
rekey-child) timeout "${2:-60}" "$0" whack --name peer "$(case $(version) in 4.*) echo --rekey-ipsec ;; *) echo --rekey-child ;; esac)" ;;
rekey-ike) whack --name peer --rekey-ike ;;
terminate) whack --name peer --terminate ;;
whack) shift; whack "$@" ;;
reload) whack --delete --name peer; load ;;
sas) whack --trafficstatus; whack --briefstatus ;;
down) cmd_down ;;
status) cmd_status ;;
log) cat "$LOG" ;;
clean) cmd_down; rm -rf "$STATE" ;;
*) sed -n '2,5p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
