#include "sae/mpi/node_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

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

/// Requests the pages of this rank's share of the segment. False if there are too few; a page that is missing
/// later would cause a SIGBUS.
bool get_pages(const Communicator& node, int file, std::size_t bytes) {
    constexpr std::size_t page = 4096;
    const auto ranks = static_cast<std::size_t>(node.size()), rank = static_cast<std::size_t>(node.rank());
    const std::size_t pages = (bytes + page - 1) / page;
    const std::size_t first = pages * rank / ranks * page;
    const std::size_t last = std::min(bytes, pages * (rank + 1) / ranks * page);
    return first == last ||
           posix_fallocate(file, static_cast<off_t>(first), static_cast<off_t>(last - first)) == 0;
}

}  // namespace

NodeMemory::NodeMemory(const Communicator& node, std::size_t bytes) {
    if (bytes == 0) return;
    std::string name = node.is_root() ? unused_name() : std::string();
    int file = node.is_root() ? create(name, bytes) : -1;
    if (node.is_root() && file < 0) name.clear();
    node.broadcast_text(name);
    if (!node.is_root() && !name.empty()) file = shm_open(name.c_str(), O_RDWR, 0);
    void* at = MAP_FAILED;
    if (file >= 0 && get_pages(node, file, bytes))
        at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    const bool missing = node.all_reduce_max(at == MAP_FAILED ? 1 : 0) > 0;
    if (node.is_root() && !name.empty()) shm_unlink(name.c_str());
    if (missing) {
        if (at != MAP_FAILED) munmap(at, bytes);
        return;
    }
    bytes_ = {static_cast<std::byte*>(at), bytes};
    // Has an effect if the system has huge pages for shared memory.
    static_cast<void>(madvise(at, bytes, MADV_HUGEPAGE));
}

NodeMemory::NodeMemory(NodeMemory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

NodeMemory& NodeMemory::operator=(NodeMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}

NodeMemory::~NodeMemory() {
    if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace sae::mpi
