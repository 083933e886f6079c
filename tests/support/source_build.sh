# Runs as root in a throw-away root that has what a program needs to be built, and nothing of splitpkg:
# builds /work/deb/debian and /work/rpm/*.spec as people build packages, and puts what comes out into /work/out.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH="/usr/lib/ccache:$PATH" CCACHE_DIR=/work/ccache
if command -v splitpkg; then exit 1; fi
mkdir -p /work/out /work/tree
trap '[ $? = 0 ] || tail -n 60 /work/log >&2' EXIT

# debian NAME OPTION...
debian() {
    rm -rf /work/tree
    mkdir -p /work/tree/source /work/out/$1
    cp /work/deb/*.orig.tar.* /work/tree
    tar -xf /work/deb/*.orig.tar.* -C /work/tree/source --strip-components=1
    cp -R /work/deb/debian /work/tree/source
    (cd /work/tree/source && shift && DEB_BUILD_OPTIONS="parallel=$(nproc) ${nocheck:-}" dpkg-buildpackage -us -uc "$@") >/work/log 2>&1
    find /work/tree -maxdepth 1 -type f -exec mv -t /work/out/$1 {} +
}
debian full
nocheck=nocheck
debian all -A
debian any -B
lintian --allow-root /work/out/full/*.changes >/work/out/lintian 2>&1 || :

# Which package has each library: the oracle of dependencies.
ldconfig -p | sed -n 's/^\t\([^ ]*\) (.* => \(.*\)/\1 \2/p' | while read -r soname path; do
    echo "$soname $(dpkg -S "$path" "$(realpath "$path")" "${path#/usr}" 2>/dev/null | sed -n '1s/:.*//p')"
done >/work/out/libraries

# The macros of Fedora that Debian's rpm does not have.
while IFS= read -r line || [ -n "$line" ]; do
    case $line in %[A-Za-z_]*) name=${line%%[ (]*} ; [ "$(rpm --eval "%{?${name#%}:1}")" ] && wanted= || wanted=yes ;; esac
    [ -z "$wanted" ] || printf '%s\n' "$line"
done </work/macros >/work/undefined
mkdir -p /work/top/SOURCES /work/out/rpm
cp /work/rpm/* /work/top/SOURCES
rpmbuild --load=/work/undefined --define '_topdir /work/top' --define '_dbpath /work/db' --nodeps \
    -ba /work/top/SOURCES/*.spec >/work/log 2>&1
mv /work/top/RPMS/*/*.rpm /work/top/SRPMS/*.rpm /work/out/rpm
rpmlint -r /work/rpm/*.rpmlintrc /work/rpm/*.spec /work/out/rpm >/work/out/rpmlint 2>&1 || :
for package in /work/out/rpm/*.rpm; do
    rpm -qp --nosignature --requires "$package" >"$package.requires"
    rpm -qp --nosignature --provides "$package" >"$package.provides"
done
