# Goes on where deb_build.sh ends: puts our packages in the place of Debian's, and lets the server load each
# module with nothing else beside it. Says what came of it in /work/out/said.
install() { apt-get -y -q --no-install-recommends install "$@" >>/work/log 2>&1; }
purge() { apt-get -y -q purge "$@" >>/work/log 2>&1; }
package() { echo ./nginx-"$1"_*.deb; }
# What the server says of its configuration, and the modules that this loads.
loaded() { nginx -T 2>/dev/null | sed -n 's,^load_module modules/ngx_\(.*\)_module.so;$,\1,p' | paste -sd ' '; }
status() { if nginx -t >>/work/log 2>&1; then echo fine; else echo broken; fi; }
enabled() { ls /etc/nginx/modules-enabled | paste -sd ' '; }

maps() { grep -h -o 'ngx_[^/]*_module.so' "/proc/$(cat /run/nginx.pid)/maps" | sort -u | wc -l; }
installed() { dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$1" | grep -c ' installed$' || true; }

# There is no init system here; without this invoke-rc.d does nothing.
printf '#!/bin/sh\nexit 0\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# A server that was told to read its configuration anew lets go of modules late: begin with a fresh one.
stop() {
    [ ! -e /run/nginx.pid ] || kill "$(cat /run/nginx.pid)" || rm /run/nginx.pid
    while [ -e /run/nginx.pid ]; do sleep 1; done
}
{
    install ./nginx_*.deb $(package common)
    echo "over Debian's: $(status) $(installed libnginx-mod-mail)"
    purge 'libnginx-mod-*'
    echo "core: $(status) $(loaded)"
    for module in http-geoip http-image-filter http-perl http-xslt-filter mail stream; do
        install $(package mod-$module)
        echo "$module: $(status) $(loaded)"
        purge nginx-mod-$module
    done
    echo "none: $(enabled)"
    if install $(package mod-stream-geoip); then echo 'alone: accepted'; else echo 'alone: refused'; fi
    install $(package mod-stream-geoip) $(package mod-stream)
    echo "both: $(status) $(loaded)"
    rm /etc/nginx/modules-enabled/70-mod-stream-geoip.conf
    apt-get -y -q --reinstall install $(package mod-stream-geoip) >>/work/log 2>&1
    echo "off: $(status) $(loaded)"
    apt-get -y -q remove nginx-mod-stream >>/work/log 2>&1
    echo "removed: $(status) $(enabled)"
    install $(package mod-stream)
    echo "back: $(status) $(loaded)"
    stop
    nginx
    sleep 1
    echo "running: $(maps)"
    install ./nginx-*.deb
    sleep 1
    echo "all: $(status) $(maps)"
    purge nginx-mod-mail
    sleep 1
    echo "less: $(status) $(maps)"
    stop
} >/work/out/said
