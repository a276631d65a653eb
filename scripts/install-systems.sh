#!/usr/bin/env bash
# Installs what Assay puts on trial, and what it needs to do so, on Debian 12 as root: etcd, ZooKeeper, Consul, Docker's
# engine, network tools and Chromium (for the tests of the report). May be run again: what is there stays as it is.
#
# Everything comes from Debian, through the mirror that this machine's apt uses already. Systems that this release does
# not have (Consul), or has in one version only (etcd, ZooKeeper), are taken from other releases and unpacked side by
# side below /opt/assay/<system>-<version>/, where Assay finds them. Set ASSAY_SYSTEMS_DIR for another directory.
# Versions of other releases are named as arguments: scripts/install-systems.sh etcd:sid
set -euo pipefail

systems=${ASSAY_SYSTEMS_DIR:-/opt/assay}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
work=$(mktemp -d)
policy=/usr/sbin/policy-rc.d
policy_is_ours=

finish() {
  status=$?
  if [ -n "$policy_is_ours" ]; then rm -f "$policy"; fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

fail() { printf 'install-systems: %s\n' "$1" >&2; exit 1; }
step() { printf -- '--- %s (%ss)\n' "$1" "$SECONDS"; }

[ "$(id -u)" -eq 0 ] || fail "must be run as root: sudo $0"
command -v apt-get >/dev/null || fail "needs a Debian system: apt-get is not there"
. /etc/os-release

export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }

# The packages' services must not be started: Assay starts its own nodes, on ports that those would take.
if [ ! -e "$policy" ]; then
  policy_is_ours=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi

step "packages of ${VERSION_CODENAME:-this release}"
packages=(etcd-server etcd-client libzookeeper-java default-jre-headless
  docker.io iptables debootstrap nftables iproute2 chromium
  openssl ca-certificates debian-archive-keyring)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  apt update
  apt install -y --no-install-recommends "${missing[@]}" >"$work/install.log" 2>&1 ||
    { tail -30 "$work/install.log" >&2; fail "apt-get install ${missing[*]} failed"; }
fi

# The mirror that apt takes this release from, as far as apt has fetched its lists.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v release="${VERSION_CODENAME:-}" '$2 == release && $3 == "main" && !seen++ { print $1 }'
}

# fetch RELEASE PACKAGE...: downloads packages of another release into $work/RELEASE/archives. apt verifies the
# signatures as ever, with lists of its own, so that this machine's packages are not touched.
fetch() {
  local release=$1 home=$work/$1 from
  shift
  from=$(mirror)
  if [ -z "$from" ]; then
    apt update
    from=$(mirror)
  fi
  [ -n "$from" ] || fail "apt has no source for ${VERSION_CODENAME:-this release}"
  mkdir -p "$home"/{lists/partial,archives/partial,parts}
  : >"$home/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$from" "$release" >"$home/sources.list"
  local options=(-o "Dir::Etc::sourcelist=$home/sources.list" -o "Dir::Etc::sourceparts=$home/parts"
    -o "Dir::State::lists=$home/lists" -o "Dir::State::status=$home/status" -o "Dir::Cache=$home"
    -o "Dir::Cache::archives=$home/archives" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  apt "${options[@]}" update
  (cd "$home/archives" && apt "${options[@]}" download "$@")
}

# The upstream part of a package's version: 3.5.16 of 1:3.5.16-4+b3.
upstream() { dpkg-deb -f "$1" Version | sed -E 's/^[0-9]+://; s/[+~-].*$//'; }

# unpack SYSTEM RELEASE PACKAGE...: unpacks the packages to $systems/SYSTEM-VERSION, the version being the first one's.
unpack() {
  local system=$1 release=$2 known=$systems/.$1-$2
  shift 2
  if [ -e "$known" ] && [ -d "$systems/$(cat "$known")" ]; then return; fi
  step "$system of $release"
  fetch "$release" "$@"
  local archives=$work/$release/archives name
  name=$system-$(upstream "$(ls "$archives/$1"_*.deb)")
  rm -rf "$work/unpacked" && mkdir "$work/unpacked"
  for package in "$@"; do dpkg-deb -x "$(ls "$archives/$package"_*.deb)" "$work/unpacked"; done
  mkdir -p "$systems"
  rm -rf "${systems:?}/$name"
  chmod 755 "$work/unpacked"
  mv "$work/unpacked" "$systems/$name"
  echo "$name" >"$known"
}

declare -A packages_of=([consul]="consul" [etcd]="etcd-server etcd-client" [zookeeper]="libzookeeper-java")
for wanted in consul:bullseye etcd:trixie zookeeper:trixie "$@"; do
  system=${wanted%%:*} release=${wanted#*:}
  [ -n "${packages_of[$system]:-}" ] && [ "$release" != "$wanted" ] ||
    fail "$wanted is not SYSTEM:RELEASE, with one of ${!packages_of[*]} and a release of Debian"
  # shellcheck disable=SC2086 # several packages
  unpack "$system" "$release" ${packages_of[$system]}
done

# Where systemd runs the machine, Docker is a service as usual; elsewhere `dockerd` is started by whoever needs it.
if [ -d /run/systemd/system ]; then systemctl start docker; fi

step "done"
etcd --version | sed -n 1p
ls "$systems"
docker --version
