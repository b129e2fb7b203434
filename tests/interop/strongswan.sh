#!/usr/bin/env bash
# strongswan.sh - strongSwan's charon for interop runs, as responder or initiator.
# Usage: strongswan.sh install | version | profiles | certs [FAMILY..] | up PROFILE [options] |
#        initiate | rekey-child | rekey-ike | terminate | sas | algs | down | status | log | clean
# Options, profiles, environment: README.md next to this file.
set -euo pipefail
NAME=strongswan.sh
HERE=$(cd "$(dirname "$0")" && pwd)
STATE=${IKEPEER_DIR:-${TMPDIR:-/tmp}/ikepeer-strongswan}
RUN=$STATE/run
CERTS=${IKEPEER_CERTS:-$STATE/certs}
PIDFILE=$RUN/charon.pid
LOG=$RUN/charon.log
VICI=unix://$RUN/charon.vici
EAP_USER=carol
EAP_PASS=Ar3etTnp
PPK_TEXT=one-key-that-no-quantum-computer-has
. "$HERE/common.sh"

PROFILES="psk rsa-2048 rsa-chain-4096 ecdsa ecdsa-p384 ecdsa-p521 ed25519 eap-mschapv2
strict-proposal windows-like-legacy wide cookie-required
frag-no frag-yes frag-accept frag-force childless child-mismatch"

have_all() {
	command -v charon-systemd >/dev/null && command -v swanctl >/dev/null &&
	command -v openssl >/dev/null && command -v ip >/dev/null &&
	[ -e /usr/lib/ipsec/plugins/libstrongswan-eap-mschapv2.so ] &&
	[ -e /usr/lib/ipsec/plugins/libstrongswan-curve25519.so ] &&
	[ -e /usr/lib/ipsec/plugins/libstrongswan-ccm.so ] &&
	[ -e /usr/lib/ipsec/plugins/libstrongswan-openssl.so ]
}
version() { package_version charon-systemd; }
cmd_install() {
	local pk="charon-systemd strongswan-swanctl libstrongswan-standard-plugins libstrongswan-extra-plugins
		libcharon-extauth-plugins libcharon-extra-plugins openssl iproute2"
	command -v cc >/dev/null || pk="$pk gcc libc6-dev"
	if ! have_all || ! command -v cc >/dev/null; then
		# shellcheck disable=SC2086 # a list of words
		apt_install $pk
	fi
	have_all || die "packages installed, but something is still missing"
	echo "strongSwan $(version)"
}
cmd_certs() { "$HERE/certs.sh" "$CERTS" "$@"; }

# How CHILD SAs are "installed": fake = fakekernel.c preloaded (default when there is a C compiler), libipsec = strongSwan's
# user-space ESP on a TUN device, real = the kernel's own ESP.
choose_kernel() {
	KERNEL=${IKEPEER_KERNEL:-auto}
	if [ "$KERNEL" = auto ]; then
		if command -v cc >/dev/null; then KERNEL=fake; else
			KERNEL=libipsec; note "no C compiler: using kernel-libipsec, which makes every IKE SA move to the NAT-T port"
		fi
	fi
	[ "$KERNEL" != fake ] || build_fakekernel
	[ "$KERNEL" != libipsec ] || [ -c /dev/net/tun ] || die "kernel-libipsec needs /dev/net/tun"
}

write_strongswan_conf() {
	local libipsec='' interfaces='' limits
	limits="cookie_threshold = $COOKIE_THRESHOLD
	  cookie_threshold_ip = 0
	  block_threshold = 100000
	  half_open_timeout = $HALF_OPEN_TIMEOUT"
	# Its own, but for what the profile is about.
	[ "$LIMITS" != default ] || limits=
	[ "$LIMITS" != default ] || [ "$COOKIE_THRESHOLD" = 0 ] || limits="cookie_threshold = $COOKIE_THRESHOLD
	  half_open_timeout = $HALF_OPEN_TIMEOUT"
	case $ADDR in 127.* | ::1) interfaces='interfaces_use = lo' ;; esac
	[ "$KERNEL" != libipsec ] || libipsec=kernel-libipsec
	cat >"$RUN/strongswan.conf" <<-CONF
	charon-systemd {
	  load = random nonce drbg openssl aes rc2 sha1 sha2 md5 mgf1 hmac kdf xcbc cmac ctr ccm gcm chapoly curve25519 gmp pem pkcs1 pkcs7 pkcs8 pubkey x509 constraints revocation eap-identity eap-md5 eap-mschapv2 eap-tls $libipsec kernel-netlink socket-default counters vici
	  port = $PORT
	  port_nat_t = $NATT
	  install_routes = no
	  install_virtual_ip = no
	  routing_table = 0
	  $interfaces
	  syslog { daemon { default = -1 } auth { default = -1 } }
	  journal { default = -1 }
	  fragment_size = $FRAG_SIZE
	  prefer_configured_proposals = $PREFER
	  $limits
	  accept_unencrypted_mainmode_messages = no
	  retransmit_tries = 3
	  retransmit_timeout = 2.0
	  filelog {
	    main {
	      path = $LOG
	      time_format = %H:%M:%S
	      default = ${IKEPEER_LOG_LEVEL:-1}
	      cfg = ${IKEPEER_LOG_LEVEL:-2}
	      ike = ${IKEPEER_LOG_LEVEL:-$KEYLOG}
	      chd = ${IKEPEER_LOG_LEVEL:-$KEYLOG}
	      enc = ${IKEPEER_LOG_LEVEL:-2}
	      net = ${IKEPEER_LOG_LEVEL:-2}
	      flush_line = yes
	    }
	  }
	  plugins {
	    vici { socket = $VICI }
	    eap-mschapv2 { load = yes }
	  }
	}
	CONF
	[ -z "${IKEPEER_EXTRA_CONF:-}" ] || printf 'charon-systemd {\n%s\n}\n' "$IKEPEER_EXTRA_CONF" >>"$RUN/strongswan.conf"
}

write_swanctl_conf() {
	local local_auth remote_auth remote_id="" ppk="" pool="" c
	[ -z "$PPK" ] || ppk="ppk-one {
	    id = $PPK_ID
	    secret = \"$PPK_SECRET\"
	  }"
	[ -z "$POOL" ] || pool="pools {
	  inner {
	    addrs = $POOL
	    dns = 10.77.1.53
	  }
	}"
	[ -z "$CLIENT" ] || remote_id="
      id = $CLIENT_ID"
	case $AUTH in
	psk) local_auth="auth = psk" remote_auth="auth = psk$remote_id" ;;
	eap) local_auth="auth = pubkey
      certs = $CERTS/$CERTFAM-server.cert.pem"
		remote_auth="auth = eap-mschapv2
      eap_id = %any" ;;
	cert) local_auth="auth = pubkey
      certs = $CERTS/$CERTFAM-server.cert.pem"
		remote_auth="auth = pubkey
      cacerts = $CERTS/$CERTFAM-root.cert.pem$remote_id" ;;
	esac
	case $REMOTE in
	psk) remote_auth="auth = psk$remote_id" ;;
	eap-*) remote_auth="auth = $REMOTE"
		# An initiator is told no EAP identity by its responder.
		[ "$EAP_CERT" = client ] || remote_auth="$remote_auth
      eap_id = %any" ;;
	esac
	# What an initiator authenticates itself by, or a responder that has no other proof than EAP (RFC 5998).
	case $LOCAL in
	psk) local_auth="auth = psk" ;;
	eap-tls) local_auth="auth = eap-tls
      certs = $CERTS/$CERTFAM-$EAP_CERT.cert.pem"
		# Its certificate is that of who it is to the method.
		[ "$EAP_CERT" = server ] || local_auth="$local_auth
      eap_id = $CLIENT_ID" ;;
	eap-*) local_auth="auth = $LOCAL
      eap_id = $EAP_USER" ;;
	esac
	{
	cat <<-CONF
	connections {
	  peer {
	    version = 2
	    local_addrs = ${ANY:-$ADDR}
	    ${CLIENT:+remote_addrs = $CLIENT}
	    ${CLIENT_PORT:+remote_port = $CLIENT_PORT}
	    proposals = $PROPOSALS
	    fragmentation = $FRAG
	    mobike = $MOBIKE
	    childless = $CHILDLESS
	    ${POOL:+pools = inner}
	    ${VIP:+vips = $VIP}
	    ${PPK:+ppk_id = $PPK_ID}
	    ${PPK:+ppk_required = $PPK}
	    send_certreq = yes
	    send_cert = always
	    unique = no
	    rekey_time = 0
	    reauth_time = $REAUTH
	    over_time = $OVER
	    local {
	      $local_auth
	      id = $SERVER_ID
	    }
	    remote {
	      $remote_auth
	    }
	    children {
	      net {
	        mode = $MODE
	        local_ts = $LOCAL_TS
	        remote_ts = $REMOTE_TS
	        esp_proposals = $ESP
	        rekey_time = 0
	        start_action = none
	      }
	    }
	  }
	  $PROBE
	}
	secrets {
	  ike-any { secret = 0x$PSK_HEX }
	  eap-carol {
	    id = $EAP_USER
	    secret = "${EAP_SECRET:-$EAP_PASS}"
	  }
	  $ppk
	}
	$pool
	CONF
	if [ -n "$CERTFAM" ]; then
		echo "authorities {"
		for c in "$CERTFAM-root" "$CERTFAM-int1" "$CERTFAM-int2"; do
			[ ! -e "$CERTS/$c.cert.pem" ] || printf '  %s { cacert = %s/%s.cert.pem }\n' "$c" "$CERTS" "$c"
		done
		echo "}"
		mkdir -p "$RUN/private"; cp "$CERTS/$CERTFAM-server.key.pem" "$CERTS/$CERTFAM-$EAP_CERT.key.pem" "$RUN/private/"
	fi
	} >"$RUN/swanctl.conf"
}

swan() {
	local c=$1; shift
	SWANCTL_DIR=$RUN STRONGSWAN_CONF=$RUN/strongswan.conf swanctl "$c" "$@" --uri "$VICI" \
		2> >(grep -vE '^opening directory|providers loaded|TPM 2.0|plugin .tpm.' >&2)
}
inside() { if [ -n "$NS" ]; then ip netns exec "$NS" "$@"; else "$@"; fi; }

# One well-formed IKE_SA_INIT (AES-GCM-16-256, PRF-SHA256, Curve25519) that leaves a half-open SA behind, so that
# cookie_threshold = 1 applies to the very next initiator. It waits until the daemon counts it, and sends it again as a retransmission does.
half_open_one() {
	local hex marker=
	[ "$PORT" = 500 ] || marker=00000000
	hex=${marker}11111111111111110000000000000000212022080000000000000090
	hex+=2200002800000024010100030300000c01000014800e010003000008020000050000000804""00001f
	hex+=28000028001f000009$(printf '%062d' 0)
	hex+=0000002400112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
	printf '%s' "$hex" | sed 's/../\\x&/g' >"$RUN/probe.txt"
	local i
	for i in $(seq 0 99); do
		[ $((i % 20)) != 0 ] || inside bash -c "printf '%b' \"\$(cat '$RUN/probe.txt')\" >'/dev/udp/$ADDR/$PORT'" || true
		! swan --stats 2>/dev/null | grep -q '[1-9][0-9]* half-open' || break
		sleep 0.05
	done
	rm -f "$RUN/probe.txt"
	[ "$i" != 99 ] || { tail -n 20 "$LOG" >&2; cmd_down; die "charon has no half-open SA after 5 s"; }
}

cmd_up() {
	[ $# -ge 1 ] || die "up needs a profile: $PROFILES"
	need_root
	local PROFILE=$1; shift
	have_all || cmd_install >&2
	ADDR=${IKEPEER_ADDR:-127.0.0.1} PORT=${IKEPEER_PORT:-15500} NATT=${IKEPEER_NATT_PORT:-15450}
	NS=${IKEPEER_NS:-} CLIENT='' CLIENT_PORT=''
	FRAG=yes FRAG_SIZE=1280 PREFER=yes KEYLOG=4 COOKIE_THRESHOLD=0 HALF_OPEN_TIMEOUT=30 LIMITS=none MOBIKE=yes ANY=
	CHILDLESS=allow AUTH=psk CERTFAM='' REMOTE='' LOCAL='' POOL='' VIP='' PPK='' PPK_ID=ppk-1 PPK_SECRET=$PPK_TEXT EAP_SECRET='' EAP_CERT=server
	REAUTH=0 OVER=0 MODE=tunnel LOCAL_TS=10.77.1.0/24 REMOTE_TS=10.77.2.0/24
	PROPOSALS=aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256-curve25519-modp2048-modp3072,aes256-aes128-sha512-sha384-sha256-ecp521-ecp384-ecp256-curve25519-modp4096-modp3072-modp2048,chacha20poly1305-prfsha256-curve25519-ecp256,aes256-aes128-sha1-modp2048-modp1024,3des-sha1-modp1024
	ESP=aes256gcm16-aes128gcm16,aes256-aes128-sha512-sha384-sha256-sha1,chacha20poly1305,3des-sha1
	case $PROFILE in
	psk) ;;
	wide) PROPOSALS=$PROPOSALS,aes256-aes192-aes128-sha512-sha384-sha256-sha1-aesxcbc-curve448-curve25519-ecp521-ecp384-ecp256-modp8192-modp6144-modp4096-modp3072-modp2048-modp1536-modp1024,aes256gcm8-aes256gcm12-aes192gcm16-aes128gcm8-aes256ccm16-aes256ccm12-aes256ccm8-aes128ccm16-prfsha512-prfsha384-prfsha256-prfsha1-curve448-curve25519-ecp521-ecp384-ecp256-modp2048 ;;
	rsa-2048) AUTH=cert CERTFAM=rsa2048 ;;
	rsa-chain-4096) AUTH=cert CERTFAM=rsa4096 ;;
	ecdsa) AUTH=cert CERTFAM=p256 ;;
	ecdsa-p384) AUTH=cert CERTFAM=p384 ;;
	ecdsa-p521) AUTH=cert CERTFAM=p521 ;;
	ed25519) AUTH=cert CERTFAM=ed25519 ;;
	eap-mschapv2) AUTH=eap CERTFAM=rsa2048 ;;
	strict-proposal) PROPOSALS=aes256gcm16-prfsha384-ecp384 ESP=aes256gcm16-ecp384 ;;
	windows-like-legacy) PROPOSALS=aes256-sha256-modp1024,aes256-sha1-modp1024,3des-sha256-modp1024,3des-sha1-modp1024 ESP=aes256-sha1,aes128-sha1,3des-sha1 AUTH=cert CERTFAM=rsa2048 ;;
	cookie-required) COOKIE_THRESHOLD=1 HALF_OPEN_TIMEOUT=86400 ;;
	frag-no) FRAG=no AUTH=cert CERTFAM=rsa4096 ;;
	frag-yes) FRAG=yes AUTH=cert CERTFAM=rsa4096 ;;
	frag-accept) FRAG=accept AUTH=cert CERTFAM=rsa4096 ;;
	frag-force) FRAG=force AUTH=cert CERTFAM=rsa4096 ;;
	childless) CHILDLESS=force ;;
	child-mismatch) ESP=aes128ctr-aesxcbc ;;
	*) die "unknown profile '$PROFILE'; one of: $PROFILES" ;;
	esac
	while [ $# -gt 0 ]; do
		[ $# -ge 2 ] || die "$1 needs a value"
		case $1 in
		--fragmentation) FRAG=$2 ;;
		--fragment-size) FRAG_SIZE=$2 ;;
		--limits) LIMITS=$2 ;;	# default: those that charon has by itself
		--ike | --proposals) PROPOSALS=$2 ;;
		--esp) ESP=$2 ;;
		--port) PORT=$2 ;;
		--natt-port) NATT=$2 ;;
		--addr) ADDR=$2 ;;
		--netns) NS=$2 ;;
		--client-addr) CLIENT=$2 ;;
		--client-port) CLIENT_PORT=$2 ;;
		--prefer-configured) PREFER=$2 ;;
		--childless) CHILDLESS=$2 ;;
		--mobike) MOBIKE=$2 ;;
		--any-addr) [ "$2" != yes ] || ANY=%any ;;	# whatever address this host has
		--remote-auth) REMOTE=$2 ;;	# psk: we sign, and the other has the shared key; eap-mschapv2, eap-tls
		--local-auth) LOCAL=$2 ;;
		--eap-password) EAP_SECRET=$2 ;;
		--eap-cert) EAP_CERT=$2 ;;	# client: of an initiator, which does not have a server's certificate
		--pool) POOL=$2 REMOTE_TS=dynamic ;;	# addresses for who asks
		--vip) VIP=$2 LOCAL_TS=dynamic ;;	# the address to ask for
		--ppk) PPK=$2 ;;	# a PPK, and whether it is required: yes or no
		--ppk-secret) PPK_SECRET=$2 ;;
		--reauth) REAUTH=$2 ;;	# seconds that an authentication counts for: AUTH_LIFETIME
		--over) OVER=$2 ;;	# how long before the end of the other's AUTH_LIFETIME an initiator begins anew
		--mode) MODE=$2 LOCAL_TS=dynamic REMOTE_TS=dynamic ;;
		--cookies) [ "$2" != yes ] || COOKIE_THRESHOLD=1 HALF_OPEN_TIMEOUT=86400 ;;
		--keylog) case $2 in yes) KEYLOG=4 ;; *) KEYLOG=2 ;; esac ;;
		*) die "unknown option $1" ;;
		esac
		shift 2
	done
	! our_pid >/dev/null || die "already running (pid $(our_pid)); run 'down' first"
	# charon binds with SO_REUSEADDR: a second daemon on the same port would start without complaint and answer some of the packets.
	local p
	for p in "$PORT" "$NATT"; do
		! inside cat /proc/net/udp /proc/net/udp6 2>/dev/null | grep -qi ":$(printf '%04X' "$p") 0" || die "UDP port $p is in use"
	done
	mkdir -p "$STATE"; chmod 700 "$STATE"
	rm -rf "$RUN"; mkdir -p "$RUN"
	[ -z "$CERTFAM" ] || cmd_certs "$CERTFAM" >/dev/null
	choose_kernel
	PROBE=
	# The half-open SA that turns cookies on is of a connection of its own, from the daemon's own address, so that the policy stays as it was given.
	[ "$COOKIE_THRESHOLD" = 0 ] || [ -z "$CLIENT" ] || [ "$CLIENT" = "$ADDR" ] ||
		PROBE="probe {
	    version = 2
	    local_addrs = $ADDR
	    remote_addrs = $ADDR
	    proposals = aes256gcm16-prfsha256-curve25519
	    local {
	      auth = psk
	      id = $SERVER_ID
	    }
	    remote {
	      auth = psk
	    }
	  }"
	write_strongswan_conf
	write_swanctl_conf
	local preload='' pid
	[ "$KERNEL" != fake ] || preload=$STATE/fakekernel.so
	# Another system's charon; swanctl stays ours.
	enter_root "$STATE" "$STATE"
	setsid ${NS:+ip netns exec "$NS"} "${INTO[@]}" env LD_PRELOAD="$preload" STRONGSWAN_CONF="$RUN/strongswan.conf" \
		charon-systemd >"$RUN/stdout" 2>&1 </dev/null &
	pid=$!
	for _ in $(seq 100); do
		[ -S "$RUN/charon.vici" ] && break
		[ -r "/proc/$pid/stat" ] || { cat "$RUN/stdout" "$LOG" >&2 2>/dev/null; die "charon did not start"; }
		sleep 0.05
	done
	remember_pid "$pid"
	[ -S "$RUN/charon.vici" ] || { tail -n 20 "$LOG" >&2; cmd_down; die "charon did not open its control socket in 5 s"; }
	if ! swan --load-all --file "$RUN/swanctl.conf" >"$RUN/load.out" 2>&1; then
		cat "$RUN/load.out" >&2; cmd_down; die "configuration was refused"
	fi
	[ "$COOKIE_THRESHOLD" = 0 ] || half_open_one
	note "strongSwan $(version), pid $pid"
	cat >"$RUN/peer.env" <<-ENV
	IKEPEER_KIND=strongswan
	IKEPEER_VERSION=$(version)
	IKEPEER_PROFILE=$PROFILE
	IKEPEER_KERNEL=$KERNEL
	IKEPEER_PID=$pid
	IKEPEER_ADDR=$ADDR
	IKEPEER_PORT=$PORT
	IKEPEER_NATT_PORT=$NATT
	IKEPEER_NON_ESP_MARKER_ON_PORT=$([ "$PORT" = 500 ] && echo no || echo yes)
	IKEPEER_LOG=$LOG
	IKEPEER_STATE=$STATE
	IKEPEER_CERTS=$CERTS
	IKEPEER_CERT_FAMILY=$CERTFAM
	IKEPEER_AUTH=$AUTH
	IKEPEER_SERVER_ID=$SERVER_ID
	IKEPEER_CLIENT_ID=$CLIENT_ID
	IKEPEER_PSK_HEX=$PSK_HEX
	IKEPEER_EAP_USER=$EAP_USER
	IKEPEER_EAP_PASSWORD=$EAP_PASS
	IKEPEER_PROPOSALS=$PROPOSALS
	IKEPEER_ESP_PROPOSALS=$ESP
	IKEPEER_FRAGMENTATION=$FRAG
	IKEPEER_FRAGMENT_SIZE=$FRAG_SIZE
	IKEPEER_LOCAL_TS=10.77.1.0/24
	IKEPEER_REMOTE_TS=10.77.2.0/24
	ENV
	cat "$RUN/peer.env"
}

case ${1:-} in
install) cmd_install ;;
version) version ;;
profiles) echo "$PROFILES" | tr ' ' '\n' ;;
certs) shift; cmd_certs "$@" ;;
up) shift; cmd_up "$@" ;;
initiate) swan --initiate --child net --timeout "${2:-20}" ;;
rekey-child) swan --rekey --child net ;;
rekey-ike) swan --rekey --ike peer ;;
terminate) swan --terminate --ike peer --timeout "${2:-10}" ;;
down) cmd_down ;;
status) cmd_status ;;
log) if [ "${2:-}" = -f ]; then exec tail -n +1 -f "$LOG"; else cat "$LOG"; fi ;;
sas) swan --list-sas ;;
algs) swan --list-algs ;;
clean) cmd_down; rm -rf "$STATE" ;;
*) sed -n '2,5p' "$0" | sed 's/^# \{0,1}//'; exit 2 ;;
esac
