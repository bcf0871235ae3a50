#include "sae/app/run_identity.hpp"

#include <array>

#include "sae/data/model_file.hpp"
#include "sae/data/sha256.hpp"

namespace sae {
namespace {

constexpr std::size_t words = 8;

/// Adds the hash of one tile, its number included, to sums of 32-bit words, which do not overflow.
void add_tile(const ColumnTiles& columns, Index tile, std::array<std::int64_t, words>& sums) {
    const Index bytes =
        pieces(columns.tiling().width(tile), byte_panel_width) * byte_panel_width * columns.rows();
    Sha256 hash;
    hash.update(std::as_bytes(std::span(&tile, 1)));
    hash.update(std::as_bytes(std::span(columns.panels(tile).bytes, static_cast<std::size_t>(bytes))));
    const Sha256Digest digest = hash.digest();
    for (std::size_t i = 0; i < digest.size(); ++i)
        sums[i / 4] += static_cast<std::int64_t>(digest[i]) << (8 * (i % 4));
}

}  // namespace

std::string images_sha256(const mpi::Communicator& comm, const ColumnTiles& columns) {
    std::array<std::int64_t, words> sums{};
    for (Index tile = columns.first_tile(); tile < columns.last_tile(); ++tile) add_tile(columns, tile, sums);
    comm.all_reduce_sum(sums);
    return hex(sha256(std::as_bytes(std::span(sums))));
}

RunDescription describe_run(const TrainOptions& options, const Shape& shape, Index train_count,
                            const std::string& images_hash, std::span<const double> start) {
    RunDescription run{shape, static_cast<int>(options.history), options.max_iterations, {}};
    Metadata& identity = run.identity;
    identity["images_sha256"] = images_hash;
    put_number(identity, "train-count", train_count);
    put_number(identity, "pixels", shape.inputs);
    put_number(identity, "hidden", options.hidden);
    put_hyperparameters(identity, options.hyperparameters);
    put_number(identity, "history", options.history);
    put_number(identity, "gradient-tolerance", options.gradient_tolerance);
    put_number(identity, "cost-tolerance", options.cost_tolerance);
    if (options.init) {
        identity["init_sha256"] = hex(sha256(std::as_bytes(start)));
    } else {
        put_number(identity, "seed", options.seed);
    }
    identity["precision"] = name(options.precision);
    return run;
}

}  // namespace sae
