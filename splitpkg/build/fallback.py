"""Macros that specs take for granted and a building machine may lack, with bodies that serve there.

Fedora has them in systemd-rpm-macros, meson, cmake and redhat-rpm-config; a spec names these in
BuildRequires and uses the macros as they are. Where rpm comes from another distribution, these here
stand in, each only if it is undefined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.build.runner import Runner

_CMAKE_FOLDERS = {
    "PREFIX": "%{_prefix}",
    "BINDIR": "%{_bindir}",
    "SBINDIR": "%{_sbindir}",
    "LIBDIR": "%{_libdir}",
    "LIBEXECDIR": "%{_libexecdir}",
    "INCLUDEDIR": "%{_includedir}",
    "DATADIR": "%{_datadir}",
    "MANDIR": "%{_mandir}",
    "SYSCONFDIR": "%{_sysconfdir}",
    "LOCALSTATEDIR": "%{_localstatedir}",
}
_MESON_FOLDERS = ("bin", "sbin", "lib", "libexec", "include", "data", "man", "info", "sysconf", "localstate")

# Parametric ones have `()` behind the name (rpm-macros(7)).
MACROS = {
    "_unitdir": "%{_prefix}/lib/systemd/system",
    "_userunitdir": "%{_prefix}/lib/systemd/user",
    "_sysusersdir": "%{_prefix}/lib/sysusers.d",
    "_tmpfilesdir": "%{_prefix}/lib/tmpfiles.d",
    "_udevrulesdir": "%{_prefix}/lib/udev/rules.d",
    "set_build_flags": 'export CFLAGS="${CFLAGS:-%{optflags}}" CXXFLAGS="${CXXFLAGS:-%{optflags}}"',
    # A package of debug information for each package with code, and one of the source (redhat-rpm-config).
    "_enable_debug_packages": "1",
    "_debuginfo_subpackages": "1",
    "_debugsource_packages": "1",
    # From rpm 4.20 on rpmbuild does this itself.
    "install": "%{lua: if rpm.vercmp(rpm.expand('%{?rpmversion}%{!?rpmversion:0}'), '4.20') < 0"
    " and rpm.expand('%(command -v eu-strip)') ~= '' then"
    " print(rpm.expand('%{?_enable_debug_packages:%{debug_package}}')) end}\\\n%%install\\\n%{nil}",
    "systemd_post()": "[ $1 -ne 1 ] || ! command -v systemctl >/dev/null"
    " || systemctl --no-reload preset %{*} || :",
    "systemd_preun()": "[ $1 -ne 0 ] || ! command -v systemctl >/dev/null"
    " || systemctl --no-reload disable $([ ! -d /run/systemd/system ] || echo --now) %{*} || :",
    "systemd_postun()": "[ ! -d /run/systemd/system ] || systemctl daemon-reload || :",
    "systemd_postun_with_restart()": "[ $1 -lt 1 ] || [ ! -d /run/systemd/system ]"
    " || { systemctl daemon-reload && systemctl try-restart %{*}; } || :",
    "systemd_user_post()": "[ $1 -ne 1 ] || ! command -v systemctl >/dev/null"
    " || systemctl --no-reload --global preset %{*} || :",
    "systemd_user_preun()": "[ $1 -ne 0 ] || ! command -v systemctl >/dev/null"
    " || systemctl --no-reload --global disable %{*} || :",
    "systemd_user_postun()": ":",
    "systemd_user_postun_with_restart()": ":",
    "sysusers_create()": "! command -v systemd-sysusers >/dev/null || systemd-sysusers %{*} || :",
    "tmpfiles_create()": "! command -v systemd-tmpfiles >/dev/null || systemd-tmpfiles --create %{*} || :",
    "meson": "%{set_build_flags} ; meson setup %{_target_platform} --prefix=%{_prefix} "
    + " ".join(f"--{name}dir=%{{_{name}dir}}" for name in _MESON_FOLDERS)
    + " --buildtype=plain --wrap-mode=nodownload --auto-features=enabled",
    "meson_build": "meson compile -C %{_target_platform} --verbose",
    "meson_install": "DESTDIR=%{buildroot} meson install -C %{_target_platform} --no-rebuild",
    "meson_test": "meson test -C %{_target_platform} --no-rebuild --print-errorlogs",
    "cmake": "%{set_build_flags} ; cmake -S . -B %{_target_platform}"
    " -DCMAKE_SKIP_INSTALL_RPATH=ON -DBUILD_SHARED_LIBS=ON "
    + " ".join(f"-DCMAKE_INSTALL_{name}={text}" for name, text in _CMAKE_FOLDERS.items()),
    "cmake_build": "cmake --build %{_target_platform} %{?_smp_mflags} --verbose",
    "cmake_install": "DESTDIR=%{buildroot} cmake --install %{_target_platform}",
    "ctest": "ctest --test-dir %{_target_platform} --output-on-failure --force-new-ctest-process",
}


def undefined_macros(folder: Path, runner: Runner) -> Path:
    """A file of macros for rpm's `--load`, written to `folder`: those of `MACROS` that rpm does not have.

    Raises EnvironmentFailed (`tool-missing`).
    """
    names = {key.removesuffix("()"): key for key in MACROS}
    answer = folder / "undefined"
    question = "".join(f"%{{!?{name}:{name} }}" for name in names)
    runner(["rpm", "--eval", question], cwd=folder, env={}, log=answer)
    missing = [names[name] for name in answer.read_text().split() if name in names]
    target = folder / "macros.fallback"
    target.write_text("".join(f"%{key} {MACROS[key]}\n" for key in missing))
    return target
