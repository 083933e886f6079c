# Runs as root in a throw-away root that has Debian's packages of a program: builds ours from /work/given,
# puts them into /work/out, and tries them there if there is something to try.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
mkdir /work/tree /work/out
cd /work/tree
tar -xf /work/given/*.orig.tar.gz
cp -R /work/given/debian -- */
cd -- */
trap '[ $? = 0 ] || tail -n 40 /work/log >&2' EXIT
dpkg-buildpackage -b -us -uc >/work/log 2>&1
mv -- ../*.deb /work/out
cd /work/out
[ ! -e /work/trial ] || . /work/trial
