"""What users get: the wheel, built and installed by the real tools, run away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from splitpkg import __version__

REPOSITORY = Path(__file__).resolve().parents[2]


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    subprocess.run(command, check=True, timeout=120)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", f"--wheel-dir={folder}", str(REPOSITORY))
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `splitpkg` script of an environment that has the wheel, and these tests' other libraries."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True, timeout=60)
    pip(f"--python={home}/bin/python", "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = home.glob("lib/python3*/site-packages")
    # A path in a .pth file is searched last, and .pth files there are not obeyed: an editable
    # installation of the checkout stays out of sight.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "splitpkg"


def answer(program: Path, *arguments: str) -> str:
    """What a program of that environment prints, in a folder far from the checkout."""
    command = [str(program), *arguments]
    done = subprocess.run(command, cwd=program.parent, check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout


def files(folder: str) -> set[str]:
    return {
        str(path.relative_to(REPOSITORY / folder))
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_package_its_templates_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    code = {f"splitpkg/{name}" for name in files("splitpkg")}
    templates = {f"splitpkg/templates/{name}" for name in files("templates")}
    assert names == code | templates
    assert any(name.endswith(".j2") for name in names)
    assert any(name.startswith("splitpkg/explain/") and name.endswith(".md") for name in names)
    assert any(name.startswith("splitpkg/abi/descriptors/") and name.endswith(".toml") for name in names)
    assert "splitpkg/py.typed" in names


def test_wheel_is_pure_and_carries_the_licence(wheel: Path) -> None:
    assert wheel.name == f"splitpkg-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        assert f"splitpkg-{__version__}.dist-info/licenses/LICENSE" in archive.namelist()


def test_installed_script_runs_what_the_wheel_holds(installed: Path) -> None:
    where = answer(installed.with_name("python"), "-c", "import splitpkg; print(splitpkg.__file__)")
    assert Path(where.strip()).is_relative_to(installed.parents[1])
    assert answer(installed, "--version") == f"splitpkg {__version__}\n"


TEMPLATES = """
from splitpkg.render.engine import packaged_templates
print(*sorted(entry.name for entry in packaged_templates().iterdir()))
"""


def test_installed_script_finds_its_data(installed: Path) -> None:
    """Its pages and templates lie in the package there, not in a checkout beside it."""
    assert answer(installed, "explain", "unknown-key").startswith("#")
    assert answer(installed.with_name("python"), "-c", TEMPLATES).split() == ["deb", "rpm", "tags"]
