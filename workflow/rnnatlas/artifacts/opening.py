"""Why a file cannot be opened, and what helps: the words for an operating system's and HDF5's refusals."""

from __future__ import annotations

from pathlib import Path

# How other kinds of file begin.
_OTHERS = {
    b"MATLAB 5.0 MAT-file": ("a MATLAB file of an older format", "save it with -v7.3, or write it with h5write"),
    b"\x0e\x03\x13\x01": ("an HDF4 file", "convert it to HDF5, for example with h4toh5"),
    b"CDF": ("a NetCDF file of an older format", "convert it to NetCDF-4 (nccopy -k nc4), or write it with h5py"),
    b"PK\x03\x04": ("a ZIP archive, such as NumPy's .npz", "write its arrays with h5py"),
    b"\x93NUMPY": ("NumPy's .npy", "write its array with h5py"),
    b"\x80\x02": ("a pickle", "write its arrays with h5py"),
    b"\x1f\x8b": ("compressed by gzip", "decompress it"),
}
HDF5 = b"\x89HDF\r\n\x1a\n"


def why_not_opened(path: Path, error: OSError, remedy: str) -> tuple[str, str]:
    """What is wrong with the file at ``path``, which could not be opened because of ``error``, and what to do: ``remedy`` where the file
    is not there or is something else altogether."""
    if path.is_dir():
        return "a file is expected, this is a folder", f"name the file in it; {remedy}"
    if path.is_symlink() and not path.exists():
        return f"this is a link to {path.readlink()}, which is missing", f"mend the link; {remedy}"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "this file is missing", f"look at its name and folder; {remedy}"
    if isinstance(error, PermissionError):
        return "this file may not be read by you", "ask its owner, or change its permissions (chmod +r)"
    if isinstance(error, BlockingIOError) or "already open for write" in str(error):
        return (
            "another process has this file open for writing, or ended without closing it",
            "close it there (in h5py, file.close()); if no process has it open, copy the file and clear the mark of the copy with h5clear -s",
        )
    try:
        with open(path, "rb") as file:
            begin = file.read(64)
    except OSError as again:
        return (
            f"this file could not be read: {again.strerror or again}",
            "look at the disk, or copy the file to another",
        )
    if not begin:
        return "this file is empty", f"was it copied to the end, or the disk full? {remedy[0].upper()}{remedy[1:]}"
    for magic, (kind, instead) in _OTHERS.items():
        if begin.startswith(magic):
            return f"an HDF5 file is expected, this is {kind}", instead
    if "truncated file" in str(error):
        return "this HDF5 file is truncated", "copy it again: it ends before its content does"
    if "version number" in str(error):
        return (
            "this HDF5 file is of a newer format than this h5py reads, or damaged",
            "upgrade h5py, or write it with libver=('earliest', 'v110')",
        )
    if begin.startswith(HDF5):
        return f"this HDF5 file could not be opened ({error})", "copy it again, or write it anew"
    return "an HDF5 file is expected, this is something else", remedy
