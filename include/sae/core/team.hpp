#pragma once
#include <cstddef>
#include <vector>

#include "sae/core/aligned.hpp"

namespace sae {

/// Evaluations that see the same memory, those of the ranks where all are on one node: what all of them need
/// alike, each makes a share of.
class Team {
  public:
    virtual ~Team() = default;
    [[nodiscard]] virtual int members() const = 0;
    [[nodiscard]] virtual int member() const = 0;
    /// Memory that all members see, 0 at first and aligned to 64 bytes; it lives as long as the team. All
    /// members ask for the same in the same order.
    [[nodiscard]] virtual std::byte* memory(std::size_t bytes) = 0;
    /// Returns when all members have called it; then each sees what the others had written.
    virtual void meet() = 0;
};

/// What memory(bytes) takes of the memory of a team, all of which begin on a cache line.
[[nodiscard]] constexpr std::size_t team_share(std::size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

/// An evaluation by itself.
class NoTeam final : public Team {
  public:
    [[nodiscard]] int members() const override { return 1; }
    [[nodiscard]] int member() const override { return 0; }
    [[nodiscard]] std::byte* memory(std::size_t bytes) override { return memory_.emplace_back(bytes).data(); }
    void meet() override {}

  private:
    std::vector<AlignedVector<std::byte>> memory_;
};

}  // namespace sae
