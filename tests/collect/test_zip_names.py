"""Names in zips as Windows, macOS and Info-ZIP write them."""

import io
import struct
import zipfile
import zlib

import pytest

from autograder.collect.archive import Archive
from autograder.collect.zip_names import decode_names

CLASS = [
    "João Avó", "Íris Muñoz", "Conceição", "Ângela Sá", "José Antônio", "ÁLVARO GONÇALVES", "Zoë", "Thaís Araújo",
    "Inês d'Ávila", "Úrsula", "Sérgio Magalhães", "ação",
]  # fmt: skip


def entries(names, encoding, extra=lambda _: b""):
    """Return a zip's entries whose names do not declare their encoding."""
    made = []
    for name in names:
        raw = name.encode(encoding)
        info = zipfile.ZipInfo(raw.decode("cp437"))
        info.flag_bits, info.extra = 0, extra(raw)
        made.append(info)
    return made


@pytest.mark.parametrize("encoding", ["cp850", "cp1252", "utf-8"])
def test_a_class_is_read_in_the_encoding_that_it_was_written_in(encoding):
    """All names together reveal the encoding, whatever program wrote them."""
    assert decode_names(entries(CLASS, encoding)) == CLASS


@pytest.mark.parametrize("encoding", ["cp850", "cp1252"])
@pytest.mark.parametrize("name", ["João", "José", "Íris", "Conceição", "Antônio", "Inês", "Sérgio Sá", "Muñoz"])
def test_one_name_is_mostly_enough(name, encoding):
    """A symbol within a word, or a letter foreign to the language, rules out an encoding."""
    assert decode_names(entries([name], encoding)) == [name]


def test_names_of_the_united_states_code_page_are_read():
    """As far as code page 850 has the same letters, or none."""
    names = ["José", "Zoë", "Ñandú", "François"]
    assert decode_names(entries(names, "cp437")) == names


def test_info_zips_field_is_believed_unless_the_entry_was_renamed():
    """The field has the name in UTF-8 and the checksum of the other name."""

    def field(raw):
        body = struct.pack("<BI", 1, zlib.crc32(raw)) + "Łukasz".encode()
        return struct.pack("<HH", 0x5455, 1) + b"\0" + struct.pack("<HH", 0x7075, len(body)) + body

    assert decode_names(entries(["ukasz\xe9"], "cp850", field)) == ["Łukasz"]
    assert decode_names(entries(["Andr\xe9"], "cp850", lambda _: field(b"another"))) == ["Andr\xe9"]


@pytest.mark.parametrize(
    "extra", [b"", b"\x75\x70", b"\x75\x70\xff\xff\x01", b"\x75\x70\x05\x00\x01\0\0\0\0", b"\0" * 9]
)
def test_a_broken_field_does_no_harm(extra):
    """The name itself is then guessed."""
    assert decode_names(entries(["é"], "cp850", lambda _: extra)) == ["é"]


def test_a_zip_of_windows_is_read_whole():
    """Names are decoded, and members can be read by them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("JoXo/cnn.ipynb", b"{}")
    content = buffer.getvalue().replace(b"JoXo", "João".encode("cp850"))
    archive = Archive(lambda: io.BytesIO(content), "class.zip")
    with archive.held():
        [member] = archive.members()
        assert (member.parts, archive.read(member, 10)) == (("João", "cnn.ipynb"), b"{}")
    assert archive.read(member, 10) == b"{}"
