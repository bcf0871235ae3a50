#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace sae {

/// A barrier for cores that see the same memory: threads of one process or of several processes of a node.
/// Everything that they share is in that memory, as numbers without addresses, since each process may map it
/// at another address.
///
/// Cores arrive in a tree of cache lines, so that few cores write to one line; the last core to arrive
/// releases all. A core that waits spins on the release word for `spin`, then sleeps until it is woken.
class Barrier {
  public:
    /// The bytes that a barrier of `cores` cores takes, whole cache lines.
    [[nodiscard]] static std::size_t bytes(int cores);

    /// `memory` is aligned to 64 bytes, bytes(cores) long, 0 before the first core uses it, and the same for
    /// all cores.
    Barrier(std::span<std::byte> memory, int cores, std::chrono::microseconds spin);

    /// Returns true when all cores have called it, false if the barrier is broken. What each core wrote
    /// before is then seen by all. `core` is in [0, cores). If `idle` is not empty, a waiting core calls it
    /// every few microseconds while it spins, and about every 150 microseconds while it sleeps.
    [[nodiscard]] bool meet(int core, const std::function<void()>& idle = {});

    /// Breaks the barrier: all calls of meet(), now and later, return false.
    void break_up();

    /// Makes a broken barrier usable again. No core may be inside meet() or about to call it.
    void mend();

  private:
    /// One level of the tree: its first line and how many children its lines have in all.
    struct Level {
        std::size_t first_line;
        int children;
    };

    [[nodiscard]] static std::vector<Level> levels(int cores);
    [[nodiscard]] std::uint32_t& word(std::size_t line) const;
    [[nodiscard]] bool last_to_arrive(int core) const;
    void release() const;
    void wait(std::uint32_t phase, const std::function<void()>& idle) const;
    [[nodiscard]] bool still(std::uint32_t phase) const;

    std::span<std::byte> memory_;
    std::vector<Level> levels_;
    std::chrono::microseconds spin_;
};

}  // namespace sae
