#!/usr/bin/env python3
"""spack_package.py ROOT: spack's package loads, with stand-ins for what spack gives it; it builds this checkout, and has a
dependency for each package and header that CMake looks for in a build without tests."""
import pathlib
import re
import sys
import types

NAMES = {"mpi": "mpi", "openmp": None, "eigen3": "eigen", "boost": "boost", "zlib": "zlib-api", "openssl": "openssl",
         "nlohmann_json": "nlohmann-json", "threads": None, "lbfgspp_include_dir": "lbfgspp", "stb_include_dir": "stb"}


class CMakePackage:
    stage = types.SimpleNamespace(source_path="/stage")

    def define(self, name, value):
        return f"-D{name}={value}"


def load(path):
    """The package's class, and the names of what it depends on or fetches."""
    needed = []
    package = types.ModuleType("spack.package")
    package.depends_on = lambda spec, **_: needed.append(re.match(r"[a-z-]+", spec)[0])
    package.resource = lambda name, git, commit, placement: needed.append(name)
    package.version = package.license = package.conflicts = lambda *_, **__: None
    package.join_path = lambda *parts: "/".join(parts)
    cmake = types.ModuleType("spack_repo.builtin.build_systems.cmake")
    cmake.CMakePackage = CMakePackage
    for name in ("spack", "spack_repo", "spack_repo.builtin", "spack_repo.builtin.build_systems"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["spack.package"], sys.modules[cmake.__name__] = package, cmake
    namespace = {"__file__": str(path), "__name__": "package"}
    exec(compile(path.read_text(), path, "exec"), namespace)
    return namespace["SaeMpi"], needed


def wanted_by_cmake(root):
    text = "".join(path.read_text() for path in [root / "CMakeLists.txt", *(root / "src").rglob("CMakeLists.txt")])
    return {name.lower() for name in re.findall(r"find_(?:package|path)\((\w+)", text)}


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    package, needed = load(root / "slurm/spack/spack_repo/sae/packages/sae_mpi/package.py")
    problems = [f"CMake looks for {name}: say in this test what it is for spack" for name in wanted_by_cmake(root)
                if name not in NAMES]
    problems += [f"no dependency {NAMES[name]}" for name in wanted_by_cmake(root)
                 if NAMES.get(name) and NAMES[name] not in needed]
    if package.git != root.as_uri():
        problems.append(f"builds {package.git}, expected {root.as_uri()}")
    arguments = package().cmake_args()
    if "-DSTB_INCLUDE_DIR=/stage/stb" not in arguments:
        problems.append(f"the headers of stb are not found: {arguments}")
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()
