#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace sae {

/// The memory of a node that the ranks of a crew share, and where this rank is among them. The memory is all
/// 0 at first; its first bytes become the words of the barriers.
struct CrewPlace {
    std::span<std::byte> memory;  ///< aligned to 64 bytes
    int member = 0;               ///< this rank among the crew's ranks
    int members = 1;
    int first_core = 0;  ///< of this rank; its threads are the cores [first_core, first_core + threads)
    int cores = 1;       ///< of all members together
    int processors = 0;  ///< on which the members may run, all together; 0 means those of this rank
};

/// The cores that work on one evaluation together: the threads of a rank and, where memory is shared, those
/// of the other ranks of its node. A rank of the crew is a *member*; a *core* is one thread of a member, and
/// cores are numbered over all members.
///
/// Neighbouring cores can also form teams, which meet on their own.
///
/// A core that waits spins for 50 microseconds and then sleeps. Where the crew has more cores than processors
/// it sleeps at once.
///
/// If the work of one core throws, meet() throws on the other cores of this rank, so that run() ends and
/// throws the first exception. A crew of one rank can be used again after that. Other members cannot
/// continue, so the exception must end the program.
class Crew {
  public:
    /// This rank alone, with memory of its own. Throws an Error if the system does not grant the threads.
    explicit Crew(int threads);
    /// Together with the other ranks that see `place.memory`, which must outlive the crew.
    Crew(int threads, const CrewPlace& place);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    [[nodiscard]] int cores() const;
    [[nodiscard]] int first_core() const;
    /// The cores of this rank.
    [[nodiscard]] int threads() const;
    [[nodiscard]] int member() const;
    [[nodiscard]] int members() const;

    /// Memory that all members see, 0 at first and aligned to 64 bytes; it lives as long as the crew. All
    /// members request the same sizes in the same order, outside run(). It is a part of CrewPlace::memory; a
    /// crew of one rank gets it from the system, and the core that uses a page first has it nearby.
    [[nodiscard]] std::span<std::byte> memory(std::size_t bytes);
    /// The bytes of CrewPlace::memory that memory(bytes) takes, and that the crew itself takes.
    [[nodiscard]] static constexpr std::size_t share(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
    [[nodiscard]] static std::size_t overhead(int cores);

    /// Divides the cores into teams of neighbouring cores that can meet on their own; `sizes` are the numbers
    /// of their cores. All members call it with the same sizes, in the same order as memory() and outside
    /// run(). Returns the number of the division, for meet_team().
    [[nodiscard]] std::size_t divide(std::span<const int> sizes);
    /// The bytes of CrewPlace::memory that divide() takes.
    [[nodiscard]] static std::size_t bytes_of_division(std::span<const int> sizes);

    /// Calls work(core) once on each thread of this rank and returns when all have returned; the calling
    /// thread is first_core(). Throws the first exception that one of them has thrown. Not nested.
    void run(const std::function<void(int core)>& work);

    /// Inside run(), on every core of all members: returns when all cores have called it. All then see what
    /// each has written before. A core that waits calls `idle`, if it is not empty, again and
    /// again.
    void meet(int core, const std::function<void()>& idle = {});

    /// The same for the cores of this core's team in a division alone.
    void meet_team(std::size_t division, int core, const std::function<void()>& idle = {});

    /// The same outside run(), called by one thread of each member: returns when all members have called it.
    void meet_members(const std::function<void()>& idle = {});

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sae
