#include "sae/app/run_directory.hpp"

#include <filesystem>

#include "sae/core/error.hpp"
#include "sae/data/checkpoint_file.hpp"
#include "sae/data/readable.hpp"

namespace sae {

void create_output_directory(const std::string& path) {
    std::error_code problem;
    std::filesystem::create_directories(path, problem);
    if (problem) throw Error("--output " + path + ": cannot create this directory: " + problem.message());
}

std::string RunDirectory::name() const {
    const auto whole = std::filesystem::absolute(path_).lexically_normal();
    return readable((whole.has_filename() ? whole : whole.parent_path()).filename().string());
}

void RunDirectory::check(bool may_replace) const {
    std::error_code problem;
    if (std::filesystem::exists(path_, problem) && !std::filesystem::is_directory(path_, problem))
        throw Error("--output " + path_ + ": exists and is not a directory: name another one");
    if (!may_replace && std::filesystem::exists(model(), problem))
        throw Error("--output " + path_ +
                    ": holds a result (model.safetensors): name another directory, or add "
                    "--overwrite to replace it");
    if (!may_replace && !list_checkpoints(path_).empty())
        throw Error(
            "--output " + path_ +
            ": holds the checkpoints of a run that has not ended: add --resume to continue from them, "
            "--overwrite to start again, or name another directory");
}

}  // namespace sae
