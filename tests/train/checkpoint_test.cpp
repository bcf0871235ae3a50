#include "sae/train/checkpoint.hpp"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "data/faulty_file_system.hpp"
#include "data/temporary_directory.hpp"
#include "sae/core/arithmetic.hpp"
#include "sae/core/error.hpp"
#include "sae/train/checkpointer.hpp"
#include "small_training.hpp"

using namespace sae;
using namespace sae::test;

namespace {

const auto never = [](const Lbfgs&, DistributedSpace&, bool) {};
const auto no_warning = [](const std::string&) {};

/// A directory that rank 0 makes and all know.
class SharedDirectory {
  public:
    explicit SharedDirectory(const mpi::Communicator& world) : world_(world) {
        if (world.is_root()) own_ = std::make_unique<TemporaryDirectory>();
        if (own_) path_ = own_->path();
        world.broadcast_text(path_);
    }
    SharedDirectory(const SharedDirectory&) = delete;
    SharedDirectory& operator=(const SharedDirectory&) = delete;
    ~SharedDirectory() { world_.barrier(); }

    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    const mpi::Communicator& world_;
    std::unique_ptr<TemporaryDirectory> own_;
    std::string path_;
};

/// The end of a run, on rank 0.
struct Trained {
    TrainingOutcome outcome;
    int restarts = 0;
};

/// Trains on the first `ranks` ranks, with a checkpoint after each iteration.
Trained train_and_save(const mpi::Communicator& world, int ranks, const std::string& directory,
                       const LbfgsSettings& settings, Precision precision = Precision::double_precision) {
    Trained trained;
    on_first_ranks(world, ranks, [&](const mpi::Communicator& group) {
        SmallTraining training(group, precision);
        training.on_root([&](DistributedSpace&) {
            const auto save = [&](const Lbfgs& optimiser, DistributedSpace& space, bool) {
                save_checkpoint(checkpoint_path(directory, optimiser.state().iterations), optimiser.state(),
                                space, SmallTraining::identity());
            };
            trained.outcome = training.train(settings, nullptr, save);
            trained.restarts = training.restarts;
        });
    });
    return trained;
}

/// A part of the end of a resumed run, on rank 0 of `world`.
struct Resumed {
    std::vector<double> theta;
    std::vector<Index> iterations;
    std::string last_checkpoint;  ///< its bytes
};

Resumed resume(const mpi::Communicator& world, int ranks, const std::string& from,
               const std::string& directory, const LbfgsSettings& settings, Precision precision) {
    Resumed result;
    on_first_ranks(world, ranks, [&](const mpi::Communicator& group) {
        SmallTraining training(group, precision);
        training.on_root([&](DistributedSpace&) {
            const RunDescription run = SmallTraining::description(settings.max_iterations);
            Checkpoint checkpoint(from);
            LbfgsState state = checkpoint.state_for(run);
            const ResumePoint point{std::move(checkpoint), std::move(state)};
            const std::string last = directory + "/last";
            const auto save = [&](const Lbfgs& optimiser, DistributedSpace& space, bool) {
                if (optimiser.status() == LbfgsStatus::running) return;
                save_checkpoint(last, optimiser.state(), space, run.identity);
            };
            result.theta = training.train(settings, &point, save).theta;
            result.iterations = training.iterations;
            result.last_checkpoint = read_text(last);
        });
    });
    return result;
}

/// Writes the checkpoint `file` again, all its numbers in double.
void widen_pairs(const SafetensorsReader& file, const std::string& path) {
    Metadata metadata = file.metadata();
    metadata.erase("format");
    std::vector<TensorSpec> specs;
    for (const TensorInfo& tensor : file.tensors()) specs.push_back({tensor.name, Dtype::f64, tensor.shape});
    specs.pop_back();  // the checksum, which the writer adds
    CheckpointWriter writer(path, specs, metadata);
    for (const TensorSpec& spec : specs) {
        const TensorInfo& tensor = file.tensor(spec.name);
        std::vector<double> numbers(static_cast<std::size_t>(tensor.size()));
        file.read(tensor, numbers);
        writer.append(numbers);
    }
    writer.commit();
}

/// Resumes on every number of ranks after each of the last `count` iterations but the very last; returns the
/// undisturbed run.
Trained check_resumes(const LbfgsSettings& settings, Index count,
                      Precision precision = Precision::double_precision) {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    Trained undisturbed = train_and_save(world, 1, directory.path(), settings, precision);
    Index end = undisturbed.outcome.last.iteration;
    world.broadcast_value(end);
    for (int ranks = 1; ranks <= world.size(); ++ranks) {
        for (Index k = end - count; k < end; ++k) {
            const Resumed resumed = resume(world, ranks, checkpoint_path(directory.path(), k),
                                           directory.path(), settings, precision);
            if (!world.is_root()) continue;
            INFO("from iteration " << k << " on " << ranks << " ranks");
            CHECK(resumed.theta == undisturbed.outcome.theta);
            CHECK(resumed.iterations.front() == k + 1);
            CHECK(static_cast<Index>(resumed.iterations.size()) == end - k);
            CHECK((resumed.last_checkpoint == read_text(checkpoint_path(directory.path(), end))));
        }
    }
    return undisturbed;
}

}  // namespace

TEST_CASE("a run resumed after any iteration on any number of ranks ends with the same bits") {
    const Precision precision = GENERATE(Precision::double_precision, Precision::single_precision);
    static_cast<void>(check_resumes(SmallTraining::settings(12), 12, precision));
}

TEST_CASE("the pairs are floats in the file, and the same numbers in double are read too") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    const LbfgsSettings settings = SmallTraining::settings(9);
    const Trained undisturbed =
        train_and_save(world, 1, directory.path(), settings, Precision::single_precision);
    const std::string widened = directory / "widened";
    if (world.is_root()) {
        const SafetensorsReader file(checkpoint_path(directory.path(), 6));
        CHECK(file.tensor("pairs").dtype == Dtype::f32);
        CHECK(file.tensor("pairs").size() == 8 * SmallTraining::shape().size());
        widen_pairs(file, widened);
    }
    const Resumed resumed =
        resume(world, world.size(), widened, directory.path(), settings, Precision::single_precision);
    if (world.is_root()) CHECK(resumed.theta == undisturbed.outcome.theta);
}

TEST_CASE("a run is resumed with the same bits before, between and after failed line searches") {
    LbfgsSettings settings = SmallTraining::settings(400);
    settings.max_line_search = 1;
    settings.line_search = LineSearch::backtracking;
    const Trained undisturbed = check_resumes(settings, 4);
    const mpi::Communicator world(MPI_COMM_WORLD);
    if (!world.is_root()) return;
    CHECK(undisturbed.restarts >= 2);
    CHECK(undisturbed.outcome.last.status == LbfgsStatus::line_search_failed);
}

TEST_CASE("a checkpoint has the same bytes from any number of ranks") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory one(world), all(world);
    train_and_save(world, 1, one.path(), SmallTraining::settings(6));
    train_and_save(world, world.size(), all.path(), SmallTraining::settings(6));
    if (!world.is_root()) return;
    for (Index k = 0; k <= 6; ++k) {
        CHECK((read_text(checkpoint_path(one.path(), k)) == read_text(checkpoint_path(all.path(), k))));
    }
}

TEST_CASE("the newest intact checkpoint is found, and damaged ones are named") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    train_and_save(world, world.size(), directory.path(), SmallTraining::settings(3));
    if (!world.is_root()) return;
    std::vector<std::string> warnings;
    const auto warn = [&](const std::string& text) { warnings.push_back(text); };
    const auto found = [&] {
        return find_resume_point(directory.path(), SmallTraining::description(), warn)->state.iterations;
    };
    CHECK(found() == 3);
    CHECK(warnings.empty());

    const std::string newest = checkpoint_path(directory.path(), 3);
    std::string bytes = read_text(newest);
    bytes[bytes.size() / 2] ^= 1;
    write_text(newest, bytes);
    CHECK(found() == 2);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("the checkpoint " + newest + " is damaged") == 0);
    CHECK(warnings[0].find("an older one is used") != std::string::npos);

    for (Index k = 0; k < 3; ++k) write_text(checkpoint_path(directory.path(), k), "x");
    const std::string message = message_of<Error>([&] { static_cast<void>(found()); });
    CHECK(message.find("no checkpoint there is intact: the checkpoint " + newest + " is damaged") !=
          std::string::npos);
    for (Index k = 0; k < 3; ++k)
        CHECK(message.find("cannot read " + checkpoint_path(directory.path(), k)) != std::string::npos);
    CHECK(warnings.size() == 1);
    CHECK_FALSE(find_resume_point(directory / "none", SmallTraining::description(), warn));
}

TEST_CASE("a file too large for a checkpoint of the run is not read to its end") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    train_and_save(world, world.size(), directory.path(), SmallTraining::settings(2));
    if (!world.is_root()) return;
    const std::string newest = checkpoint_path(directory.path(), 2);
    const std::string bytes = read_text(newest);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    const auto header = nlohmann::json::parse(bytes.substr(sizeof length, length));
    constexpr std::int64_t huge = std::int64_t{1} << 40;
    const auto lay = [&](const nlohmann::json& metadata) {
        const nlohmann::json forged = {
            {"__metadata__", metadata},
            {"state", {{"dtype", "U8"}, {"shape", {huge}}, {"data_offsets", {0, huge}}}},
            {"sha256", {{"dtype", "U8"}, {"shape", {32}}, {"data_offsets", {huge, huge + 32}}}}};
        const std::string text = forged.dump();
        length = text.size();
        write_text(newest, std::string(reinterpret_cast<const char*>(&length), sizeof length) + text);
        std::filesystem::resize_file(newest, sizeof length + length + static_cast<std::uintmax_t>(huge) + 32);
    };
    std::vector<std::string> warnings;
    const auto find = [&] {
        return find_resume_point(directory.path(), SmallTraining::description(),
                                 [&](const std::string& text) { warnings.push_back(text); });
    };
    lay(header["__metadata__"]);
    CHECK(find()->state.iterations == 1);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("the checkpoint " + newest + " is damaged: it has 1099511") == 0);

    nlohmann::json other = header["__metadata__"];
    other["lambda"] = "elsewhere";
    lay(other);
    CHECK(message_of<Error>([&] {
              static_cast<void>(find());
          }).find("it belongs to another run: lambda is") != std::string::npos);
}

TEST_CASE("a checkpoint of another run is refused with every difference") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    train_and_save(world, world.size(), directory.path(), SmallTraining::settings(3));
    if (!world.is_root()) return;
    const auto refusal = [&](const RunDescription& run) {
        return message_of<Error>(
            [&] { static_cast<void>(find_resume_point(directory.path(), run, no_warning)); });
    };
    CHECK(refusal(SmallTraining::description(100)).empty());
    CHECK(refusal(SmallTraining::description(3)).empty());
    CHECK(refusal(SmallTraining::description(2)).find("3 iterations behind it, more than the 2 asked for") !=
          std::string::npos);

    RunDescription other = SmallTraining::description();
    other.identity = {{"hidden", "60"}, {"lambda", "0.001"}, {"rho", "0.2"}};
    CHECK(refusal(other).find("hidden is \"50\" there and \"60\" here, rho is absent there and \"0.2\" here, "
                              "history is \"4\" there and absent here;") != std::string::npos);
    other = SmallTraining::description();
    other.shape.hidden = 51;
    CHECK(refusal(other).find("theta") != std::string::npos);
    other = SmallTraining::description();
    other.history = 2;
    CHECK(refusal(other).find("optimiser state") != std::string::npos);
}

TEST_CASE("a checkpoint with a NaN, or of another version of the arithmetic, is refused") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    if (!world.is_root()) return;
    const TemporaryDirectory directory;
    LbfgsState state;
    state.gram = Gram(4);
    const std::vector<double> numbers = pack(state);
    const Index size = SmallTraining::shape().size();
    Metadata metadata = SmallTraining::identity();
    put_number(metadata, "arithmetic", arithmetic_version);
    const auto refusal = [&](Index broken, Index pairs) {
        const std::string path = directory / "c";
        CheckpointWriter file(path,
                              {{"state", Dtype::f64, {static_cast<Index>(numbers.size())}},
                               {"theta", Dtype::f64, {size}},
                               {"gradient", Dtype::f64, {size}},
                               {"pairs", Dtype::f64, {pairs, 2, size}}},
                              metadata);
        file.append(numbers);
        std::vector<double> vectors(static_cast<std::size_t>(size * (2 + 2 * pairs)));
        if (broken >= 0) vectors[static_cast<std::size_t>(broken)] = std::nan("");
        for (Index i = 0; i < 2 + 2 * pairs; ++i) {
            file.append(std::span(vectors).subspan(static_cast<std::size_t>(i * size),
                                                   static_cast<std::size_t>(size)));
        }
        file.commit();
        return message_of<Error>(
            [&] { static_cast<void>(Checkpoint(path).state_for(SmallTraining::description())); });
    };
    CHECK(refusal(-1, 0).empty());
    CHECK(refusal(size - 1, 0).find("\"theta\" holds numbers that are not finite") != std::string::npos);
    CHECK(refusal(size, 0).find("\"gradient\" holds numbers that are not finite") != std::string::npos);
    CHECK(refusal(-1, 1).find("pairs") != std::string::npos);

    const auto versions = [](const std::string& there) {
        return "by version " + there + " of the arithmetic, this program computes by version " +
               std::to_string(arithmetic_version) + ",";
    };
    metadata["arithmetic"] = "7";
    CHECK(refusal(-1, 0).find(versions("7")) != std::string::npos);
    metadata["hidden"] = "51";
    CHECK(refusal(-1, 0).find(versions("7")) != std::string::npos);
    metadata.erase("arithmetic");
    CHECK(refusal(-1, 0).find(versions("1")) != std::string::npos);
}

TEST_CASE("a full disk at any step of a save leaves the checkpoints before it, and the run continues") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    for (const int step : {0, 1, 3, 20, 60}) {
        const SharedDirectory directory(world);
        SmallTraining training(world);
        training.on_root([&](DistributedSpace&) {
            FaultyFileSystem full(Fault::crash, step, ENOSPC);
            std::vector<std::string> warnings;
            CheckpointerSettings settings{directory.path(), SmallTraining::identity(), 1};
            settings.warn = [&](const std::string& text) { warnings.push_back(text); };
            Checkpointer checkpointer(settings, {}, full);
            const TrainingOutcome outcome =
                training.train(SmallTraining::settings(4), nullptr, std::ref(checkpointer));
            CHECK(outcome.last.iteration == 4);
            REQUIRE_FALSE(warnings.empty());
            CHECK(warnings[0].find(directory.path() + "/checkpoint-") != std::string::npos);
            CHECK(warnings[0].find("No space left on device") != std::string::npos);
            CHECK(warnings[0].find("the run continues") != std::string::npos);
            const auto point = find_resume_point(directory.path(), SmallTraining::description(), no_warning);
            CHECK(point.has_value() == (step >= 20));
        });
    }
}

TEST_CASE("a last save that fails is an error, and a saved iteration is not saved again") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    SmallTraining training(world);
    training.on_root([&](DistributedSpace&) {
        FaultyFileSystem full(Fault::crash, 0, ENOSPC);
        Checkpointer failing({directory.path(), {}, 1000}, {}, full);
        Checkpointer working({directory.path(), {}, 1000}, {});
        Checkpointer saved_before({directory.path(), {}, 1000}, 1, full);
        const auto save = [&](const Lbfgs& optimiser, DistributedSpace& space, bool) {
            if (optimiser.state().iterations != 1) return;
            CHECK(message_of<Error>([&] { failing(optimiser, space, true); }).find("No space left") !=
                  std::string::npos);
            CHECK_NOTHROW(failing(optimiser, space, false));
            working(optimiser, space, false);
            CHECK(list_checkpoints(directory.path()).empty());
            working(optimiser, space, true);
            CHECK(list_checkpoints(directory.path()).size() == 1);
            CHECK(working.seconds() > 0);
            CHECK_NOTHROW(saved_before(optimiser, space, true));
        };
        static_cast<void>(training.train(SmallTraining::settings(2), nullptr, save));
    });
}

TEST_CASE("the last two checkpoints are kept; later damaged ones and leftovers are removed") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    SmallTraining training(world);
    training.on_root([&](DistributedSpace&) {
        write_text(checkpoint_path(directory.path(), 9), "damaged");
        write_text(directory / ".checkpoint-000009.safetensors.tmp.123", "torn");
        int synced = 0;
        CheckpointerSettings settings{directory.path(), SmallTraining::identity(), 2};
        settings.before_save = [&] { ++synced; };
        Checkpointer checkpointer(settings, {});
        static_cast<void>(training.train(SmallTraining::settings(7), nullptr, std::ref(checkpointer)));
        CHECK(synced == 4);
        std::vector<Index> found;
        for (const CheckpointEntry& entry : list_checkpoints(directory.path()))
            found.push_back(entry.iteration);
        CHECK(found == std::vector<Index>{7, 6});
        CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 2);
    });
}

TEST_CASE("an interrupted run saves the last completed iteration and is resumed to the same bits") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const SharedDirectory directory(world);
    const SharedDirectory undisturbed(world);
    const std::vector<double> theta =
        train_and_save(world, world.size(), undisturbed.path(), SmallTraining::settings()).outcome.theta;
    // The last rank alone is asked to stop, at each of the first evaluations in turn.
    for (int evaluation = 2; evaluation < 10; ++evaluation) {
        int evaluations = 0;
        const auto stop_request = [&] {
            return ++evaluations == evaluation && world.rank() == world.size() - 1
                       ? StopRequest::save_and_requeue
                       : StopRequest::none;
        };
        SmallTraining training(world, Precision::double_precision, stop_request);
        training.on_root([&](DistributedSpace& space) {
            Checkpointer checkpointer({directory.path(), SmallTraining::identity(), 1000}, {});
            const TrainingOutcome outcome =
                training.train(SmallTraining::settings(), nullptr, std::ref(checkpointer));
            CHECK(outcome.last.status == LbfgsStatus::interrupted);
            CHECK(space.stop_reason() == StopRequest::save_and_requeue);
            const auto point = find_resume_point(directory.path(), SmallTraining::description(), no_warning);
            REQUIRE(point.has_value());
            CHECK(point->state.iterations == outcome.last.iteration);
            CHECK(training.train(SmallTraining::settings(), &*point, never).theta == theta);
            remove_checkpoint({0, point->checkpoint.path()});
        });
    }
}
