"""Words that a format fixes the spelling of: names, versions, addresses, users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from splitpkg.manifest import architecture
from splitpkg.manifest.fault import Fault, Refused, shown
from splitpkg.manifest.template import literals
from splitpkg.manifest.text import Text, line_template

if TYPE_CHECKING:
    from collections.abc import Callable


def spelled(slug: str, pattern: str, expected: str, mended: Callable[[str], str] = str) -> Text:
    """Text that fits a regular expression, which has to mean the same in JavaScript (ECMA-262).

    What `mended` makes of a wrong text is proposed, where that fits.
    """

    def check(text: str) -> str:
        # `$` also matches before a line feed at the end.
        if not re.search(pattern, text) or text.endswith("\n"):
            proposed = mended(text)
            hint = f"write {shown(proposed)}" if re.search(pattern, proposed) and proposed != text else None
            raise Refused(Fault(slug, f"is {shown(text)}; expected {expected}", hint))
        return text

    return Text(check, pattern)


def suffix_template(text: str) -> str:
    """A package's suffix with places as `{name}`; the plan lowers it and makes `_` a `-`."""
    text = line_template(text)
    odd = re.search(r"[^A-Za-z0-9+._-]", "".join(literals(text)))
    if odd is not None:
        message = f"is {shown(text)}, which holds `{odd[0]}`; expected a package's suffix with places"
        raise Refused(Fault("bad-name", message, "write letters, digits and `+.-` around the places"))
    if not re.match(r"[A-Za-z0-9{]", text):
        raise Refused(Fault("bad-name", f"is {shown(text)}; expected a letter, digit or place at its head"))
    return text


def _normal_name(text: str) -> str:
    return text.lower().replace("_", "-").replace(" ", "-")


def _without_v(text: str) -> str:
    return text.removeprefix("v").replace("-", "~" if re.search("-(alpha|beta|rc)", text) else ".")


def plain_file_or_address(text: str) -> str:
    """An http(s) or ftp address, or the name of a file beside the manifest; perhaps with places."""
    filled = re.sub(PLACE, "0", text)
    if re.fullmatch(_ADDRESS, filled) or re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._+~-]*", filled):
        return text
    message = f"is {shown(text)}; expected an address as `https://host/file`, or the name of a file"
    raise Refused(Fault("bad-address", message))


PLACE = r"\{(?:name|version)\}"
"""What stands for the program's own in names of upstream's."""

_NAME_CHARACTERS = "lower-case letters, digits and `+.-`"
_VERSION = r"^[0-9][A-Za-z0-9.+~]*$"
_VERSION_CHARACTERS = "a digit, then letters, digits and `.+~`"
_ADDRESS = r"^(https?|ftp)://[A-Za-z0-9.\[][!#$&'()*+,./0-9:;=?@A-Z\[\]_a-z~%-]*$"

# Debian policy 5.6.1: two characters or more; RPM takes these too.
PACKAGE_NAME = spelled(
    "bad-name", r"^[a-z0-9][a-z0-9+.-]+$", "two or more lower-case letters, digits or `+.-`", _normal_name
)
PackageName = Annotated[str, PACKAGE_NAME]
# Fedora's naming guidelines allow capitals and `_` for names that upstream spells so.
RpmName = Annotated[str, spelled("bad-name", r"^[A-Za-z0-9][A-Za-z0-9+._-]*$", "letters, digits and `+._-`")]
Suffix = Annotated[str, spelled("bad-name", r"^[a-z0-9][a-z0-9+.-]*$", _NAME_CHARACTERS, _normal_name)]
OptionalSuffix = Annotated[
    str, spelled("bad-name", r"^([a-z0-9][a-z0-9+.-]*)?$", f"{_NAME_CHARACTERS}, or nothing", _normal_name)
]
SuffixTemplate = Annotated[str, Text(suffix_template, r"^[A-Za-z0-9{][A-Za-z0-9+._{}-]*$")]
# What both formats take: RPM has no `-` in a version (rpm-spec(5)), Debian no `^` (deb-version(7)).
VERSION = spelled("bad-version", _VERSION, _VERSION_CHARACTERS, _without_v)
Version = Annotated[str, VERSION]
Release = Annotated[str, VERSION]
Homepage = Annotated[
    str, spelled("bad-address", _ADDRESS.replace("|ftp", ""), "an address as `https://host/page`")
]
Source = Annotated[str, Text(plain_file_or_address)]
Folder = Annotated[
    str,
    spelled(
        "bad-value",
        rf"^([A-Za-z0-9_]|{PLACE})([A-Za-z0-9._+~-]|{PLACE})*$",
        "the name of one folder, without slashes",
    ),
]
# Debian policy 5.6.2; a comma would part two people in Uploaders, `${` is a variable (deb-substvars(5)).
_BESIDE = r"[A-Za-z0-9_][A-Za-z0-9._+@~-]*"
BesideName = Annotated[str, spelled("bad-value", rf"^{_BESIDE}$", "the name of a file beside the manifest")]
_PART = r"(?!\.{1,2}(/|$))[A-Za-z0-9._+@:-][A-Za-z0-9._+@:~-]*"
InstalledPath = Annotated[
    str,
    spelled(
        "bad-value",
        rf"^(\{{libdir\}}/)?{_PART}(/{_PART})*$",
        "a path without a slash at its head or end, of letters, digits and `._+@:~-`",
        lambda text: text.strip("/"),
    ),
]
SourcePath = Annotated[
    str,
    spelled("bad-value", rf"^{_PART}(/{_PART})*$", "a path below the source's top folder, without patterns"),
]
Maintainer = Annotated[
    str,
    spelled(
        "bad-maintainer",
        r"^(?!.*\$\{)[^\s<>@,\x00-\x1f\x7f-\x9f]+( [^\s<>@,\x00-\x1f\x7f-\x9f]+)*"
        r" <[!-;=?A-~]+@[0-9A-Za-z.\[\]:-]+>$",
        "a name and an address, as `Jo Doe <jo@host>`",
    ),
]
Architecture = Annotated[
    str,
    spelled(
        "bad-value",
        architecture.PATTERN,
        "Debian's name of an architecture, as `amd64` or `linux-any`",
        architecture.near,
    ),
]
PlainPath = Annotated[
    str,
    spelled(
        "bad-value",
        r"^(?!.*(^|/)\.{0,2}(/|$))([A-Za-z0-9._+@:/~-]|\{[a-z][a-z0-9_]*(:dashes)?\})+$",
        "a path relative to the tree, of letters, digits and `._+@:~-`",
        lambda text: text.strip("/"),
    ),
]
UnitName = Annotated[
    str, spelled("bad-value", r"^[A-Za-z0-9:_.@-]+\.[a-z]+$", "a unit with its type, as `demo.service`")
]
Mode = Annotated[str, spelled("bad-value", r"^[0-7]{3,4}$", "three or four octal digits, as `0644`")]
User = Annotated[
    str, spelled("bad-value", r"^[a-z_][a-z0-9_-]{0,31}$", "a name of lower-case letters, digits and `_-`")
]
Section = Annotated[
    str, spelled("bad-value", r"^([a-z-]+/)?[a-z][a-z0-9-]*$", "a section of Debian's archive, as `net`")
]
StandardsVersion = Annotated[
    str, spelled("bad-value", r"^[0-9]+\.[0-9]+\.[0-9]+(\.[0-9]+)?$", "a version of the policy, as `4.6.2`")
]
Variable = Annotated[
    str, spelled("bad-name", r"^[A-Za-z_][A-Za-z0-9_]*$", "letters, digits and `_`, no digit at its head")
]
FlagsVariable = Annotated[
    str,
    spelled(
        "bad-value", r"^(CFLAGS|CPPFLAGS|CXXFLAGS|LDFLAGS)$", "`CFLAGS`, `CPPFLAGS`, `CXXFLAGS` or `LDFLAGS`"
    ),
]
SymbolPattern = Annotated[
    str, spelled("bad-value", r"^[!-.0-~]+$", "a pattern of symbol names, without spaces and slashes")
]
PathPattern = Annotated[
    str, spelled("bad-value", r"^(?!/)[!-~]+$", "a pattern of a path below the libraries' directory")
]
CapabilityName = Annotated[
    str,
    spelled(
        "bad-value",
        r"^(?! )(?!.*\{value\}.*\{value\})[ -~]*\{value\}([ -~]*[!-~])?$",
        "a name of a capability, with `{value}` in it once",
    ),
]
Slug = Annotated[
    str, spelled("bad-value", r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "the name of a finding, as `unmet-symbol`")
]
