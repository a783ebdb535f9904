"""Our identifier with the prior of a crawl, for `--ours people=tests.benchmarks.identification.priors:people`."""

from xdata.models.language import LanguageIdentifier, load_identifier


def people() -> LanguageIdentifier:
    """Languages are the more frequent the more people write them."""
    return load_identifier(prior="people")
