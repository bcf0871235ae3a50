#include <exception>
#include <filesystem>
#include <iostream>

#include "sae/app/run_command.hpp"
#include "sae/data/atomic_file.hpp"

/// write_manual DIR: the pages of the manual and the completion, as the build installs them, into DIR/man and
/// DIR/completions, which must exist.
int main(int argc, char** argv) {
    try {
        if (argc != 2) throw std::runtime_error("expected one argument, a directory");
        const std::filesystem::path directory(argv[1]);
        const sae::ProgramDescription program = sae::program_description();
        for (const sae::ManualPage& page : sae::manual_pages(program))
            sae::write_file_atomically((directory / "man" / page.name).string(), page.text);
        sae::write_file_atomically((directory / "completions" / "sae-mpi").string(),
                                   sae::bash_completion(program));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "write_manual: " << error.what() << '\n';
        return 1;
    }
}
