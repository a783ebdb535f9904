from xdata import records
from xdata.records import Document, Origin, document_schema, ledger_schema, read_table


def test_identity_is_a_hash_of_source_path_and_place() -> None:
    identities = {
        Origin("a", "f", 0).id,
        Origin("b", "f", 0).id,
        Origin("a", "g", 0).id,
        Origin("a", "f", 1).id,
        Origin("a", "f", 0, 1).id,
        Origin("a", "f", 1, 1).id,
    }
    assert len(identities) == 6
    assert all(len(identity) == 32 and int(identity, 16) >= 0 for identity in identities)


def test_identities_are_those_of_every_other_version() -> None:
    """Golden: published ids must never change."""
    assert Origin("web", "a/pages.warc.gz", 1234).id == "fd47238b6766be0beed44f59d914c7bd"
    assert Origin("web", "a/pages.warc.gz", 0, 1234).id == "6d7d2430e94186356dabc3b747f7f95a"


def test_rows_have_the_schema_and_lone_surrogates_become_replacement_characters() -> None:
    table = read_table([Document(Origin("s", "f", 7, 9), "a\ud800b", url="u\udfff", language="swh_Latn")])
    assert table.schema == records.READ_SCHEMA
    (row,) = table.to_pylist()
    assert (row["text"], row["url"], row["offset"], row["inner_offset"]) == ("a\ufffdb", "u\ufffd", 7, 9)
    assert row["license"] == "unknown"


def test_what_the_user_keeps_travels_as_it_is_and_takes_no_place_where_there_is_nothing() -> None:
    kept, row = '{"kichwa": "አዲስ ዓመት"}'.encode(), b'{"body": "\xff"}\r\n'
    documents = [
        Document(Origin("s", "f", 0), "a", original_id="ก-1", kept=kept, row=row),
        Document(Origin("s", "f", 9), "b"),
    ]
    table = read_table(documents)
    assert table["original_id"].to_pylist() == ["ก-1", None]
    assert table["kept"].to_pylist() == [kept.decode(), None]
    assert table["row"].to_pylist() == [row, None]
    nothing = read_table([Document(Origin("s", "f", 9), "b")])
    assert all(nothing[name].null_count == 1 for name in ("original_id", "kept", "row"))
    assert read_table([Document(Origin("s", "f", 0), "a", original_id="x\ud800")])["original_id"].to_pylist() == [
        "x\ufffd"
    ]


def test_an_empty_table_has_the_schema_too() -> None:
    assert read_table([]).schema == records.READ_SCHEMA


def test_scores_are_a_struct_in_order_of_name() -> None:
    for schema in (document_schema(["b", "a"]), ledger_schema({}, ["b", "a"])):
        assert [field.name for field in schema.field("scores").type] == ["a", "b"]


def test_without_scores_there_is_no_column_of_them() -> None:
    """Parquet has no empty struct."""
    assert "scores" not in document_schema(()).names
    assert "scores" not in ledger_schema({}, ()).names


def test_data_has_the_columns_of_the_contract() -> None:
    assert document_schema(["num_words"]).names == [
        "id",
        "original_id",
        "text",
        "language",
        "language_score",
        "script",
        "variety",
        "source",
        "license",
        "domain",
        "url",
        "date",
        "scores",
        "cluster_size",
    ]
