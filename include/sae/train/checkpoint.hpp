#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sae/data/checkpoint_file.hpp"
#include "sae/train/distributed_space.hpp"
#include "sae/train/lbfgs.hpp"

namespace sae {

/// What a checkpoint must agree with for a run to continue from it.
struct RunDescription {
    Shape shape;
    int history = 10;          ///< pairs of L-BFGS
    Index max_iterations = 0;  ///< may differ from the checkpoint's, but not be below its iteration
    /// By name, everything that affects a bit of the run except max_iterations: the settings and the identity
    /// of the data. The names format, iteration, evaluations, cost and arithmetic are reserved.
    Metadata identity;
};

/// Saves a run after a completed iteration: x, the gradient, the history's pairs, the optimiser's state and
/// `identity`, in one checkpoint file, whole or not at all. On rank 0 while the others serve; it holds one
/// whole vector at a time. Throws Error if the file cannot be written; the run can continue then.
void save_checkpoint(const std::string& path, const LbfgsState& state, DistributedSpace& space,
                     const Metadata& identity, FileSystem& file_system = posix_file_system());

/// The size in bytes of the vectors of a checkpoint whose history has `pairs` pairs.
[[nodiscard]] Index checkpoint_bytes(int pairs, const Shape& shape);

/// A checkpoint with a correct checksum.
class Checkpoint {
  public:
    /// Reads the whole file; an Error names it if it is damaged or not a checkpoint.
    explicit Checkpoint(const std::string& path);

    [[nodiscard]] const std::string& path() const { return file_.path(); }

    /// The optimiser's state, if the checkpoint belongs to `run`. Otherwise throws Error with each name whose
    /// value differs and both values, or with both versions of the arithmetic. Checks all of the content, so
    /// that restore() does not fail because of it.
    [[nodiscard]] LbfgsState state_for(const RunDescription& run) const;

    /// Copies the vectors into the space, on rank 0 while the others serve. The number of ranks may be
    /// another than when the checkpoint was saved.
    void restore(DistributedSpace& space) const;

  private:
    [[nodiscard]] LbfgsState read_state(const RunDescription& run) const;

    CheckpointReader file_;
};

/// Where a run continues.
struct ResumePoint {
    Checkpoint checkpoint;
    LbfgsState state;
};

/// The newest intact checkpoint in `directory`, or nothing if there are no checkpoints. `warn` is called for
/// each damaged one that is skipped. Throws Error, without warnings, if all are damaged or the newest intact
/// one does not belong to `run`. Only one process may call it.
[[nodiscard]] std::optional<ResumePoint> find_resume_point(
    const std::string& directory, const RunDescription& run,
    const std::function<void(const std::string&)>& warn);

}  // namespace sae
