#include "sae/app/run_directory.hpp"

#include <filesystem>

#include "sae/core/error.hpp"
#include "sae/data/checkpoint_file.hpp"

namespace sae {

void RunDirectory::check(bool may_replace) const {
    std::error_code problem;
    if (std::filesystem::exists(path_, problem) && !std::filesystem::is_directory(path_, problem))
        throw Error("--output " + path_ + ": is there and is no directory: name another one");
    if (!may_replace && std::filesystem::exists(model(), problem))
        throw Error("--output " + path_ +
                    ": holds a result (model.safetensors): name another directory, or add "
                    "--overwrite to replace it");
    if (!may_replace && !list_checkpoints(path_).empty())
        throw Error("--output " + path_ +
                    ": holds the checkpoints of a run that has not ended: add --resume to go on from them, "
                    "--overwrite to begin anew, or name another directory");
}

void RunDirectory::create() const {
    std::error_code problem;
    std::filesystem::create_directories(path_, problem);
    if (problem) throw Error("--output " + path_ + ": cannot be made a directory: " + problem.message());
}

}  // namespace sae
