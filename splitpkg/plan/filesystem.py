"""Directories that a distribution's base packages own, so that no package of ours has to.

After the Filesystem Hierarchy Standard 3.0, systemd's file-hierarchy(7), and what Fedora's package
`filesystem` and Debian's `base-files` hold.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WILD = frozenset("*?")
_ROOT = "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var"
_BELOW = {
    "etc": """X11 cron.d cron.daily cron.hourly cron.monthly cron.weekly default init.d ld.so.conf.d
        logrotate.d modprobe.d opt pam.d pki profile.d security skel ssl sudoers.d sysconfig sysctl.d
        systemd systemd/system systemd/user tmpfiles.d udev udev/rules.d xdg xdg/autostart""",
    "usr": "bin games include lib lib32 lib64 libexec libx32 local sbin share src",
    "usr/lib": """debug firmware modprobe.d modules modules-load.d security sysctl.d sysusers.d systemd
        systemd/system systemd/system-generators systemd/system-preset systemd/user
        systemd/user-generators systemd/user-preset tmpfiles.d udev udev/hwdb.d udev/rules.d""",
    "usr/share": """aclocal applications augeas augeas/lenses augeas/lenses/dist backgrounds
        bash-completion bash-completion/completions dbus-1 dbus-1/interfaces dbus-1/services
        dbus-1/session.d dbus-1/system-services dbus-1/system.d desktop-directories dict doc doc-base
        emacs fish fish/vendor_completions.d games gir-1.0 glib-2.0 glib-2.0/schemas icons
        icons/hicolor icons/hicolor/* icons/hicolor/*/apps icons/hicolor/*/mimetypes idl info licenses
        lintian lintian/overrides locale locale/* locale/*/LC_MESSAGES man man/man* man/??
        man/??/man* man/??_* man/??_*/man* man/??.* man/??.*/man* metainfo mime mime-info mime/packages
        misc omf pam-configs perl5 pixmaps pkgconfig polkit-1 polkit-1/actions polkit-1/rules.d sounds
        tabset terminfo themes vala vala/vapi wayland-sessions xml xsessions zsh zsh/site-functions
        zsh/vendor-completions""",
    "var": """backups cache db empty games lib lib/misc local lock log mail opt preserve run spool
        spool/lpd spool/mail tmp yp""",
}
_BELOW["lib"] = _BELOW["usr/lib"]
_LIBRARIES = ("lib", "lib32", "lib64", "libx32", "lib/*-linux-*", "lib/*-gnu")
_IN_LIBRARIES = ("", "/cmake", "/games", "/girepository-1.0", "/pkgconfig")


def is_base_directory(path: str) -> bool:
    """Whether every system has the directory, so that removing our packages must not remove it."""
    return path in _plain() or _pattern().fullmatch(path) is not None


def _globs() -> Iterator[str]:
    yield from _ROOT.split()
    yield from (f"{base}/{name}" for base, names in _BELOW.items() for name in names.split())
    yield from (f"{root}{one}{rest}" for root in ("", "usr/") for one in _LIBRARIES for rest in _IN_LIBRARIES)


@cache
def _plain() -> frozenset[str]:
    """Those without wildcards: most, and a pattern of them all would take long to compile."""
    return frozenset(one for one in _globs() if not _WILD.intersection(one))


@cache
def _pattern() -> re.Pattern[str]:
    wild = (re.escape(one) for one in _globs() if _WILD.intersection(one))
    return re.compile("|".join(one.replace(r"\*", "[^/]+").replace(r"\?", "[^/]") for one in wild))
