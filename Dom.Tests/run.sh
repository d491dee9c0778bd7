#!/usr/bin/env bash
# Builds dom, checks the formatting and runs all tests. Needs the .NET 10 SDK; installs the other programs the tests use
# when they are missing and this runs as root on Debian.
#
#   Dom.Tests/run.sh [--long] [--filter EXPRESSION]
#
# --long     full counts for the property, fault and fuzz tests (hours instead of minutes)
# --filter   only some tests, as `dotnet test --filter` takes it
#
# The last line reads "N passed, N failed". The exit code is 0 only if at least one test ran and none failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

filter=()
while (($# > 0)); do
    case $1 in
        --long) export DOM_TEST_COUNT=full ;;
        --filter) filter=(--filter "${2:?--filter needs an expression}"); shift ;;
        *) printf 'run.sh: unknown argument %s\n' "$1" >&2; exit 2 ;;
    esac
    shift
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# Program the tests use, and the Debian package that brings it.
needed=(
    attr:attr getfacl:acl rsync:rsync setcap:libcap2-bin mmdebstrap:mmdebstrap systemd-nspawn:systemd-container
    ip:iproute2 mkfs.ext4:e2fsprogs mkfs.btrfs:btrfs-progs mount:mount nsenter:util-linux pgrep:procps dpkg-deb:dpkg man:man-db systemd-analyze:systemd
    etcd:etcd-server strace:strace openssl:openssl setpriv:util-linux chromium:chromium node:nodejs npm:npm python3:python3 curl:curl zsh:zsh fish:fish
)

missing_packages() {
    local pair
    for pair in "${needed[@]}"; do
        command -v "${pair%%:*}" > /dev/null || printf '%s\n' "${pair#*:}"
    done
    # Debian's module belongs to Debian's interpreter, which need not be the first in PATH.
    [[ -x /usr/bin/python3 ]] && /usr/bin/python3 -c 'import msgpack' 2> /dev/null || printf 'python3-msgpack\n'
}

mapfile -t missing < <(missing_packages)
if ((${#missing[@]} > 0)); then
    if ((EUID == 0)) && command -v apt-get > /dev/null; then
        printf 'installing %s\n' "${missing[*]}"
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" > /dev/null
    else
        printf 'run.sh: missing programs, and cannot install them: apt-get install %s\n' "${missing[*]}" >&2
        exit 1
    fi
fi

dotnet build Dom.sln -c Release -nologo -v quiet
# NUnit.Analyzers proves what CS8618 doubts (fields set in SetUp); the build knows that, the formatter does not.
dotnet format Dom.sln --no-restore --verify-no-changes --exclude-diagnostics CS8618

results=$(mktemp -d)
chmod 0755 "$results"
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$results"' EXIT

# The whole suite starts the program that machines get; a few tests alone do not wait for it.
if ((${#filter[@]} == 0)); then
    packaging/publish.sh "$results/program"
    export DOM_TEST_PROGRAM="$results/program/dom"
fi

# Most tests wait more than they compute: five processes share the two processors. What one of them changes in itself (fail points, clocks) the others never see.
if ((${#filter[@]} > 0)); then
    shards=("${filter[1]}")
else
    shards=(
        'FullyQualifiedName~Dom.Tests.Roles.Sub&FullyQualifiedName!~Dom.Tests.Roles.Sub.EmergencyStop&FullyQualifiedName!~Dom.Tests.Roles.Sub.WayBack&FullyQualifiedName!~Dom.Tests.Roles.Sub.Reboot'
        'FullyQualifiedName~Dom.Tests.Cli|FullyQualifiedName~Dom.Tests.Faults'
        'FullyQualifiedName~Dom.Tests.Lab|FullyQualifiedName~Dom.Tests.Roles.Master'
        'FullyQualifiedName~Dom.Tests.Architecture|FullyQualifiedName~Dom.Tests.Core|FullyQualifiedName~Dom.Tests.Docs|FullyQualifiedName~Dom.Tests.Interop|FullyQualifiedName~Dom.Tests.Packaging'
        'FullyQualifiedName~Dom.Tests.Roles.Hosting|FullyQualifiedName~Dom.Tests.Roles.ImageServer|FullyQualifiedName~Dom.Tests.Roles.LockManager|FullyQualifiedName~Dom.Tests.Roles.MdbSync|FullyQualifiedName~Dom.Tests.Roles.Pages|FullyQualifiedName~Dom.Tests.Roles.Sub.EmergencyStop|FullyQualifiedName~Dom.Tests.Roles.Sub.WayBack|FullyQualifiedName~Dom.Tests.Roles.Sub.Reboot'
    )
fi

# Without its limit raised, NUnit's adapter forgets the filter when it chooses more than 2,000 tests, and runs all.
running=()
for i in "${!shards[@]}"; do
    dotnet test Dom.Tests -c Release --no-build --logger "trx;LogFileName=dom.trx" --results-directory "$results/$i" --filter "${shards[$i]}" -- NUnit.AssemblySelectLimit=1000000 > "$results/$i.log" 2>&1 &
    running+=($!)
done

counter() {
    sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$results/$1/dom.trx" 2> /dev/null | head -n 1
}

all_passed=0
all_failed=0
for i in "${!shards[@]}"; do
    status=0
    wait "${running[$i]}" || status=$?
    printf '\n%s\n' "${shards[$i]}"
    cat "$results/$i.log"
    passed=$(counter "$i" passed)
    failed=$(counter "$i" failed)
    total=$(counter "$i" total)
    # What was neither passed nor failed (aborted, timed out, not run) counts as failed: nothing is skipped silently.
    failed=$((${total:-0} - ${passed:-0} > ${failed:-0} ? ${total:-0} - ${passed:-0} : ${failed:-0}))
    if ((${passed:-0} == 0 || (status != 0 && failed == 0))); then
        failed=$((failed + 1))
    fi

    all_passed=$((all_passed + ${passed:-0}))
    all_failed=$((all_failed + failed))
done

printf '%s passed, %s failed\n' "$all_passed" "$all_failed"
((all_failed == 0))
