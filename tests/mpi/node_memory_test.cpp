#include "sae/mpi/node_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "sae/core/huge_pages.hpp"

using sae::mpi::Communicator;
using sae::mpi::NodeMemory;

namespace {

/// Whether the system turns small pages of shared memory into huge ones.
bool makes_huge_pages() {
    constexpr int madv_collapse = 25;
    const std::size_t bytes = 2 * sae::huge_page;
    void* const at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(at != MAP_FAILED);
    const std::size_t above = reinterpret_cast<std::uintptr_t>(at) % sae::huge_page;
    auto* const first = static_cast<std::byte*>(at) + (sae::huge_page - above) % sae::huge_page;
    *first = std::byte{1};
    const bool made = madvise(first, sae::huge_page, madv_collapse) == 0;
    munmap(at, bytes);
    return made;
}

/// The kB of the mapping at `at` that this process sees in huge pages, from /proc.
long huge_kilobytes(const void* at) {
    std::ifstream maps("/proc/self/smaps");
    std::ostringstream address;
    address << std::hex << reinterpret_cast<std::uintptr_t>(at) << '-';
    std::string line;
    while (std::getline(maps, line) && !line.starts_with(address.str())) {
    }
    while (std::getline(maps, line))
        if (line.starts_with("ShmemPmdMapped:")) return std::stol(line.substr(line.find(':') + 1));
    return -1;
}

}  // namespace

TEST_CASE("the ranks of a node read what one of them writes") {
    const Communicator comm(MPI_COMM_WORLD);
    const NodeMemory memory(comm, 5000);
    REQUIRE(memory.bytes().size() == 5000);
    CHECK(std::ranges::all_of(memory.bytes(), [](std::byte each) { return each == std::byte{0}; }));
    CHECK(reinterpret_cast<std::uintptr_t>(memory.bytes().data()) % 64 == 0);
    comm.barrier();
    memory.bytes()[static_cast<std::size_t>(comm.rank())] = static_cast<std::byte>(comm.rank() + 1);
    comm.barrier();
    for (int rank = 0; rank < comm.size(); ++rank)
        CHECK(memory.bytes()[static_cast<std::size_t>(rank)] == static_cast<std::byte>(rank + 1));
}

TEST_CASE("two memories do not overlap") {
    const Communicator comm(MPI_COMM_WORLD);
    const NodeMemory one(comm, 1), other(comm, 1);
    REQUIRE(one.bytes().size() == 1);
    REQUIRE(other.bytes().size() == 1);
    one.bytes()[0] = std::byte{7};
    comm.barrier();
    CHECK(other.bytes()[0] == std::byte{0});
}

TEST_CASE("more memory than there is: none is granted, on all ranks") {
    const Communicator comm(MPI_COMM_WORLD);
    const NodeMemory memory(comm, std::size_t{1} << 60);
    CHECK(memory.bytes().empty());
}

TEST_CASE("large memory is in huge pages, all of it 0, and of the size that was asked for") {
    const Communicator comm(MPI_COMM_WORLD);
    const std::size_t bytes = 4 * sae::huge_page - 1000;
    const NodeMemory memory(comm, bytes);
    REQUIRE(memory.bytes().size() == bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(memory.bytes().data()) % sae::huge_page == 0);
    CHECK(std::ranges::all_of(memory.bytes(), [](std::byte each) { return each == std::byte{0}; }));
    if (!makes_huge_pages()) {
        WARN("this system makes no huge pages of shared memory");
        return;
    }
    CHECK(huge_kilobytes(memory.bytes().data()) > 0);
}
