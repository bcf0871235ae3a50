import pathlib

from spack.package import *


class SaeMpi(CMakePackage):
    """Trains a sparse autoencoder by full-batch L-BFGS over MPI ranks; the bytes of the model do not depend on the
    number of ranks or threads."""

    # The checkout that this file is part of: what is committed there is built.
    git = pathlib.Path(__file__).resolve().parents[4].as_uri()

    license("MIT")

    version("1.0.0", get_full_repo=True)

    variant("native", default=False,
            description="Compile for the building machine's processor, beyond Spack's target")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.22:", type="build")
    depends_on("mpi")
    depends_on("eigen@3.4:3")
    depends_on("lbfgspp", type="build")
    depends_on("boost+program_options")
    depends_on("nlohmann-json@3.10:", type="build")
    depends_on("stb", type="build")
    depends_on("zlib-api")

    # C++20 with std::ranges.
    conflicts("%gcc@:10")

    def cmake_args(self):
        return [self.define_from_variant("SAE_NATIVE", "native"), self.define("SAE_TESTS", False)]
