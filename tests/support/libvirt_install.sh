# Goes on where deb_build.sh ends: puts our packages in the place of Debian's, and lets libvirt's daemon load
# its drivers. Says what came of it in /work/out/said.
# In Debian 12 a package without programs makes the accounts; the daemon asks for its group.
for group in libvirt libvirt-qemu; do
    getent group $group >/dev/null || groupadd --system $group
done
getent passwd libvirt-qemu >/dev/null || useradd --system --gid libvirt-qemu libvirt-qemu
version=$(dpkg-deb -f ./libvirt0_*.deb Version)
storage() {
    timeout 60 libvirtd >/work/last 2>&1 &
    daemon=$!
    tries=0
    until virsh -c qemu:///system version >/work/version 2>&1 || [ $tries = 30 ]; do
        tries=$((tries + 1))
        sleep 1
    done
    virsh -c qemu:///system pool-capabilities | sed -n "s/.*<pool type='\(rbd\|disk\)' supported='\(.*\)'.*/\1 \2/p"
    kill $daemon || cat /work/last >&2
    wait $daemon || true
}
installed() { dpkg-query -W -f '${db:Status-Status} ${Version} ${Package}\n' 'libvirt*' libnss-libvirt | grep '^installed '; }
others() { installed | grep -vF "installed $version " | cut -d ' ' -f 3 | xargs; }

{
    apt-get -y -q --no-install-recommends install ./*.deb >>/work/log 2>&1
    echo "ours $(installed | grep -cF "installed $version ")"
    echo "others $(others)"
    echo "network $(find /etc/systemd/system/sockets.target.wants -name 'libvirtd-t*' | wc -l)"
    mkdir -p /run/libvirt
    storage | sed 's/^/all /'
    grep '^Using API: QEMU' /work/version | cut -d ' ' -f 1-3
    apt-get -y -q remove libvirt-daemon-driver-storage-rbd >>/work/log 2>&1
    storage | sed 's/^/one less /'
} >/work/out/said
