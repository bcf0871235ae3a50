#include "sae/mpi/node_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <new>
#include <string>

#include "sae/core/huge_pages.hpp"

namespace sae::mpi {
namespace {

std::string unused_name() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return "/sae-mpi-" + std::to_string(getpid()) + "-" + std::to_string(now);
}

/// A new segment of `bytes` bytes, which has no pages yet; -1 if the system refuses it.
int create(const std::string& name, std::size_t bytes) {
    const int file = shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file < 0 || ftruncate(file, static_cast<off_t>(bytes)) == 0) return file;
    close(file);
    shm_unlink(name.c_str());
    return -1;
}

/// The segment in place of the pages of new memory, whose addresses suit huge pages; without bytes if there
/// are too few addresses.
ZeroedMemory map(int file, std::size_t bytes) {
    try {
        ZeroedMemory memory(bytes);
        void* const at = memory.bytes().data();
        const std::size_t whole = whole_pages(bytes);
        if (mmap(at, whole, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == at) {
            // Has an effect if the file system has huge pages for those who ask.
            static_cast<void>(madvise(at, whole, MADV_HUGEPAGE));
            return memory;
        }
    } catch (const std::bad_alloc&) {
    }
    return {};
}

bool allocate(int file, std::size_t first, std::size_t bytes) {
    return posix_fallocate(file, static_cast<off_t>(first), static_cast<off_t>(bytes)) == 0;
}

/// Puts a part of the segment, from byte `first` on, into huge pages if the system can. It does not give
/// shared memory huge pages at once, but makes one of the small pages at its addresses; one of these is
/// enough.
void make_huge_pages(int file, std::size_t first, std::byte* at, std::size_t bytes) {
    constexpr int madv_collapse = 25;  // Linux 6.1; not in the headers of glibc 2.36
    for (std::size_t page = 0; page < bytes; page += huge_page)
        if (!allocate(file, first + page, small_page)) return;
    static_cast<void>(madvise(at, bytes, madv_collapse));
}

/// Requests the pages of this rank's share of the segment. False if there are too few; a page that is missing
/// later would cause a SIGBUS.
bool get_pages(const Communicator& node, int file, std::span<std::byte> memory) {
    const bool huge = use_huge_pages(memory.size());
    const std::size_t page = huge ? huge_page : small_page;
    const std::size_t pages = whole_pages(memory.size()) / page;
    const auto ranks = static_cast<std::size_t>(node.size()), rank = static_cast<std::size_t>(node.rank());
    const std::size_t first = pages * rank / ranks * page, last = pages * (rank + 1) / ranks * page;
    if (first == last) return true;
    if (huge) make_huge_pages(file, first, memory.data() + first, last - first);
    return allocate(file, first, last - first);
}

}  // namespace

NodeMemory::NodeMemory(const Communicator& node, std::size_t bytes) {
    if (bytes == 0) return;
    std::string name = node.is_root() ? unused_name() : std::string();
    int file = node.is_root() ? create(name, whole_pages(bytes)) : -1;
    if (node.is_root() && file < 0) name.clear();
    node.broadcast_text(name);
    if (!node.is_root() && !name.empty()) file = shm_open(name.c_str(), O_RDWR, 0);
    if (file >= 0) memory_ = map(file, bytes);
    const bool granted = !memory_.bytes().empty() && get_pages(node, file, memory_.bytes());
    if (file >= 0) close(file);
    const bool missing = node.all_reduce_max(granted ? 0 : 1) > 0;
    if (node.is_root() && !name.empty()) shm_unlink(name.c_str());
    if (missing) memory_ = {};
}

}  // namespace sae::mpi
