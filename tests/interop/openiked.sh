#!/usr/bin/env bash
# openiked.sh - OpenIKED's iked for interop runs, as responder or initiator, in a network namespace.
# Usage: openiked.sh install | version | profiles | certs [FAMILY..] | up PROFILE [options] |
#        initiate | reload | terminate | sas | down | status | log | clean
# Options, profiles, environment: README.md next to this file.
set -euo pipefail
NAME=openiked.sh
HERE=$(cd "$(dirname "$0")" && pwd)
STATE=${IKEPEER_IKED_DIR:-${TMPDIR:-/tmp}/ikepeer-openiked}
RUN=$STATE/run
CERTS=${IKEPEER_CERTS:-$STATE/certs}
NS=${IKEPEER_IKED_NS:-ikepeer-iked}
IF=${IKEPEER_IKED_IF:-ikeiked0}
HOST4=198.51.100.5 PEER4=198.51.100.6 HOST6=2001:db8:64::5 PEER6=2001:db8:64::6
PIDFILE=$RUN/iked.pid
LOG=$RUN/iked.log
EAP_USER=carol
EAP_PASS=Ar3etTnp
. "$HERE/common.sh"
PROFILES="psk psk-gcm rsa-chain-4096 rsa-2048 ecdsa ecdsa-p384 ed25519 frag-no strict-proposal legacy"

have_all() { command -v iked >/dev/null && command -v cc >/dev/null && command -v ip >/dev/null && command -v openssl >/dev/null; }
version() { package_version openiked; }
cmd_install() {
	local pk="iproute2 openssl openiked"
	command -v cc >/dev/null || pk="$pk gcc libc6-dev"
	# shellcheck disable=SC2086 # a list of words
	have_all || apt_install $pk
	echo "OpenIKED $(version)"
}
cmd_up() {
	[ $# -ge 1 ] || die "up needs a profile: $PROFILES"
	need_root
	have_all || cmd_install >&2
	! our_pid >/dev/null || die "already running; run 'down' first"
	local PROFILE=$1 FRAG=fragmentation AUTH="psk 0x$PSK_HEX" FAM='' ADDR='' CLIENT='' ROLE=passive LIFE='' GIVEN_NS='' MODE='' FROM=10.77.1.0/24 TO=10.77.2.0/24 CONFIG=''
	shift
	local IKE="ikesa enc aes-256 enc aes-128 auth hmac-sha2-256 auth hmac-sha2-384 prf hmac-sha2-256 prf hmac-sha2-384 group curve25519 group ecp256 group ecp384 group modp2048"
	# "auth hmac-sha2-256" cannot be loaded by the Linux port, so SHA-1 and SHA2-512.
	local ESP="childsa enc aes-256 enc aes-128 auth hmac-sha1 auth hmac-sha2-512"
	case $PROFILE in
	psk) ;;
	psk-gcm) IKE="ikesa enc aes-256-gcm enc aes-128-gcm prf hmac-sha2-256 prf hmac-sha2-384 group curve25519 group ecp256 group ecp384" ;;
	rsa-chain-4096) FAM=rsa4096 AUTH='' ;;
	frag-no) FAM=rsa4096 AUTH='' FRAG=nofragmentation ;;
	rsa-2048) FAM=rsa2048 AUTH='' ;;
	ecdsa) FAM=p256 AUTH='' ;;
	ecdsa-p384) FAM=p384 AUTH='' ;;
	ed25519) FAM=ed25519 AUTH='' ;;
	strict-proposal) IKE="ikesa enc aes-256-gcm prf hmac-sha2-384 group ecp384" ;;
	legacy) IKE="ikesa enc 3des enc aes-128 auth hmac-sha1 prf hmac-sha1 group modp1024" ;;
	*) die "unknown profile '$PROFILE'; one of: $PROFILES" ;;
	esac
	while [ $# -gt 0 ]; do
		[ $# -ge 2 ] || die "$1 needs a value"
		case $1 in
		--fragmentation) [ "$2" = no ] && FRAG=nofragmentation || FRAG=fragmentation ;;
		--ike) IKE=$2 ;;
		--esp) ESP=$2 ;;
		--addr) ADDR=$2 ;;
		--netns) NS=$2 GIVEN_NS=yes ;;
		--client-addr) CLIENT=$2 ;;
		--role) [ "$2" = initiator ] && ROLE=active ;;
		--mode) MODE=$2 ;;	# transport
		--from) FROM=$2 ;;
		--to) TO=$2 ;;
		--config) CONFIG=$2 ;;	# as iked.conf has it: "config address 10.77.2.0/29", "request address any"
		--eap) AUTH="eap $2" ;;	# mschap-v2, of user carol
		--lifetimes) LIFE=$2 ;;	# as iked.conf has them: "ikelifetime 10 lifetime 5"
		*) die "unknown option $1" ;;
		esac
		shift 2
	done
	[ "$ROLE" = passive ] || [ -n "$CLIENT" ] || die "an initiator needs --client-addr"
	mkdir -p "$STATE"; chmod 755 "$STATE"; rm -rf "$RUN"; mkdir -p "$RUN"
	local etc=$RUN/etc d c
	for d in ca certs crls private pubkeys/fqdn pubkeys/ipv4 pubkeys/ipv6 pubkeys/ufqdn; do mkdir -p "$etc/$d"; done
	chmod 700 "$etc/private"
	build_fakekernel
	if [ -n "$FAM" ]; then
		"$HERE/certs.sh" "$CERTS" "$FAM" >/dev/null
		cp "$CERTS/$FAM-server.key.pem" "$etc/private/local.key"
		cp "$CERTS/$FAM-server.cert.pem" "$etc/certs/server.crt"
		# OpenIKED 7.2 reads only the first CERT payload of a peer, so it has to know the peer's intermediate authorities beforehand.
		for c in root cint1 cint2 int1 int2; do
			[ ! -e "$CERTS/$FAM-$c.cert.pem" ] || cat "$CERTS/$FAM-$c.cert.pem"
		done >"$etc/ca/ca.crt"
	else
		openssl ecparam -genkey -name prime256v1 -noout -out "$etc/private/local.key" 2>/dev/null
	fi
	chmod 600 "$etc/private/local.key"
	chmod 644 "$etc"/certs/* "$etc"/ca/* 2>/dev/null || true	# read after dropping privileges
	openssl pkey -in "$etc/private/local.key" -pubout -out "$etc/local.pub" 2>/dev/null
	local start=
	[ "$ROLE" = passive ] || start="set passive"	# `initiate` lifts it
	cat >"$RUN/iked.conf" <<-CONF
	set $FRAG
	${IKEPEER_IKED_SET:-}
	$start
	user "$EAP_USER" "$EAP_PASS"
	ikev2 "peer" $ROLE $MODE esp from $FROM to $TO local ${ADDR:-any} peer ${CLIENT:-any} $IKE $ESP srcid $SERVER_ID dstid $CLIENT_ID $LIFE $AUTH $CONFIG
	CONF
	chmod 600 "$RUN/iked.conf"
	[ -d /etc/iked ] || die "/etc/iked is missing"
	net_up "$IF" $HOST4 $PEER4 $HOST6 $PEER6
	# Its folder is compiled in.
	enter_root "$STATE" "$STATE" "$etc" /etc/iked
	# shellcheck disable=SC2016 # for the inner shell to expand
	[ "${#INTO[@]}" -gt 0 ] || INTO=(unshare -m sh -c 'mount --make-rprivate / && mount --bind "$1" /etc/iked && shift && exec "$@"' sh "$etc")
	setsid ip netns exec "$NS" "${INTO[@]}" env LD_PRELOAD="$STATE/fakekernel.so" iked -dvvv -f "$RUN/iked.conf" -s "$RUN/iked.sock" \
		>"$LOG" 2>&1 </dev/null &
	local pid=$!
	for _ in $(seq 100); do
		grep -q 'updated local CERTREQ\|config_getstatic' "$LOG" && break
		[ -r "/proc/$pid/stat" ] || { cat "$LOG" >&2; cmd_down; die "iked did not start"; }
		sleep 0.05
	done
	sleep 0.2
	remember_pid "$pid"
	note "OpenIKED $(version), pid $pid"
	cat >"$RUN/peer.env" <<-ENV
	IKEPEER_KIND=openiked
	IKEPEER_VERSION=$(version)
	IKEPEER_PROFILE=$PROFILE
	IKEPEER_PID=$pid
	IKEPEER_ADDR=${ADDR:-$PEER4}
	IKEPEER_ADDR6=$PEER6
	IKEPEER_CLIENT_ADDR=${CLIENT:-$HOST4}
	IKEPEER_CLIENT_ADDR6=$HOST6
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
	cat "$RUN/peer.env"
}
ctl() { enter_root "$STATE" "$STATE"; "${INTO[@]}" ikectl -s "$RUN/iked.sock" "$@"; }
case ${1:-} in
install) cmd_install ;;
version) version ;;
profiles) echo "$PROFILES" | tr ' ' '\n' ;;
certs) shift; "$HERE/certs.sh" "$CERTS" "$@" ;;
up) shift; cmd_up "$@" ;;
initiate) ctl active ;;
reload) ctl reload ;;
terminate) ctl reset id "FQDN/$CLIENT_ID" ;;
sas) ctl show sa ;;
down) cmd_down ;;
status) cmd_status ;;
log) cat "$LOG" ;;
clean) cmd_down; rm -rf "$STATE" ;;
*) sed -n '2,5p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
