#include "sae/mpi/node_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <string>

namespace sae::mpi {
namespace {

bool on_one_node(const Communicator& comm) {
    MPI_Comm node = MPI_COMM_NULL;
    check(MPI_Comm_split_type(comm.handle(), MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node),
          "MPI_Comm_split_type");
    int ranks = 0;
    check(MPI_Comm_size(node, &ranks), "MPI_Comm_size");
    MPI_Comm_free(&node);
    return ranks == comm.size();
}

std::string unused_name() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return "/sae-mpi-" + std::to_string(getpid()) + "-" + std::to_string(now);
}

/// A new segment with room for all of it, since a page that is missing later would be a SIGBUS; -1 if it
/// cannot be had.
int create(const std::string& name, std::size_t bytes) {
    const int file = shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file >= 0 && posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0) return file;
    if (file >= 0) {
        close(file);
        shm_unlink(name.c_str());
    }
    return -1;
}

}  // namespace

NodeMemory::NodeMemory(const Communicator& comm, std::size_t bytes) {
    if (!on_one_node(comm)) return;
    std::string name = comm.is_root() ? unused_name() : std::string();
    int file = comm.is_root() ? create(name, bytes) : -1;
    if (comm.is_root() && file < 0) name.clear();
    comm.broadcast_text(name);
    if (!comm.is_root() && !name.empty()) file = shm_open(name.c_str(), O_RDWR, 0);
    void* const at =
        file >= 0 ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    if (file >= 0) close(file);
    const bool missing = comm.all_reduce_max(at == MAP_FAILED ? 1 : 0) > 0;
    if (comm.is_root() && !name.empty()) shm_unlink(name.c_str());
    if (!missing)
        bytes_ = {static_cast<std::byte*>(at), bytes};
    else if (at != MAP_FAILED)
        munmap(at, bytes);
}

NodeMemory::~NodeMemory() {
    if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace sae::mpi
