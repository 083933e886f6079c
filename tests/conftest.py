"""What holds for every test: an environment that the caller's own can't leak into."""

from __future__ import annotations

import os

import hypothesis
import pytest

# How builds of packages are steered from outside (dpkg-buildpackage(1), reproducible-builds.org,
# make's own variables for the makes below it, terminals and pagers).
STEERING = (
    *("DEB_", "DPKG_", "RPM_", "SOURCE_DATE_EPOCH"),
    *("MAKE", "MFLAGS", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "LD_", "PYTHON"),
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "_SPLITPKG", "LANG", "LC_"),
)

# Whether an example is slow depends on what else the machine does; a failure repeats with `derandomize`.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("here"), derandomize=True)
hypothesis.settings.load_profile("ci" if "CI" in os.environ else "here")


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> None:
    """English, UTC, 80 columns, and nothing that steers builds."""
    for name in list(os.environ):
        if name.startswith(STEERING):
            del os.environ[name]
    os.environ.update(LC_ALL="C.UTF-8", TZ="UTC", COLUMNS="80", TERM="dumb")
    os.umask(0o022)
