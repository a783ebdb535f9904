import gzip
import tarfile
from pathlib import Path

import pytest

from xdata.errors import ResourceError
from xdata.text.hosts import UrlSet
from xdata.text.url_lists import list_files, read_list, read_words


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A UT1 tree of two categories."""
    root = tmp_path / "blacklists"
    for name, content in {
        "adult/domains": "a.org\nb.org\n",
        "adult/urls": "c.org/x\n",
        "adult/expressions": "d.org\n",
        "remote-control/domains": "e.org",
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return root


def _found(path: Path, category: str) -> list[str]:
    known = UrlSet(*([part] for part in read_list(path, category=category)))
    urls = ["http://a.org", "http://b.org", "http://c.org/x", "http://d.org", "http://e.org"]
    return [url[7] for url, number in zip(urls, known.categories(urls), strict=True) if number == 0]


def _tar(tree: Path, name: str, mode: str) -> Path:
    path = tree.parent / name
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        archive.add(tree, arcname="blacklists")
    return path


def test_a_tree_has_a_folder_for_each_category(tree: Path) -> None:
    assert _found(tree, "adult") == ["a", "b", "c"]
    assert _found(tree, "remote_control") == ["e"]
    assert [file.name for file in list_files(tree, category="adult")] == ["domains", "urls"]


@pytest.mark.parametrize(("name", "mode"), [("lists.tar", "w"), ("lists.tar.gz", "w:gz"), ("lists.tar.xz", "w:xz")])
def test_an_archive_is_a_tree(tree: Path, name: str, mode: str) -> None:
    path = _tar(tree, name, mode)
    assert _found(path, "adult") == ["a", "b", "c"]
    assert list_files(path, category="adult") == (path,)


def test_a_tree_without_folders_is_one_category(tree: Path) -> None:
    assert _found(tree / "adult", "whatever") == ["a", "b", "c"]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_plain_file_has_hosts_and_urls(tmp_path: Path, compressed: bool, end: str) -> None:
    content = f"# mine\r\na.org\n\nhttps://c.org/x  # too\ne.org{end}".encode()
    path = tmp_path / "mine.txt"
    path.write_bytes(gzip.compress(content) if compressed else content)
    assert _found(path, "mine") == ["a", "c", "e"]


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\n\n", b"\xff\xfe\x00\n", b"two words\n"])
def test_a_list_without_anything_in_it_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(content)
    with pytest.raises(ResourceError, match="no host and no URL"):
        read_list(path, category="mine")


def test_what_is_not_there_is_refused(tree: Path) -> None:
    with pytest.raises(ResourceError, match="'dating'"):
        read_list(tree, category="dating")
    with pytest.raises(ResourceError, match="no list of URLs"):
        read_list(tree / "nowhere", category="adult")
    broken = tree / "broken.gz"
    broken.write_bytes(gzip.compress(b"a.org\n" * 100)[:-20])
    with pytest.raises(ResourceError, match="cannot be read"):
        read_list(broken, category="adult")


def test_words_are_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# mine\nOne\n\n ක \n", encoding="utf-8")
    assert read_words(path) == {"one", "ක"}
    with pytest.raises(ResourceError, match="list of words"):
        read_words(tmp_path / "none.txt")
