# Goes on where deb_build.sh ends: puts our packages in the place of Debian's, and lets the emulator load
# modules. Says what came of it in /work/out/said.
install() { apt-get -y -q --no-install-recommends install "$@" >>/work/log 2>&1; }
files() { for name; do echo ./qemu-"$name"_*.deb; done; }
# The exit status of an emulator that is told to quit before it starts anything.
status() {
    code=0
    echo quit | timeout 60 qemu-system-x86_64 -M q35 -S -nodefaults -display none -monitor stdio "$@" \
        >/work/last 2>&1 || code=$?
    echo "$code"
}
device() { echo "$1 $2 $(status -device "$2")"; }

{
    install $(files common system-x86 utils)
    echo "core $(ls /usr/lib/*/qemu/*.so 2>/dev/null | grep -vc accel-tcg)"
    for module in accel-tcg-i386 accel-tcg-x86-64; do
        [ ! -e ./qemu-"$module"_*.deb ] || install $(files "$module")
    done
    device core virtio-vga
    install $(files hw-display-virtio-vga hw-display-virtio-gpu)
    device one virtio-vga
    device one qxl-vga
    if install $(files hw-display-virtio-vga-gl); then echo 'alone accepted'; else echo 'alone refused'; fi
    install ./qemu-*.deb
    device all virtio-vga
    device all qxl-vga
    echo "all $(dpkg-query -W -f '${db:Status-Status}\n' 'qemu-*' | grep -cx installed)"
    echo "debian $(dpkg-query -W -f '${Package} ${db:Status-Status}\n' qemu-block-extra qemu-system-common \
        qemu-system-gui | grep -c ' installed$' || true)"
} >/work/out/said
