"""Relations in a format's own words, as a spec (rpm-dependencies(7)) or debian/control (policy 7.1) has them.

They reach the output as they stand. So each has to be one relation, and hold no macro or substitution
variable but those that are known to be values: `%(command)` runs when a spec is only looked at.
"""

from __future__ import annotations

import re
from typing import Annotated

from splitpkg.manifest.fault import Fault, Refused, shown
from splitpkg.manifest.text import Text, one_line

RPM_MACROS = {
    "%{?epoch:%{epoch}:}": "1:",
    "%{?_isa}": "(x)",
    "%{?dist}": ".x",
    "%{name}": "x",
    "%{version}": "1",
    "%{release}": "1",
}
"""The macros that a relation may hold, each with a text as it could stand for."""

DEB_VERSIONS = ("${binary:Version}", "${source:Version}", "${source:Upstream-Version}")
"""The substitution variables that stand for a version (deb-substvars(5))."""

# Patterns are compiled when they are first used (and kept by `re`): most manifests need few of them.
_RPM_MACRO = "|".join(map(re.escape, RPM_MACROS))
_RPM_NAME = r"[A-Za-z0-9_/][^\s,<>=()|&%\"\\]*(?:\([^\s,()%\"\\]*\)[^\s,<>=()|&%\"\\]*)*"
_RPM_VERSION = r"(?:[0-9]+:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]+)?"
_RPM_SIMPLE = rf"{_RPM_NAME}(?: (?:<=|>=|<|>|=) {_RPM_VERSION})?"
_RPM_OPERAND = rf"(?:\0|{_RPM_SIMPLE})"
_RPM_GROUP = (
    rf"(?<![^ (])\({_RPM_OPERAND}(?:(?: and {_RPM_OPERAND})+|(?: or {_RPM_OPERAND})+"
    rf"|(?: with {_RPM_OPERAND})+| without {_RPM_OPERAND}"
    rf"| (?:if|unless) {_RPM_OPERAND}(?: else {_RPM_OPERAND})?)\)"
)
_DEB_NAME = r"[a-z0-9][a-z0-9+.-]+"
_DEB_VERSION = (
    rf"(?:{'|'.join(map(re.escape, DEB_VERSIONS))}|(?:[0-9]+:)?[0-9][A-Za-z0-9.+~-]*)[A-Za-z0-9.+~]*"
)
_DEB_ARCHITECTURES = r" *\[ *!?[a-z0-9-]+(?: +!?[a-z0-9-]+)* *\]"
_DEB_PROFILES = r" *< *!?[a-z0-9.-]+(?: +!?[a-z0-9.-]+)* *>"
_DEB_ONE = (
    rf"(?:\$\{{[a-z0-9][a-z0-9-]*:[A-Z][A-Za-z-]*\}}|{_DEB_NAME}(?::[a-z0-9-]+)?"
    rf"(?: *\( *(?:<<|<=|=|>=|>>) *{_DEB_VERSION} *\))?(?:{_DEB_ARCHITECTURES})?(?:{_DEB_PROFILES})*)"
)
_DEB_RELATION = rf"{_DEB_ONE}(?: *\| *{_DEB_ONE})*"
_DEB_PROVIDED = rf"{_DEB_NAME}(?::[a-z0-9-]+)?(?: *\( *= *{_DEB_VERSION} *\))?"


def rpm_relation(text: str) -> str:
    """One dependency of a spec: `NAME`, `NAME >= EVR`, or a boolean one in parentheses."""
    for plain in _expansions(one_line(text)):
        if not re.fullmatch(_RPM_SIMPLE, plain) and _reduced(plain) != "\0":
            raise _refused(text, "one dependency, as `name`, `name >= 1.0` or `(this if that)`")
    return text


def rpm_capability(text: str) -> str:
    """What a spec may provide or make obsolete: `NAME`, or `NAME = EVR`; never boolean."""
    for plain in _expansions(one_line(text)):
        if not re.fullmatch(_RPM_SIMPLE, plain):
            raise _refused(text, "one name, as `name` or `name = 1.0`")
    return text


def _reduced(plain: str) -> str:
    """The text with each boolean dependency as a NUL, from the innermost on."""
    before = ""
    while plain != before:
        before, plain = plain, re.sub(_RPM_GROUP, "\0", plain)
    return plain


def deb_relation(text: str) -> str:
    """One relation of debian/control, alternatives included: `this (>= 1.0) | that`."""
    if not re.fullmatch(_DEB_RELATION, one_line(text)):
        raise _deb_refused(text, "one relation, as `name`, `name (>= 1.0)` or `this | that`")
    return text


def deb_capability(text: str) -> str:
    """What a Debian package may provide: `NAME` or `NAME (= VERSION)` (policy 7.5)."""
    if not re.fullmatch(_DEB_PROVIDED, one_line(text)):
        raise _deb_refused(text, "one name, as `name` or `name (= 1.0)`")
    return text


def _expansions(text: str) -> tuple[str, str]:
    """The text with its macros filled; and with those empty that may be."""
    # In one pass: what an expansion leaves must not be taken for a macro that the author wrote.
    filled = re.sub(_RPM_MACRO, lambda macro: RPM_MACROS[macro[0]], text)
    if "%" in filled:
        allowed = "macros that a relation may hold are " + ", ".join(f"`{one}`" for one in sorted(RPM_MACROS))
        message = f"holds {shown(text)}, where `%` begins no macro that may stand there"
        raise Refused(Fault("bad-relation", message, "write the text that the macro stands for", (allowed,)))
    return filled, re.sub(_RPM_MACRO, lambda macro: "" if "?" in macro[0] else RPM_MACROS[macro[0]], text)


def _refused(text: str, expected: str) -> Refused:
    hint = None
    if "," in text:
        hint = "write a list, with one relation in each string"
    elif re.search(r"\w[<>=]|[<>=]\w|  ", text):
        hint = "put one space on either side of the operator"
    return Refused(Fault("bad-relation", f"holds {shown(text)}; expected {expected}", hint))


def _deb_refused(text: str, expected: str) -> Refused:
    if "${" in text:
        known = "variables that may stand for a version are " + ", ".join(f"`{one}`" for one in DEB_VERSIONS)
        return Refused(Fault("bad-relation", f"holds {shown(text)}; expected {expected}", None, (known,)))
    return _refused(text, expected)


RpmRelation = Annotated[str, Text(rpm_relation, r"^[A-Za-z0-9_/(%]")]
RpmCapability = Annotated[str, Text(rpm_capability, r"^[A-Za-z0-9_/%]")]
DebRelation = Annotated[str, Text(deb_relation, r"^[a-z0-9$]")]
DebCapability = Annotated[str, Text(deb_capability, r"^[a-z0-9]")]
