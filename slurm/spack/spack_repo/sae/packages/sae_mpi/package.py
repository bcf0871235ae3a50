from pathlib import Path

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class SaeMpi(CMakePackage):
    """Trains a sparse autoencoder by full-batch L-BFGS over MPI ranks; the bytes of the model do not depend on the
    number of ranks or threads."""

    # The checkout that this file is part of: what is committed on its branch main is built.
    git = Path(__file__).resolve().parents[6].as_uri()

    license("MIT")

    version("main", branch="main")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.22:", type="build")
    depends_on("mpi")
    depends_on("eigen@3.4:3")
    depends_on("lbfgspp", type="build")
    depends_on("boost+program_options")
    depends_on("nlohmann-json@3:", type="build")
    depends_on("zlib-api")
    depends_on("openssl")

    # Headers that spack has no package of.
    resource(
        name="stb",
        git="https://github.com/nothings/stb.git",
        commit="8b5f1f37b5b75829fc72d38e7b5d4bcbf8a26d55",
        placement="stb",
    )

    # C++20 with ranges.
    conflicts("%gcc@:10")

    def cmake_args(self):
        # Spack's target is the processor that the build is for; the kernels are chosen at the start.
        return [
            self.define("SAE_TESTS", False),
            self.define("STB_INCLUDE_DIR", join_path(self.stage.source_path, "stb")),
        ]
