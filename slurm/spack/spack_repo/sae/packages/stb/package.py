from glob import glob

from spack_repo.builtin.build_systems.generic import Package

from spack.package import *


class Stb(Package):
    """Single-file public domain libraries for C; sae-mpi writes its PNG files with one."""

    homepage = "https://github.com/nothings/stb"
    git = "https://github.com/nothings/stb.git"

    license("MIT OR Unlicense")

    # stb has no releases.
    version("2025-05-26", commit="f58f558c120e9b32c217290b80bad1a0729fbb2c")

    def install(self, spec, prefix):
        mkdirp(prefix.include.stb)
        for header in glob("stb_*.h"):
            install(header, prefix.include.stb)
