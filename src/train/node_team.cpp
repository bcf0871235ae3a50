#include "node_team.hpp"

#include <cassert>
#include <utility>

#include "sae/mpi/node_memory.hpp"

namespace sae {

namespace {

class NodeTeam final : public Team {
  public:
    NodeTeam(const mpi::Communicator& comm, std::unique_ptr<mpi::NodeMemory> memory)
        : comm_(comm), memory_(std::move(memory)) {}

    [[nodiscard]] int members() const override { return comm_.size(); }
    [[nodiscard]] int member() const override { return comm_.rank(); }
    [[nodiscard]] std::byte* memory(std::size_t bytes) override {
        std::byte* const part = memory_->bytes().data() + used_;
        used_ += team_share(bytes);
        assert(used_ <= memory_->bytes().size());
        return part;
    }
    void meet() override { comm_.barrier(); }

  private:
    const mpi::Communicator& comm_;
    std::unique_ptr<mpi::NodeMemory> memory_;
    std::size_t used_ = 0;
};

}  // namespace

std::shared_ptr<Team> make_node_team(const mpi::Communicator& comm, std::size_t bytes) {
    if (comm.size() == 1) return std::make_shared<NoTeam>();
    auto memory = std::make_unique<mpi::NodeMemory>(comm, bytes);
    if (memory->bytes().empty()) return std::make_shared<NoTeam>();
    return std::make_shared<NodeTeam>(comm, std::move(memory));
}

}  // namespace sae
