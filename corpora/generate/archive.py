"""Archives with fixed times, owners and order, so that the same members give the same bytes."""
import gzip
import io
import struct
import tarfile
import zipfile
import zlib

STAMP = (1980, 1, 1, 0, 0, 0)


def zip_of(members):
    """members: list of (name, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members:
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_STORED if name.endswith((".gz", ".zip")) else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            z.writestr(info, data, compresslevel=9)
    return out.getvalue()


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(data), 0o644, 0
            info.uname = info.gname = "root"
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def gz_of(data):
    """One gzip member without name and time."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeeze.compress(data) + squeeze.flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def tar_gz_of(members):
    return gz_of(tar_of(members))


def unpacked(name, data):
    """What is inside, as (path, bytes) of the leaves: two packings of the same content compare equal even where another
    zlib squeezed them differently."""
    if name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as t:
            for m in t:
                yield from unpacked(f"{name}!{m.name}", t.extractfile(m).read())
    elif name.endswith(".gz"):
        yield name, gzip.decompress(data)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            for m in z.infolist():
                yield from unpacked(f"{name}!{m.filename}", z.read(m))
    else:
        yield name, data
