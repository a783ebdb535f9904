'''Formats of files, input and output: one module and one `Format` value each, listed in `xdata.formats.table`.

A format has up to three parts, each None where it lacks it:

    input    files of a source -> rows (which become records), or whole documents
    rows     how rows are copied by recipes whose output is the input minus dropped rows
    output   tables -> files of an output folder, and back

An input needs nothing but `read`. This module reads files of lines with a reference, a tab and a verse; large ones are
cut at any line, since it says that they split:

    """Verses: a reference, a tab and a text on each line."""

    from collections.abc import Iterator

    from xdata.formats.format import Format, Input, Item, Reading, Row
    from xdata.formats.lines import part_lines
    from xdata.records import Unreadable
    from xdata.step import FilePart, InputFile


    class _Verses(Input):
        """Reads each line as a row with the columns `reference` and `text`."""

        def splits(self, file: InputFile, reading: Reading) -> bool:
            return file.compression == "none"

        def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
            for line in part_lines(part, reading):
                if isinstance(line, Unreadable):  # as one that is too long
                    yield line
                    continue
                origin, content = line
                reference, tab, text = content.decode("utf-8", "replace").rstrip("\\r\\n").partition("\\t")
                if tab:
                    yield Row(origin, {"reference": reference, "text": text})
                else:
                    yield Unreadable(origin, "has no tab, expected a reference, a tab and a verse")


    VERSES = Format(
        name="verses",
        title="Verses",
        expected="lines of a reference, a tab and a verse, in UTF-8",
        suffixes=(".verses",),
        input=_Verses(),
    )

A format of xdata gets a line in `FORMATS` of `xdata.formats.table`. A format of a user is in a Python file that the
recipe names (`Recipe(…, code=("verses.py",))`): it is registered when that file is loaded, in every process of a run.
'''
