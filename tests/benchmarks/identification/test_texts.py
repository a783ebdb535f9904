"""The sets are read as they are, each sentence with its label."""

import gzip
from pathlib import Path

import pytest

from tests.benchmarks.identification.texts import SETS, languages_of, read_set

_FILES = {
    "langid/sib200/cmn_Hant.tsv.gz": "split\tindex_id\tcategory\ttext\ntrain\t1\tx\t這是\n",
    "langid/sib200/zgh_Tfng.tsv.gz": "split\tindex_id\tcategory\ttext\ntrain\t1\tx\tⵜⵓⵔⴽⵢⴰ\n",
    "langid/tatoeba/srp-eng.tsv.gz": "Добар дан.\tHello.\n" + "Dobar dan.\tHello.\n" * 2,
    "langid/tatoeba/kzj-eng.tsv.gz": "Kotobian\tHello\n",
    "langid/tatoeba/cmn-eng.tsv.gz": "你好\tHello\n我们\tWe\n是这个\tThis\n",
    "langid/tatoeba/ara-eng.tsv.gz": "".join(f"سامي {'ي' * n}\tSami\n" for n in range(1, 30)) + "Tom\tTom\n",
    "parallel/lafand/fr-wol.dev.tsv.gz": "Bonjour\tJàmm  rekk\n",
    "ner/masakhaner2/swa/dev.txt.gz": "Rais O\nwa O\nKenya B-LOC\n\nHabari O\n. O\n",
    "ner/masakhaner2/swa/train.txt.gz": "left O\n",
    "nli/americasnli/gn.dev.tsv.gz": "id\tlanguage\tpremise\thypothesis\tlabel\n1\tgn\tNéi\tNañeʼẽvéi\tneutral\n",
    "sts/semrel2024/kin_dev.csv.gz": 'PairID,Text,Score\n1,"Amakuru meza.\nMurakoze.",0.4\n',
    "parallel/tico19/en-zh.tmx.gz": (
        '<tuv xml:lang="en">\n<seg>A &amp; b</seg></tuv><tuv xml:lang="zh"><seg>这个</seg></tuv>'
    ),
    "parallel/multi30k/val.cs.gz": "Muž spí.\n\n",
    "parallel/wmt_newstest/newstest2009.fr.gz": "Le chat.\nLe chat.\n",
    "parallel/tatoeba_en_es/spa.txt.gz": "Go.\tVete.\n",
}

_EXPECTED = {
    "sib200": {("zho_Hant", "這是"), ("tzm_Tfng", "ⵜⵓⵔⴽⵢⴰ")},
    "lafand": {("wol_Latn", "Jàmm rekk")},
    "masakhaner": {("swh_Latn", "Rais wa Kenya"), ("swh_Latn", "Habari .")},
    "americasnli": {("gug_Latn", "Néi"), ("gug_Latn", "Nañeʼẽvéi")},
    "semrel": {("kin_Latn", "Amakuru meza."), ("kin_Latn", "Murakoze.")},
    "tico19": {("eng_Latn", "A & b"), ("zho_Hans", "这个")},
    "multi30k": {("ces_Latn", "Muž spí.")},
    "newstest": {("fra_Latn", "Le chat.")},
    "tatoeba_en_es": {("eng_Latn", "Go."), ("spa_Latn", "Vete.")},
}


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    for name, content in _FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content.encode()))
    return tmp_path


@pytest.mark.parametrize("name", _EXPECTED)
def test_sets_are_read_with_their_labels(name: str, shared: Path) -> None:
    assert {tuple(sentence) for sentence in read_set(name, shared)} == _EXPECTED[name]


def test_labels_of_tatoeba_go_by_the_script_of_each_sentence(shared: Path) -> None:
    found = read_set("tatoeba", shared)
    assert {("srp_Cyrl", "Добар дан."), ("srp_Latn", "Dobar dan.")} < set(found)
    assert ("dtp_Latn", "Kotobian") in found
    assert {("zho_Hani", "你好"), ("zho_Hans", "我们"), ("zho_Hans", "是这个")} < set(found)
    assert languages_of(found) == {"srp", "dtp", "zho", "arb"}


def test_a_sentence_in_a_stray_script_is_left_out(shared: Path) -> None:
    assert not [sentence for sentence in read_set("tatoeba", shared) if sentence.text == "Tom"]


def test_sentences_are_taken_once(shared: Path) -> None:
    found = read_set("tatoeba", shared)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("most", [1, 2, 7, 28, 29, 100])
def test_of_each_label_at_most_some_are_taken(most: int, shared: Path) -> None:
    found = [sentence for sentence in read_set("tatoeba", shared, most=most) if sentence.label == "arb_Arab"]
    assert len(found) == min(most, 29)
    assert found == sorted(found, key=lambda sentence: len(sentence.text))


@pytest.mark.parametrize("name", SETS)
def test_a_set_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=name):
        read_set(name, tmp_path)


@pytest.mark.shared_data("langid/sib200")
def test_readers_find_the_real_sets(shared_data: Path) -> None:
    found = read_set("sib200", shared_data, most=1)
    assert len(found) == 111
    assert len(languages_of(found)) == 108
