#!/usr/bin/env bash
# Builds the Debian package. Needs the .NET 10 SDK and dpkg-deb; no root.
#
#   packaging/build-deb.sh [FILE]                the package; without a name ./dom_VERSION_ARCH.deb
#   packaging/build-deb.sh --program DOM [FILE]  of a program that publish.sh made before
#
# The same sources and the same SDK give the same bytes: times are SOURCE_DATE_EPOCH or, without it, that of the last commit.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(dirname "$here")
program=
if [[ ${1:-} == --program ]]; then
    program=$(realpath "${2:?--program needs the path of dom}")
    shift 2
fi

version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$repository/Directory.Build.props")
architecture=$(dpkg --print-architecture)
output=$(realpath -m "${1:-dom_${version}_$architecture.deb}")
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$repository" log -1 --format=%ct 2> /dev/null || printf 0)}
export LC_ALL=C
umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

if [[ -z $program ]]; then
    "$here/publish.sh" "$work/publish"
    program=$work/publish/dom
fi

cp -r --no-preserve=ownership "$here/root" "$root"
install -D -m 0755 "$program" "$root/usr/bin/dom"
HOME=/root "$root/usr/bin/dom" package-files "$root"
gzip -9n "$root"/usr/share/man/man?/*
mkdir -p "$root/etc/dom/dom.conf.d"
install -D -m 0644 "$here/debian/copyright" "$root/usr/share/doc/dom/copyright"
gzip -9nc "$repository/CHANGELOG.md" > "$root/usr/share/doc/dom/CHANGELOG.md.gz"
find "$root" -type d -exec chmod 0755 {} +
find "$root" -type f ! -path "$root/usr/bin/dom" -exec chmod 0644 {} +

mkdir "$root/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$root" | cut -f 1)/" "$here/debian/control" > "$root/DEBIAN/control"
install -m 0644 "$here/debian/conffiles" "$root/DEBIAN/conffiles"
install -m 0755 "$here/debian/postinst" "$here/debian/prerm" "$here/debian/postrm" "$root/DEBIAN/"
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"

find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$(dirname "$output")"
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$output" > /dev/null
printf '%s\n' "$output"
