# shellcheck shell=bash
# What the three daemon scripts share; sourced by them, not run. Needs NAME, STATE, RUN, PIDFILE, LOG, NS.
die() { echo "$NAME: $*" >&2; exit 1; }
note() { echo "$NAME: $*" >&2; }

# shellcheck disable=SC2034 # used by the scripts that source this
PSK_HEX=${IKEPEER_PSK_HEX:-000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f}
# shellcheck disable=SC2034
SERVER_ID=${IKEPEER_SERVER_ID:-moon.peer.test}
# shellcheck disable=SC2034
CLIENT_ID=${IKEPEER_CLIENT_ID:-carol.peer.test}

need_root() { [ "$(id -u)" = 0 ] || die "must run as root"; }

# Several scripts at once: one waits for the other's apt-get.
apt_install() { # package...
	need_root
	local guard='' rc=0 log=${TMPDIR:-/tmp}/ikev2-interop-apt.log
	export DEBIAN_FRONTEND=noninteractive
	exec 9>"$log.lock"
	flock 9
	: >"$log"
	# The lists are fetched once an hour, however many packages are asked for one after the other.
	if [ -z "$(find "$log.updated" -mmin -60 2>/dev/null)" ]; then
		if apt-get -o DPkg::Lock::Timeout=300 update -qq >"$log" 2>&1; then
			touch "$log.updated"
		else
			note "apt-get update failed, trying with the lists there are"
		fi
	fi
	# No service of the whole system is wanted; nothing here uses one.
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		guard=/usr/sbin/policy-rc.d
		printf '#!/bin/sh\nexit 101\n' >"$guard"; chmod 755 "$guard"
	fi
	apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >>"$log" 2>&1 || rc=$?
	[ -z "$guard" ] || rm -f "$guard"
	exec 9>&-
	[ "$rc" = 0 ] || { tail -n 20 "$log" >&2; die "apt-get install failed ($rc)"; }
}

build_fakekernel() {
	mkdir -p "$STATE"
	[ "$STATE/fakekernel.so" -nt "$HERE/fakekernel.c" ] || {
		cc -shared -fPIC -O1 -o "$STATE/fakekernel.so.$$" "$HERE/fakekernel.c" -ldl -lpthread &&
			mv "$STATE/fakekernel.so.$$" "$STATE/fakekernel.so"
	}
}

# INTO: the words before a command that is to run in $IKEPEER_CHROOT, another system's root, if there is one. It sees the folders of this
# system that are named, each by its path here and there.
enter_root() { # here there..
	# shellcheck disable=SC2034 # used by the scripts that source this
	INTO=()
	[ -n "${IKEPEER_CHROOT:-}" ] || return 0
	# shellcheck disable=SC2016,SC2034 # for the inner shell to expand
	INTO=(unshare -m sh -c 'mount --make-rprivate / && root=$1 && shift &&
		while [ "$1" != -- ]; do mkdir -p "$root$2" && mount --bind "$1" "$root$2" && shift 2 || exit 1; done && shift &&
		mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc" && exec chroot "$root" "$@"' sh "$IKEPEER_CHROOT" "$@" --)
}
# The version of a package, in that root if there is one.
package_version() { # package
	# shellcheck disable=SC2016 # dpkg-query expands it
	if [ -n "${IKEPEER_CHROOT:-}" ]; then chroot "$IKEPEER_CHROOT" dpkg-query -W -f '${Version}' "$1"; else dpkg-query -W -f '${Version}' "$1"; fi 2>/dev/null || echo unknown
}

# Prints the pid if the process that `up` started still runs: a pid alone may have been given to somebody else.
our_pid() {
	[ -s "$PIDFILE" ] || return 1
	local pid start
	read -r pid start <"$PIDFILE"
	[ -r "/proc/$pid/stat" ] || return 1
	[ "$(cut -d' ' -f22 "/proc/$pid/stat")" = "$start" ] || return 1
	# One that has ended and was not waited for yet runs no more.
	[ "$(cut -d' ' -f3 "/proc/$pid/stat")" != Z ] || return 1
	echo "$pid"
}
remember_pid() { echo "$1 $(cut -d' ' -f22 "/proc/$1/stat")" >"$PIDFILE"; }

cmd_down() {
	local pid
	if pid=$(our_pid); then
		kill -TERM "$pid" 2>/dev/null || true
		for _ in $(seq 50); do our_pid >/dev/null || break; sleep 0.1; done
		if our_pid >/dev/null; then kill -KILL "$pid" 2>/dev/null || true; fi
		note "stopped $pid"
	fi
	rm -f "$PIDFILE"
	[ ! -e "$RUN/made-netns" ] || { ip netns del "$(cat "$RUN/made-netns")" 2>/dev/null || true; rm -f "$RUN/made-netns"; }
}

# Namespace $NS: one that is there is used as it is (--netns); else it is made, joined to the caller's by a veth pair.
net_up() { # interface host4 peer4 host6 peer6
	[ -z "${GIVEN_NS:-}" ] || return 0
	ip netns del "$NS" 2>/dev/null || true
	ip netns add "$NS"
	echo "$NS" >"$RUN/made-netns"
	ip link add "$1" type veth peer name eth0 netns "$NS"
	ip addr add "$2/30" dev "$1"
	ip link set "$1" up
	ip -n "$NS" link set lo up
	ip -n "$NS" addr add "$3/30" dev eth0
	ip -n "$NS" link set eth0 up
	if [ -e /proc/sys/net/ipv6 ]; then
		ip addr add "$4/64" dev "$1" nodad
		ip -n "$NS" addr add "$5/64" dev eth0 nodad
	fi
}

cmd_status() { local p; if p=$(our_pid); then echo "running pid=$p log=$LOG"; else echo "not running"; exit 3; fi; }
