#!/usr/bin/env bash
# make.sh FOLDER - makes the certificates of the tests of `ike certificate` with openssl; those committed here are what it made once.
#
# NAME.pem is a chain as an administrator would give it, the certificate that is judged first (but for the cases about order); root.pem,
# rsa-root.pem and other-root.pem are the trust anchors. The tests say what is to be found: tools/tests/cli/certificate.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,5p' "$0" | sed 's/^# \{0,1\}//'; exit 2; }
mkdir -p "$1"; cd "$1"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

key() { # name kind
	[ ! -s "$work/$1.key" ] || return 0
	case $2 in
	rsa*) openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$work/$1.key" ;;
	p*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${2#p}" -pkeyopt ec_param_enc:named_curve -out "$work/$1.key" ;;
	ed25519) openssl genpkey -algorithm ED25519 -out "$work/$1.key" ;;
	esac
}
# issue NAME KIND ISSUER SUBJECT DAYS EXTENSIONS [OPTION..]: $work/NAME.crt, its key made where there is none.
issue() {
	local name=$1 kind=$2 issuer=$3 subject=$4 days=$5 extensions=$6 signer
	shift 6
	key "$name" "$kind"
	printf '%s\n' "subjectKeyIdentifier=hash" "$extensions" >"$work/ext"
	[ "$name" = "$issuer" ] || echo "authorityKeyIdentifier=keyid" >>"$work/ext"
	openssl req -new -key "$work/$name.key" -subj "$subject" -out "$work/csr"
	if [ "$name" = "$issuer" ]; then signer=(-signkey "$work/$name.key"); else signer=(-CA "$work/$issuer.crt" -CAkey "$work/$issuer.key"); fi
	openssl x509 -req -days "$days" -set_serial "0x10$(openssl rand -hex 8)" -in "$work/csr" -extfile "$work/ext" "${signer[@]}" "$@" \
		-out "$work/$name.crt" 2>/dev/null
}
give() { # case certificate..
	local to=$1 one
	shift
	for one in "$@"; do cat "$work/$one.crt"; done >"$to.pem"
}

O="/C=XX/O=IKE certificate test"
CRL="crlDistributionPoints=URI:http://pki.example.net/ca.crl"
CA=$'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign'
SIGNS="keyUsage=digitalSignature"
SERVER="extendedKeyUsage=serverAuth,1.3.6.1.5.5.8.2.2"
CLIENT="extendedKeyUsage=clientAuth,1.3.6.1.5.5.8.2.2"
NAME="subjectAltName=DNS:vpn.example.net"
HOST="$O/CN=vpn.example.net"
lines() { printf '%s\n' "$@"; }
USUAL=$(lines "$SIGNS" "$SERVER" "$NAME" "$CRL")

issue root p384 root "$O/CN=root" 36500 "$CA" -sha384
issue rsa-root rsa3072 rsa-root "$O/CN=RSA root" 36500 "$CA" -sha256
issue other-root p256 other-root "$O/CN=other root" 36500 "$CA" -sha256
issue int p256 root "$O/CN=intermediate" 36000 "$CA"$'\n'"$CRL" -sha384
issue rsa-int rsa2048 rsa-root "$O/CN=RSA intermediate" 36000 "$CA"$'\n'"$CRL" -sha256
for root in root rsa-root other-root; do give "$root" "$root"; done

# Kinds of keys, all else right.
for kind in rsa1024 rsa2048 rsa4096 p256 p384 p521 ed25519; do
	issue "key-$kind" "$kind" int "$HOST" 3650 "$USUAL" -sha256
	give "key-$kind" "key-$kind" int root
done
issue rsa-chain rsa2048 rsa-int "$HOST" 3650 "$USUAL" -sha256; give rsa-chain rsa-chain rsa-int rsa-root
issue pss rsa2048 rsa-int "$HOST" 3650 "$USUAL" -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32; give pss pss rsa-int rsa-root
issue sha1 rsa2048 rsa-int "$HOST" 3650 "$USUAL" -sha1; give sha1 sha1 rsa-int rsa-root
issue small-ca rsa1024 rsa-root "$O/CN=small intermediate" 36000 "$CA"$'\n'"$CRL" -sha256
issue below-small p256 small-ca "$HOST" 3650 "$USUAL" -sha256; give below-small below-small small-ca rsa-root

# Dates: the certificate lasts a day, an intermediate two.
issue day p256 int "$HOST" 1 "$USUAL" -sha256; give day day int root
issue short-int p256 root "$O/CN=short intermediate" 2 "$CA"$'\n'"$CRL" -sha384
issue below-short p256 short-int "$HOST" 3650 "$USUAL" -sha256; give below-short below-short short-int root

# Purposes and key usage.
purpose() { issue "$1" p256 int "$HOST" 3650 "$(lines "$SIGNS" "$2" "$NAME" "$CRL")" -sha256; give "$1" "$1" int root; }
purpose eku-none ""
purpose eku-any extendedKeyUsage=anyExtendedKeyUsage
purpose eku-server extendedKeyUsage=serverAuth
purpose eku-client "$CLIENT"
purpose eku-both extendedKeyUsage=serverAuth,clientAuth
purpose eku-ike extendedKeyUsage=1.3.6.1.5.5.8.2.2
purpose eku-code extendedKeyUsage=codeSigning
issue usage-encipher rsa2048 int "$HOST" 3650 "$(lines keyUsage=keyEncipherment "$SERVER" "$NAME" "$CRL")" -sha256; give usage-encipher usage-encipher int root
issue no-crl p256 int "$HOST" 3650 "$(lines "$SIGNS" "$SERVER" "$NAME")" -sha256; give no-crl no-crl int root
issue critical p256 int "$HOST" 3650 "$USUAL"$'\n1.2.3.4.5=critical,ASN1:NULL' -sha256; give critical critical int root

# Names.
named() { issue "$1" p256 int "$2" 3650 "$(lines "$SIGNS" "$SERVER" "$3" "$CRL")" -sha256; give "$1" "$1" int root; }
named san-only / "$NAME"
named cn-only "$HOST" ""
named cn-other "$O/CN=server01" "$NAME"
named wildcard "$O/CN=wild" "subjectAltName=DNS:*.example.net"
named cn-wildcard "$O/CN=*.example.net" ""
named ip-name "$O/CN=address" subjectAltName=IP:192.0.2.1
named ip-dns "$O/CN=address" subjectAltName=DNS:192.0.2.1,IP:192.0.2.1
named no-name / ""
named several "$O/CN=several" subjectAltName=DNS:a.example.net,DNS:VPN.Example.Net,IP:2001:db8::1

# Chains.
give order int root key-p256
give order-above key-p256 root int
give gap key-p256 root
give alone key-p256
give no-root key-p256 int
give twice key-p256 int int root
give unrelated key-p256 int root rsa-int
give ca-alone root
give ca-int int root
issue self p256 self "$HOST" 3650 "$(lines "$SIGNS" "$SERVER" "$NAME" basicConstraints=critical,CA:FALSE)" -sha256; give self self
# The intermediate certified by another root as well.
cp "$work/int.key" "$work/cross.key"
issue cross p256 other-root "$O/CN=intermediate" 36000 "$CA"$'\n'"$CRL" -sha256; give cross key-p256 int cross root
# An authority of the same name with another key.
issue twin p256 root "$O/CN=intermediate" 36000 "$CA"$'\n'"$CRL" -sha384; give twin key-p256 twin root
# Issued by what is no authority, by one that may not sign, below a limit of length, below one limited to clients.
issue by-end p256 key-p256 "$O/CN=below an end" 3650 "$USUAL" -sha256; give by-end by-end key-p256 int root
issue no-sign p256 root "$O/CN=signs lists only" 36000 $'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\n'"$CRL" -sha384
issue by-no-sign p256 no-sign "$HOST" 3650 "$USUAL" -sha256; give by-no-sign by-no-sign no-sign root
issue zero p256 root "$O/CN=no authority below" 36000 $'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n'"$CRL" -sha384
issue one p256 zero "$O/CN=one too many" 36000 "$CA"$'\n'"$CRL" -sha256
issue too-deep p256 one "$HOST" 3650 "$USUAL" -sha256; give too-deep too-deep one zero root
issue clients p256 root "$O/CN=clients only" 36000 "$CA"$'\n'"$CRL"$'\nextendedKeyUsage=clientAuth' -sha384
issue by-clients p256 clients "$HOST" 3650 "$USUAL" -sha256; give by-clients by-clients clients root

# Forms.
openssl x509 -in "$work/key-p256.crt" -outform DER -out form-der.cer
openssl crl2pkcs7 -nocrl -certfile no-root.pem -certfile root.pem -outform DER -out form.p7b
openssl crl2pkcs7 -nocrl -certfile no-root.pem -certfile root.pem -out form-p7b.pem
{ for one in key-p256 int root; do openssl x509 -in "$work/$one.crt" -text; done; } | sed 's/$/\r/' >form-text.pem
{ cat "$work/key-p256.key" "$work/key-p256.crt" "$work/int.crt" "$work/root.crt"; } >form-key.pem
openssl x509 -in "$work/key-p256.crt" -trustout -addtrust serverAuth -out form-trusted.pem
openssl pkcs12 -export -inkey "$work/key-p256.key" -in "$work/key-p256.crt" -passout pass:x -out form.pfx
openssl req -new -key "$work/key-p256.key" -subj "$HOST" -out form-request.pem
