"""Makes `resources/scripts/zawgyi.tsv`: the rules by which Zawgyi becomes Unicode, out of Google's Myanmar Tools.

    npm pack myanmar-tools@1.2.0 && tar xzf myanmar-tools-1.2.0.tgz
    python -m xdata.provenance.zawgyi package/resources/Z2U.js

The rules are those of CLDR's transform `my-t-my-s0-zawgyi`, in phases that run one after the other.
"""

import argparse
from pathlib import Path

import regex

from xdata.resources import resources_folder

_HEADER = (
    "# Rules from Zawgyi to Unicode: phase, pattern, replacement, mark (start: only where a text begins; again: later "
    "rules apply to what was written). Google Myanmar Tools 1.2.0 (npm), Copyright 2017 Google LLC; license: "
    "Apache-2.0"
)
_PHASE = regex.compile(r"var rules\d+ = \[")
_RULE = regex.compile(r"\{\s*p: RegExp\('\^' \+ '(.*?)'\),\s*s: '(.*?)',\s*(.*?)\}", regex.DOTALL)


def rules(source: str) -> list[str]:
    """The rules in a file of JavaScript, each as a line. Raises ValueError where one is not understood."""
    lines = []
    for phase, part in enumerate(_PHASE.split(source)[1:]):
        found = _RULE.findall(part)
        if len(found) != part.count("p: RegExp"):
            raise ValueError(f"phase {phase} has {part.count('p: RegExp')} rules, understood {len(found)}")
        for pattern, replacement, options in found:
            marks = [name for name, key in (("start", "matchOnStart"), ("again", "revisit")) if key in options]
            lines.append("\t".join((str(phase), pattern, replacement.replace("$", "\\"), " ".join(marks))))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="Z2U.js")
    lines = rules(parser.parse_args().file.read_text(encoding="utf-8"))
    path = resources_folder() / "scripts" / "zawgyi.tsv"
    path.write_text("\n".join([_HEADER, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
