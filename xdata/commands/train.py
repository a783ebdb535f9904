"""Trains the small models that scores use, out of documents that are read and mended as a build does it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from xdata.context import Context
from xdata.disk import hash_file
from xdata.edits.extract import Extract
from xdata.edits.repair import Repair
from xdata.errors import InputError, UsageError, counted
from xdata.languages import resolve_code
from xdata.models.classifier import TrainedClassifier, description_of, save_classifier, train_classifier
from xdata.models.ngrams.files import ENDING, save_ngrams
from xdata.models.ngrams.model import NgramModel
from xdata.models.ngrams.training import train_ngrams
from xdata.readers.files import Files
from xdata.readers.source_specs import parse_sources
from xdata.records import Document
from xdata.step import InputFile


class Texts:
    """The texts of some sources: main text of pages, mended, as the recipes have them. Counts what it leaves out."""

    def __init__(self, specs: Sequence[str], *, language: str | None = None) -> None:
        self._reader = Files(sources=parse_sources(specs))
        self._language = language
        listing = self._reader.list_files()
        self.files = listing.files
        self.num_read = self.num_unreadable = self.num_with_error = self.num_other_languages = 0
        if listing.unreadable:
            raise InputError(str(listing.unreadable[0]))
        if not self.files:
            raise InputError(f"{', '.join(specs)}: has no file in a supported format")

    def __iter__(self) -> Iterator[str]:
        extract, repair = Extract().open(Context()), Repair().open(Context())
        for document in self._documents():
            if self._language is not None and document.language not in (None, self._language):
                self.num_other_languages += 1
                continue
            text = repair(extract(document))
            self.num_with_error += text.error is not None
            self.num_read += text.error is None
            if text.error is None:
                yield text.text

    def facts(self) -> list[list[str]]:
        """Name and sha256 of each file, in order; a data set of the hub has none."""
        return [[_name(file), hash_file(Path(file.location)) if file.location else ""] for file in self.files]

    def describe(self) -> str:
        """What was read and what was not, in words."""
        left = {
            "unreadable": self.num_unreadable,
            "without a main text": self.num_with_error,
            "in another language": self.num_other_languages,
        }
        shown = [f"{num:,} {why}" for why, num in left.items() if num]
        return ", ".join([f"{counted(self.num_read, 'document')} in {counted(len(self.files), 'file')}", *shown])

    def _documents(self) -> Iterator[Document]:
        reader = self._reader
        offsets = {number: reader.index(file) for number, file in enumerate(self.files) if reader.needs_index(file)}
        read = reader.open(Context())
        for pieces in reader.plan(self.files, offsets):
            for piece in pieces:
                for item in read(piece):
                    if isinstance(item, Document):
                        yield item
                    else:
                        self.num_unreadable += 1


def train_perplexity_model(
    specs: Sequence[str], *, language: str, out: Path, max_characters: int | None = None, max_ngrams: int | None = None
) -> tuple[Path, NgramModel, Texts]:
    """Trains a model of one language and writes it to `out`, in a folder as `CODE.ngrams`."""
    code = resolve_code(language)
    path = model_path(out, code)
    _refuse_unwritable(out)
    texts = Texts(specs, language=code)
    sizes = {"max_characters": max_characters, "max_ngrams": max_ngrams}
    given = {name: size for name, size in sizes.items() if size is not None}
    model = train_ngrams(texts, language=code, facts={"inputs": texts.facts(), **given}, **given)
    save_ngrams(model, path)
    return path, model, texts


def model_path(out: Path, code: str) -> Path:
    """Path of the model of a language. Raises UsageError for another file name extension."""
    if out.suffix == ENDING and not out.is_dir():
        return out
    if out.suffix and not out.is_dir():
        raise UsageError(f"--out {out}: give a folder, or a file that ends in {ENDING}")
    return out / f"{code}{ENDING}"


def train_quality_classifier(
    good: Sequence[str], bad: Sequence[str], *, out: Path
) -> tuple[TrainedClassifier, Texts, Texts]:
    """Trains a classifier out of good and bad examples and writes it to `out`, its description beside it."""
    if out.is_dir():
        raise UsageError(f"--out {out}: is a folder: name the file of the model")
    _refuse_unwritable(out)
    goods, bads = Texts(good), Texts(bad)
    facts = {"good": goods.facts(), "bad": bads.facts()}
    trained = train_classifier(goods, bads, facts=facts)
    save_classifier(trained, out)
    return trained, goods, bads


def describe_perplexity(path: Path, model: NgramModel, texts: Texts) -> list[str]:
    """What came of training a language model, in lines."""
    usual = model.reference
    return [
        f"read {texts.describe()}",
        f"trained on {model.facts['num_characters']:,} characters: {model.num_ngrams:,} n-grams of up to {model.order}",
        f"unseen text has a perplexity of {2.0**usual.bits:.2f} a character "
        f"({usual.bits:.2f} bits, give or take {usual.spread:.2f})",
        f"{path}: model of {model.language}",
    ]


def describe_classifier(path: Path, trained: TrainedClassifier, good: Texts, bad: Texts) -> list[str]:
    """What came of training a classifier, in lines."""
    worth, facts = trained.evaluation, trained.facts
    precision = "none" if worth.precision is None else f"{worth.precision:.3f}"
    return [
        f"read good: {good.describe()}",
        f"read bad: {bad.describe()}",
        f"took {facts['num_of_each_taken']:,} different examples of each class; {facts['num_in_both']:,} were in both",
        f"on {worth.num_good:,} good and {worth.num_bad:,} bad examples held out: AUC {worth.auc:.3f}, "
        f"at 0.5 precision {precision} and recall {worth.recall:.3f}",
        f"scores of good ones at 5, 25, 50, 75, 95 %: {_numbers(worth.good_quantiles)}",
        f"scores of bad ones at 5, 25, 50, 75, 95 %: {_numbers(worth.bad_quantiles)}",
        f"{path}: classifier, described in {description_of(path).name}",
    ]


def _refuse_unwritable(out: Path) -> None:
    """Raises UsageError where a file stands in place of a folder on the way to `out`, before hours of training."""
    for folder in out.parents:
        if folder.exists():
            if not folder.is_dir():
                raise UsageError(f"--out {out}: {folder} is not a folder")
            return


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:.3f}" for value in values)


def _name(file: InputFile) -> str:
    return f"{file.source}/{file.path}"
