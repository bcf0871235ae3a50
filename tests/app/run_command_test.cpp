#include "sae/app/run_command.hpp"

#include <vector>

#include "catch.hpp"
#include "data/temporary_directory.hpp"

using namespace sae;
using sae::test::ContainsSubstring;
using Words = std::vector<std::string>;

namespace {

/// What a run printed on this rank and how it ended.
struct Outcome {
    int status = 0;
    std::string printed;
    std::string complaint;
};

Outcome run(const mpi::Communicator& world, std::span<const Command> known, const Words& words) {
    Outcome outcome;
    try {
        outcome.status =
            run_command(world, known, words, [&](std::string_view text) { outcome.printed += text; });
    } catch (const mpi::AgreedError& error) {
        outcome.status = error.status();
        outcome.complaint = error.what();
    }
    return outcome;
}

/// A command that returns the number of test images it is asked for.
std::vector<Command> one_command() {
    const auto body = [](const mpi::Communicator&, const ShowOptions& options, std::ostream&) {
        return static_cast<int>(options.test_first);
    };
    return {make_command<ShowOptions>(body)};
}

}  // namespace

TEST_CASE("a command runs on every rank with its options") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    CHECK(run(world, one_command(), {"show", "--test-first", "7"}).status == 7);
}

TEST_CASE("help and version are printed by rank 0 alone") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const auto known = one_command();
    for (const Words& words : {Words{"--help"}, Words{"-h"}, Words{"help"}}) {
        const Outcome outcome = run(world, known, words);
        CHECK(outcome.status == 0);
        CHECK(outcome.printed.empty() == !world.is_root());
        if (world.is_root())
            CHECK_THAT(outcome.printed,
                       ContainsSubstring("show  Writes grids of the first images as PNG files\n"));
    }
    const Outcome of_command = run(world, known, {"show", "--help"});
    CHECK(of_command.status == 0);
    CHECK(of_command.printed.empty() == !world.is_root());
    const Outcome version = run(world, known, {"--version"});
    CHECK(version.printed.empty() == !world.is_root());
    CHECK(version.printed.find('\0') == std::string::npos);
    for (const char* name : {"sae-mpi 2.", "arithmetic: version ",
                             "kernels: ", "compiler: ", "MPI: ", "Eigen: 3.", "LBFGSpp: "}) {
        if (world.is_root()) CHECK_THAT(version.printed, ContainsSubstring(name));
    }
}

TEST_CASE("what is wrong with the command line ends every rank with status 2") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const auto known = one_command();
    const auto check = [&](const Words& words, const std::string& complaint) {
        const Outcome outcome = run(world, known, words);
        CHECK(outcome.status == 2);
        CHECK(outcome.complaint == complaint);
        CHECK(outcome.printed.empty());
    };
    check({}, "a command is missing; sae-mpi --help lists the commands");
    check({"shwo"}, "unknown command \"shwo\"; did you mean show?");
    check({"dance"}, "unknown command \"dance\"; sae-mpi --help lists the commands");
    check({"--hidden", "5"}, "unknown command \"--hidden\"; sae-mpi --help lists the commands");
    check({"show", "--first", "0"},
          "--first: expected a list with commas, each a whole number from 1 to 100000, found \"0\"");
}

TEST_CASE("output that is lost is an error, of every command and on every rank") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const auto body = [](const mpi::Communicator& comm, const ShowOptions&, std::ostream& out) {
        if (comm.is_root()) out << 'x';
        return 0;
    };
    const std::vector<Command> known{make_command<ShowOptions>(body)};
    for (const Words& words :
         {Words{"show"}, Words{"show", "--help"}, Words{"--help"}, Words{"help"}, Words{"--version"}}) {
        int status = 0;
        try {
            status = run_command(world, known, words, [](std::string_view text) {
                if (!text.empty()) throw Error("cannot write to the standard output");
            });
        } catch (const mpi::AgreedError& error) {
            status = error.status();
            CHECK_THAT(error.what(), ContainsSubstring("cannot write to the standard output"));
        }
        INFO(words.front());
        CHECK(status == 1);
    }
}

TEST_CASE("what a command printed before it failed is not lost") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const auto body = [](const mpi::Communicator& comm, const ShowOptions&, std::ostream& out) {
        if (comm.is_root()) out << "found";
        mpi::agreed(comm, [] { throw Error("damaged"); });
        return 0;
    };
    const std::vector<Command> known{make_command<ShowOptions>(body)};
    const Outcome outcome = run(world, known, {"show"});
    CHECK(outcome.complaint == "damaged");
    CHECK(outcome.printed == (world.is_root() ? "found" : ""));
}

TEST_CASE("options that differ between ranks are refused by name") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    if (world.size() == 1) return;
    const bool last = world.rank() == world.size() - 1;
    const auto check = [&](const Words& of_most, const Words& of_last, int status, const std::string& said) {
        const Outcome outcome = run(world, one_command(), last ? of_last : of_most);
        INFO(outcome.complaint);
        CHECK(outcome.status == status);
        CHECK_THAT(outcome.complaint, ContainsSubstring(said));
    };
    check({"show", "--test-first", "7"}, {"show", "--test-first", "8"}, 2,
          "rank 2 of 3: --test-first: is 8 here and 7 on rank 0; give all ranks the same options");
    check({"show", "--data", "mnist"}, {"show"}, 2, "--data: is not given here and mnist on rank 0; ");
    check({"show"}, {"--version"}, 2, "the command is \"--version\" here and \"show\" on rank 0; ");
    check({}, {"show"}, 2, "the command is \"show\" here and \"\" on rank 0; ");
    check({"show"}, {"show", "--help"}, 0, "");
}

TEST_CASE("an INI file that differs between ranks is refused") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    const test::TemporaryDirectory directory;
    test::write_text(directory / "run.ini", "test-first = " + std::to_string(world.rank() + 1) + '\n');
    const Outcome outcome = run(world, one_command(), {"show", "--config", directory / "run.ini"});
    CHECK(outcome.status == (world.size() == 1 ? 1 : 2));
    if (world.size() > 1)
        CHECK_THAT(outcome.complaint, ContainsSubstring("--test-first: is 2 here and 1 on rank 0; "));
}

TEST_CASE("every command of the program has a name, a summary and its own help") {
    const mpi::Communicator world(MPI_COMM_WORLD);
    for (const Command& command : commands()) {
        INFO(command.name());
        CHECK_FALSE(command.description.headline().empty());
        const Outcome outcome = run(world, commands(), {command.name(), "--help"});
        CHECK(outcome.status == 0);
        if (world.is_root())
            CHECK_THAT(outcome.printed, ContainsSubstring("Usage: sae-mpi " + command.name()));
    }
}
