import gzip
from hashlib import sha256
from pathlib import Path

import pytest

from xdata.context import Context
from xdata.formats.position import position
from xdata.readers.files import Files
from xdata.readers.source_specs import parse_sources


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_the_position_grows_with_what_is_read_and_ends_at_the_size(tmp_path: Path, ending: str) -> None:
    lines = b"".join(b'{"text": "%s"}\n' % sha256(b"%d" % number).hexdigest().encode() for number in range(20_000))
    path = tmp_path / f"a.{ending}"
    path.write_bytes(gzip.compress(lines) if ending.endswith("gz") else lines)
    reader = Files(sources=parse_sources([str(path)]))
    read = reader.open(Context())
    ((piece,),) = reader.plan(reader.list_files().files, {})
    seen = [position() for _ in read(piece)]
    assert seen == sorted(seen)
    assert 0 < seen[0] < path.stat().st_size / 2
    assert seen[-1] == path.stat().st_size
    assert position() == 0
