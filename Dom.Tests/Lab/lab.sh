#!/usr/bin/env bash
# Boots machines to play with and to test on: each one a Debian in systemd-nspawn with a kernel of its host, a boot id, a network
# namespace and a root file system (ext4 in a file) of its own. `head` runs master and image server, m1, m2, … run subs, all from
# the .deb. Needs root on Debian 12 and, at the first start, a Debian mirror.
#
#   Dom.Tests/Lab/lab.sh up [N]           builds what is missing, boots head and N machines (3), installs and starts dom
#   Dom.Tests/Lab/lab.sh status           what runs
#   Dom.Tests/Lab/lab.sh ctl ARGUMENT…    `dom ctl ARGUMENT…` on head, as an administrator
#   Dom.Tests/Lab/lab.sh dom ARGUMENT…    `dom ARGUMENT…` on head, as an administrator
#   Dom.Tests/Lab/lab.sh exec M COMMAND…  a command on a machine; `shell M` for a shell
#   Dom.Tests/Lab/lab.sh log M            its console
#   Dom.Tests/Lab/lab.sh down             ends everything and leaves no trace
#
# For tests: boot M… boots machines without dom, install M… installs the package on them, kill M ends a machine at once,
# check M replays the journal of its disk and looks for damage, start M boots it again.
# DOM_LAB names the directory (default /var/tmp/dom-lab): several labs run side by side. DOM_LAB_DEB is the package to
# install instead of one built now, DOM_LAB_ROOT a root image to use instead of one built now; both survive `down`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
lab=$(realpath -m "${DOM_LAB:-/var/tmp/dom-lab}")
id=dl$(printf '%s' "$lab" | sha256sum | cut -c 1-6)
hub=$id-hub
subnet=10.211.0
reboot_status=133 # what systemd-nspawn ends with when the machine reboots and nobody keeps its unit

say() { printf '%s\n' "$*" >&2; }
fail() { say "lab: $*"; exit 1; }

# Control groups of version 2, and beside them systemd's own of version 1 where the host has that too.
control_groups() {
    local name
    name=$(namespace "$1")
    if [[ -e /sys/fs/cgroup/cgroup.procs ]]; then
        printf '/sys/fs/cgroup/%s\n' "$name"
    else
        printf '/sys/fs/cgroup/unified/%s\n/sys/fs/cgroup/systemd/%s\n' "$name" "$name"
    fi
}

machine() { printf '%s/machines/%s' "$lab" "$1"; }
namespace() { printf '%s-%s' "$id" "$1"; }

known() {
    [[ -d $(machine "$1") ]] || fail "there is no machine '$1'; \`lab.sh status\` lists them"
}

# The process that is 1 in the machine; fails while there is none.
leader() {
    local supervisor nspawn
    supervisor=$(cat "$(machine "$1")/pid" 2> /dev/null) || return 1
    nspawn=$(pgrep -x -P "$supervisor" systemd-nspawn) || return 1
    pgrep -P "$nspawn" | head -n 1 | grep .
}

run_in() {
    local name=$1 pid
    shift
    pid=$(leader "$name") || fail "$name does not run"
    nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup --root -- \
        env -i -C / PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 "$@"
}

# What its systemd says: running, degraded, starting; off when there is none.
state_of() {
    leader "$1" > /dev/null || { printf 'off'; return; }
    run_in "$1" systemctl is-system-running 2> /dev/null || true
}

build_root() {
    local image=$1 mounted=$lab/building
    say "building a Debian root (once)"
    mkdir -p "$mounted"
    truncate -s 3G "$image.new"
    mkfs.ext4 -q -m 0 -E lazy_itable_init=1,lazy_journal_init=1 "$image.new"
    mount -o loop "$image.new" "$mounted"
    mmdebstrap --quiet --variant=minbase --skip=check/empty \
        --include=systemd,systemd-sysv,init-system-helpers,sysvinit-utils,libssl3,libzstd1,libstdc++6,ca-certificates,iproute2,procps,cron \
        --customize-hook='rm -f "$1/etc/machine-id" "$1/etc/hostname"; touch "$1/etc/machine-id"' \
        --customize-hook='chroot "$1" passwd -q -d root' \
        --customize-hook='chroot "$1" systemctl mask -q systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer console-getty.service' \
        bookworm "$mounted"
    umount "$mounted"
    rmdir "$mounted"
    mv "$image.new" "$image"
}

root_image() {
    local image=${DOM_LAB_ROOT:-$lab/root.ext4}
    # Whoever comes second waits for the image that the first one builds.
    exec {lock}> "$image.lock"
    flock "$lock"
    [[ -f $image ]] || build_root "$image"
    exec {lock}>&-
    [[ -n ${DOM_LAB_ROOT:-} ]] || rm -f "$image.lock"
    printf '%s' "$image"
}

make_hub() {
    ip netns list | grep -q "^$hub\b" && return
    ip netns add "$hub"
    ip -n "$hub" link set lo up
    ip -n "$hub" link add bridge type bridge
    ip -n "$hub" address add "$subnet.1/24" dev bridge
    ip -n "$hub" link set bridge up
}

# Its address: head is 10, m1 11, and so on in the order they were made.
connect() {
    local name=$1 address=$2 net
    net=$(namespace "$name")
    ip netns add "$net"
    ip -n "$net" link set lo up
    ip link add "eth0" netns "$net" type veth peer name "to-$name" netns "$hub"
    ip -n "$hub" link set "to-$name" master bridge up
    ip -n "$net" address add "$address/24" dev eth0
    ip -n "$net" link set eth0 up
    ip -n "$net" route add default via "$subnet.1"
}

# Boots the machine again whenever it ends as for a reboot. Runs in a session and a control group of its own.
supervise() {
    local name=$1 directory status groups
    directory=$(machine "$name")
    mapfile -t groups < <(control_groups "$name")
    printf '%s\n' "$BASHPID" > "$directory/pid"
    while true; do
        mkdir -p "${groups[@]}"
        status=0
        (
            for group in "${groups[@]}"; do
                printf '%s\n' "$BASHPID" > "$group/cgroup.procs"
            done
            exec systemd-nspawn --boot --quiet --register=no --keep-unit --directory="$directory/root" --machine="$(namespace "$name")" --hostname="$name" \
            --network-namespace-path="/run/netns/$(namespace "$name")" --system-call-filter='fanotify_init fanotify_mark open_by_handle_at' \
            --link-journal=no --resolv-conf=off --timezone=off --console=pipe
        ) < /dev/null >> "$directory/console.log" 2>&1 || status=$?
        [[ $status == "$reboot_status" && ! -e $directory/ending ]] || break
        printf 'lab: %s boots again\n' "$name" >> "$directory/console.log"
    done
    printf 'lab: %s ended with status %s\n' "$name" "$status" >> "$directory/console.log"
}

boot() {
    local name=$1 image directory count
    [[ $name =~ ^[a-z][a-z0-9]{0,10}$ ]] || fail "'$name' is no name for a machine: up to eleven small letters and digits"
    directory=$(machine "$name")
    [[ ! -e $directory ]] || fail "there is a machine '$name' already"
    image=$(root_image)
    make_hub
    mkdir -p "$directory/root"
    count=$(find "$lab/machines" -mindepth 1 -maxdepth 1 -type d | wc -l)
    cp --reflink=auto --sparse=always "$image" "$directory/root.ext4"
    mount -o loop "$directory/root.ext4" "$directory/root"
    printf '%s\n' "$subnet.$((9 + count))" > "$directory/address"
    connect "$name" "$subnet.$((9 + count))"
    start "$name"
}

start() {
    setsid --fork "${BASH_SOURCE[0]}" supervise "$1" < /dev/null > /dev/null 2>&1
}

await_boot() {
    local name=$1 state i
    for ((i = 0; i < 600; i++)); do
        state=$(state_of "$name")
        if [[ $state == running || $state == degraded ]]; then
            return
        fi
        sleep 0.2
    done
    tail -n 20 "$(machine "$name")/console.log" >&2
    fail "$name did not boot within two minutes"
}

package() {
    if [[ -n ${DOM_LAB_DEB:-} ]]; then
        printf '%s' "$DOM_LAB_DEB"
        return
    fi
    [[ -f $lab/dom.deb ]] || "$repository/packaging/build-deb.sh" "$lab/dom.deb" >&2
    printf '%s' "$lab/dom.deb"
}

install_dom() {
    local name=$1
    cp "$(package)" "$(machine "$name")/root/root/dom.deb"
    run_in "$name" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y /root/dom.deb > "$(machine "$name")/install.log" 2>&1 ||
        { cat "$(machine "$name")/install.log" >&2; fail "the package does not install on $name"; }
    rm -f "$(machine "$name")/root/root/dom.deb"
}

issue_certificates() {
    local tls=/root/tls
    run_in head dom cert init-ca --out "$tls" > /dev/null
    local role
    for role in master imageserver sub; do
        run_in head dom cert issue --name "$role" --role "$role" --out "$tls" > /dev/null
    done
    run_in head dom cert issue --name admin --allow 'Dominator.*,ImageServer.*,ObjectServer.*,Subd.GetSnapshot,Subd.GetFiles' --out "$tls" > /dev/null
    run_in head sh -c "mkdir -p /root/.ssl && cp $tls/admin/cert.pem $tls/admin/key.pem /root/.ssl/"
}

# certificates MACHINE ROLE DIRECTORY: where the role looks for them by itself.
give_certificates() {
    local from to
    from=$(machine head)/root/root/tls
    to=$(machine "$1")/root/etc/ssl
    install -D -m 0644 "$from/CA.pem" "$to/CA.pem"
    install -D -m 0644 "$from/$2/cert.pem" "$to/$3/cert.pem"
    install -D -m 0600 "$from/$2/key.pem" "$to/$3/key.pem"
}

write_names() {
    local directory name
    for directory in "$lab"/machines/*/; do
        {
            printf '127.0.0.1 localhost\n'
            for name in "$lab"/machines/*/; do
                printf '%s %s\n' "$(cat "$name/address")" "$(basename "$name")"
            done
        } > "$directory/root/etc/hosts"
    done
}

write_machine_list() {
    local directory name list=() separator=
    for directory in "$lab"/machines/*/; do
        name=$(basename "$directory")
        if [[ $name != head ]]; then
            list+=("$separator{\"Hostname\": \"$name\", \"IpAddress\": \"$(cat "$directory/address")\"}")
            separator=', '
        fi
    done
    printf '[%s]\n' "${list[*]}" > "$(machine head)/root/var/lib/Dominator/mdb"
}

up() {
    local count=${1:-3} names=(head) name i
    [[ $count =~ ^[0-9]+$ && $count -ge 1 && $count -le 200 ]] || fail "'$count' is no number of machines from 1 to 200"
    for ((i = 1; i <= count; i++)); do
        names+=("m$i")
    done
    mkdir -p "$lab/machines"
    for name in "${names[@]}"; do
        boot "$name"
    done
    package > /dev/null
    for name in "${names[@]}"; do
        await_boot "$name"
        install_dom "$name"
    done
    write_names
    issue_certificates
    give_certificates head master dominator
    give_certificates head imageserver imageserver
    write_machine_list
    printf 'IMAGE_SERVER_HOSTNAME=head\n' > "$(machine head)/root/etc/default/dominator"
    run_in head dom setup > /dev/null
    run_in head systemctl -q enable --now dom-imageserver dom-master
    for name in "${names[@]:1}"; do
        give_certificates "$name" sub subd
        run_in "$name" systemctl -q enable --now dom-sub
    done
    say "up: ${names[*]}; \`lab.sh ctl list-subs\`, \`lab.sh shell m1\`, \`lab.sh down\`"
}

status() {
    local directory name
    [[ -d $lab/machines ]] || { say "no lab in $lab"; return; }
    for directory in "$lab"/machines/*/; do
        name=$(basename "$directory")
        printf '%-12s %-14s %s\n' "$name" "$(cat "$directory/address")" "$(state_of "$name")"
    done
}

# Ends a machine at once, as a power cut would, and leaves its disk.
cut_power() {
    local directory groups group i
    directory=$(machine "$1")
    mapfile -t groups < <(control_groups "$1")
    : > "$directory/ending"
    for group in "${groups[@]}"; do
        for ((i = 0; i < 100; i++)); do
            [[ -d $group ]] || break
            if [[ -e $group/cgroup.kill ]]; then
                printf '1\n' > "$group/cgroup.kill"
            fi
            find "$group" -depth -type d -exec rmdir {} \; 2> /dev/null || sleep 0.1
        done
        [[ ! -d $group ]] || fail "the control group $group does not end"
    done
    for ((i = 0; i < 100; i++)); do
        kill -0 "$(cat "$directory/pid" 2> /dev/null || printf 0x)" 2> /dev/null || break
        sleep 0.1
    done
    rm -rf "$directory/ending" "/run/systemd/nspawn/propagate/$(namespace "$1")"
}

# What a machine does with its disk after the power was cut: the journal is replayed; then nothing may be wrong with it.
check_disk() {
    local directory i
    directory=$(machine "$1")
    for i in mount check mount; do
        release_disk "$directory"
        if [[ $i == check ]]; then
            e2fsck -fn "$directory/root.ext4" >&2 || fail "the file system of $1 is damaged"
        else
            mount -o loop "$directory/root.ext4" "$directory/root"
        fi
    done
}

# A process that was killed a moment ago may still be giving back what it had open.
release_disk() {
    local i
    for ((i = 0; i < 100; i++)); do
        mountpoint -q "$1/root" || return 0
        umount --recursive "$1/root" 2> /dev/null || sleep 0.1
    done
    fail "$1/root stays mounted"
}

down() {
    local directory name
    for directory in "$lab"/machines/*/; do
        [[ -d $directory ]] || continue
        name=$(basename "$directory")
        cut_power "$name"
        while mountpoint -q "$directory/root"; do
            umount --recursive "$directory/root" || { sleep 0.2; umount --recursive --lazy "$directory/root"; }
        done
        ip netns delete "$(namespace "$name")" 2> /dev/null || true
    done
    ip netns delete "$hub" 2> /dev/null || true
    if mountpoint -q "$lab/building"; then
        umount "$lab/building"
    fi
    rm -rf --one-file-system "$lab"
}

((EUID == 0)) || fail "needs root: it mounts, makes network namespaces and boots machines"
for program in systemd-nspawn:systemd-container mmdebstrap:mmdebstrap ip:iproute2 mkfs.ext4:e2fsprogs nsenter:util-linux pgrep:procps; do
    command -v "${program%%:*}" > /dev/null || fail "${program%%:*} is missing: apt-get install ${program#*:}"
done

verb=${1:-help}
shift || true
case $verb in
    up) up "$@" ;;
    down) down ;;
    status) status ;;
    boot)
        mkdir -p "$lab/machines"
        for name in "$@"; do boot "$name"; done
        for name in "$@"; do await_boot "$name"; done
        ;;
    install) for name in "$@"; do known "$name"; install_dom "$name"; done ;;
    await) known "$1"; await_boot "$1" ;;
    kill) known "$1"; cut_power "$1" ;;
    check) known "$1"; check_disk "$1" ;;
    start) known "$1"; start "$1"; await_boot "$1" ;;
    exec) known "$1"; run_in "$@" ;;
    shell) known "$1"; run_in "$1" bash -l ;;
    dom) run_in head dom "$@" ;;
    ctl) run_in head dom ctl "$@" ;;
    log) known "$1"; cat "$(machine "$1")/console.log" ;;
    supervise) supervise "$1" ;;
    *) sed -n '2,/^set -/{/^set -/d; s/^# \{0,1\}//; p}' "${BASH_SOURCE[0]}"; [[ $verb == help || $verb == --help ]] ;;
esac
