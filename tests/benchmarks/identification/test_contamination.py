from collections.abc import Sequence

from tests.benchmarks.identification.contamination import Kept, join, measure, stays
from tests.benchmarks.identification.neighbours import SMALL
from tests.benchmarks.identification.peers import Guess, Peer
from tests.benchmarks.identification.texts import Sentence

_MALTESE, _ENGLISH = "Huwa ma jistax jagħmel dan għal kulħadd", "He cannot do this for everybody"


def _peer(label: str) -> Peer:
    def guess(texts: Sequence[str]) -> list[Guess]:
        return [Guess(label, 0.9) for _ in texts]

    return Peer("always", guess, is_probability=True)


def test_documents_are_of_one_label_and_whole() -> None:
    sentences = [Sentence("eng_Latn" if number % 3 else "mlt_Latn", str(number)) for number in range(24)]
    found = join(sentences, num=5)
    assert [document.label for document in found] == ["mlt_Latn", "eng_Latn", "eng_Latn", "eng_Latn"]
    assert found[0].text.split() == ["0", "3", "6", "9", "12"]


def test_documents_with_distinctive_words_stay() -> None:
    documents = [Sentence("mlt_Latn", _MALTESE), Sentence("eng_Latn", _ENGLISH)]
    assert stays(documents, "mlt").tolist() == [True, False]


def test_what_is_taken_for_a_language_is_counted_before_and_after() -> None:
    own = {code: [Sentence(f"{code}_Latn", f"{_MALTESE} {n}") for n in range(16)] for code in SMALL}
    others = [Sentence("eng_Latn", f"{_ENGLISH} {number}") for number in range(80)]
    (found,) = [item for item in measure(_peer("mlt_Latn"), own, others) if item.code == "mlt"]
    assert found == ("mlt", Kept(2, 2), Kept(10, 0), Kept(2, 2), Kept(10, 0), Kept(10, 0))
    (other,) = [item for item in measure(_peer("mlt_Latn"), own, others) if item.code == "cym"]
    assert (other.own_found, other.others_found, other.of_errors) == (Kept(0, 0), Kept(0, 0), Kept(0, 0))
