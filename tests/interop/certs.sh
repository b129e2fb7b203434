#!/usr/bin/env bash
# certs.sh FOLDER [FAMILY..] - test certificates, made once with openssl; prints the folder.
# Families: rsa2048 rsa4096 p256 p384 p521 ed25519. Files: FAMILY-{root,int1,int2,cint1,cint2}.cert.pem and
# FAMILY-{server,client}.{cert,key}.pem. The 4096 family has two intermediates for the server (int) and two others for the client (cint),
# so that both ends really send a chain. `other-*` (family `other`) has a root that nobody trusts.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,5p' "$0" | sed 's/^# \{0,1\}//'; exit 2; }
FOLDER=$1; shift
SERVER_ID=${IKEPEER_SERVER_ID:-moon.peer.test} CLIENT_ID=${IKEPEER_CLIENT_ID:-carol.peer.test}
mkdir -p "$FOLDER"; cd "$FOLDER"
umask 022
exec 8>.lock; flock 8

key() { # name type
	[ ! -s "$1.key.pem" ] || return 0
	case $2 in
	rsa*) openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1.tmp" ;;
	p256) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve -out "$1.tmp" ;;
	p384) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -pkeyopt ec_param_enc:named_curve -out "$1.tmp" ;;
	p521) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -pkeyopt ec_param_enc:named_curve -out "$1.tmp" ;;
	ed25519) openssl genpkey -algorithm ED25519 -out "$1.tmp" ;;
	esac
	mv "$1.tmp" "$1.key.pem"
}
issue() { # name issuer distinguished-name extensions
	[ ! -s "$1.cert.pem" ] || return 0
	local digest=-sha256 signer
	case $1 in ed25519-*) digest= ;; p384-*) digest=-sha384 ;; p521-*) digest=-sha512 ;; esac
	printf '%s\n' "$4" "subjectKeyIdentifier=hash" >"$1.ext"
	openssl req -new $digest -key "$1.key.pem" -subj "$3" -out "$1.csr"
	if [ "$2" = "$1" ]; then signer=(-signkey "$1.key.pem"); else
		echo "authorityKeyIdentifier=keyid" >>"$1.ext"
		signer=(-CA "$2.cert.pem" -CAkey "$2.key.pem")
	fi
	openssl x509 -req $digest -days 3650 -set_serial "0x$(openssl rand -hex 15)" -in "$1.csr" -extfile "$1.ext" "${signer[@]}" -out "$1.tmp" 2>/dev/null
	mv "$1.tmp" "$1.cert.pem"; rm -f "$1.csr" "$1.ext"
}
DN="/C=XX/O=IKE peer test"
CA=$'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign'
authority() { key "$1" "$2"; issue "$1" "$3" "$DN${4:-}/CN=$1" "$CA"; } # name type issuer [unit]
ends() { # family type server-issuer client-issuer
	local use=$'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature'
	key "$1-server" "$2"; issue "$1-server" "$3" "$DN/CN=$SERVER_ID" "$use"$'\n'"extendedKeyUsage=serverAuth,1.3.6.1.5.5.8.2.2"$'\n'"subjectAltName=DNS:$SERVER_ID"
	key "$1-client" "$2"; issue "$1-client" "$4" "$DN/CN=$CLIENT_ID" "$use"$'\n'"extendedKeyUsage=clientAuth"$'\n'"subjectAltName=DNS:$CLIENT_ID"
}
for f in "${@:-rsa4096}"; do
	case $f in
	rsa4096)
		authority rsa4096-root rsa4096 rsa4096-root
		for x in int cint; do
			authority "rsa4096-${x}1" rsa4096 rsa4096-root "/OU=Intermediate certification authority one"
			authority "rsa4096-${x}2" rsa4096 "rsa4096-${x}1" "/OU=Intermediate certification authority two"
		done
		ends rsa4096 rsa4096 rsa4096-int2 rsa4096-cint2 ;;
	rsa2048 | p256 | p384 | p521 | ed25519) authority "$f-root" "$f" "$f-root"; ends "$f" "$f" "$f-root" "$f-root" ;;
	other) authority other-root p256 other-root; ends other p256 other-root other-root ;;
	*) echo "certs.sh: unknown family $f" >&2; exit 2 ;;
	esac
done
pwd
