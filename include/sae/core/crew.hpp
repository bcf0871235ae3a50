#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace sae {

/// The memory of a node that the ranks of a crew share, and where this rank is among them. All of it is 0 at
/// first; the first bytes hold the words of the barrier.
struct CrewPlace {
    std::span<std::byte> memory;  ///< aligned to 64 bytes
    int member = 0;               ///< this rank among the crew's ranks
    int members = 1;
    int first_core = 0;  ///< of this rank; its threads are the cores [first_core, first_core + threads)
    int cores = 1;       ///< of all members
    int processors = 0;  ///< on which the members may run, all together; 0: those of this rank
};

/// The cores that share tiles: the threads of a rank and, where memory is shared, those of the other ranks of
/// its node. Core numbers count over all members.
///
/// A core that waits looks for what it waits for during 50 microseconds, then it sleeps; where the crew has
/// more cores than processors it sleeps at once.
///
/// If work throws on one core, the crew breaks: meet() throws on the other cores of this rank, so that run()
/// ends and throws the first exception. The other members cannot continue; the exception must end the
/// program. A crew of one rank is whole again after run().
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
    /// Of this rank.
    [[nodiscard]] int threads() const;
    [[nodiscard]] int member() const;
    [[nodiscard]] int members() const;

    /// Memory that all members see, 0 at first and aligned to 64 bytes; it lives as long as the crew's
    /// memory. All members ask for the same in the same order. Called outside run(). A crew of one rank gets
    /// it from the system; its pages belong to the core that uses them first.
    [[nodiscard]] std::span<std::byte> memory(std::size_t bytes);
    /// What memory(bytes) takes of CrewPlace::memory; `overhead` is what the crew itself takes.
    [[nodiscard]] static constexpr std::size_t share(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
    [[nodiscard]] static std::size_t overhead(int cores);

    /// Calls work(core) once on each thread of this rank, the calling thread among them as first_core(), and
    /// returns when all have returned. If some throw, the first exception is thrown on. Not nested.
    void run(const std::function<void(int core)>& work);

    /// Inside run(), on every core of all members: returns when all cores have called it. What each wrote
    /// before is seen by all afterwards. While a core waits it calls `idle`, if it is not empty, now and
    /// then.
    void meet(int core, const std::function<void()>& idle = {});

    /// The same outside run(), called by one thread of each member: returns when all members have called it.
    void meet_members(const std::function<void()>& idle = {});

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sae
