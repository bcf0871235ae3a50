#include "sae/core/crew.hpp"

#include <sched.h>

#include <atomic>
#include <cassert>
#include <exception>
#include <mutex>
#include <numeric>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "barrier.hpp"
#include "sae/core/error.hpp"
#include "sae/core/zeroed_memory.hpp"

namespace sae {
namespace {

using std::chrono::microseconds;

/// Thrown by meet() on a core, because another core of its rank has thrown.
struct Abandoned {};

/// The processors that this process may run on.
int own_processors() {
    std::vector<unsigned long> mask(4096 / (8 * sizeof(unsigned long)));
    auto* const set = reinterpret_cast<cpu_set_t*>(mask.data());
    const std::size_t bytes = mask.size() * sizeof mask.front();
    return sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 1;
}

microseconds spin(int cores, int processors) {
    return cores <= processors ? microseconds(50) : microseconds(0);
}

/// Teams, and a barrier for each.
class Division {
  public:
    Division(std::span<std::byte> memory, std::span<const int> sizes, microseconds spin) {
        for (const int size : sizes) {
            const std::size_t bytes = Barrier::bytes(size);
            barriers_.emplace_back(memory.first(bytes), size, spin);
            memory = memory.subspan(bytes);
            for (int core = 0; core < size; ++core) places_.push_back({barriers_.size() - 1, core});
        }
    }

    [[nodiscard]] bool meet(int core, const std::function<void()>& idle) {
        const Place& place = places_[static_cast<std::size_t>(core)];
        return barriers_[place.team].meet(place.core, idle);
    }
    void break_up() {
        for (Barrier& barrier : barriers_) barrier.break_up();
    }
    void mend() {
        for (Barrier& barrier : barriers_) barrier.mend();
    }

  private:
    struct Place {
        std::size_t team;
        int core;  ///< of the team
    };
    std::vector<Barrier> barriers_;
    std::vector<Place> places_;  ///< of each core
};

}  // namespace

struct Crew::State {
    State(int own_threads, const CrewPlace& at, ZeroedMemory own)
        : own_memory(std::move(own)),
          place(at),
          threads(own_threads),
          all(take(Barrier::bytes(place.cores)), place.cores, spin(place.cores, place.processors)),
          ranks(take(Barrier::bytes(place.members)), place.members, spin(place.cores, place.processors)),
          gate_memory(Barrier::bytes(threads)),
          gate(gate_memory.bytes(), threads, spin(threads, own_processors())) {}

    /// The next `bytes` of the members' memory.
    std::span<std::byte> take(std::size_t bytes) {
        assert(used + share(bytes) <= place.memory.size());
        const auto part = place.memory.subspan(used, bytes);
        used += share(bytes);
        return part;
    }

    void start_workers();
    void end_workers();
    void serve(int thread);
    void call(int core);
    [[noreturn]] void leave(const char* from);
    void mend();

    ZeroedMemory own_memory;
    CrewPlace place;
    int threads;
    std::size_t used = 0;
    Barrier all;    ///< of all cores of the members
    Barrier ranks;  ///< of the members
    ZeroedMemory gate_memory;
    Barrier gate;  ///< of this rank's threads, at the beginning and at the end of run()
    std::vector<ZeroedMemory> memory;
    std::vector<Division> divisions;
    std::vector<std::thread> workers;
    const std::function<void(int)>* work = nullptr;  ///< the workers end if it is null
    std::mutex mutex;
    std::exception_ptr first_exception;
    std::atomic<bool> failed = false;
};

void Crew::State::start_workers() {
    for (int thread = 1; thread < threads; ++thread) {
        try {
            workers.emplace_back([this, thread] { serve(thread); });
        } catch (const std::system_error& error) {
            const std::string reason = error.code().message();
            // The threads that wait at the gate find it broken and end.
            gate.break_up();
            end_workers();
            throw Error("the system does not grant thread " + std::to_string(thread + 1) + " of " +
                        std::to_string(threads) + ": " + reason +
                        "; use fewer threads, or raise the limits of processes and memory (ulimit -u, -v)");
        }
    }
}

void Crew::State::end_workers() {
    for (std::thread& worker : workers) worker.join();
    workers.clear();
}

void Crew::State::serve(int thread) {
    while (gate.meet(thread) && work != nullptr) {
        call(place.first_core + thread);
        static_cast<void>(gate.meet(thread));
    }
}

void Crew::State::call(int core) {
    try {
        (*work)(core);
    } catch (const Abandoned&) {
    } catch (...) {
        {
            const std::lock_guard lock(mutex);
            if (!first_exception) first_exception = std::current_exception();
        }
        failed = true;
        all.break_up();
        for (Division& division : divisions) division.break_up();
    }
}

/// After the barrier was broken: either another core of this rank has thrown, or another member has failed,
/// which reports it and ends the program.
void Crew::State::leave(const char* from) {
    constexpr auto step = std::chrono::milliseconds(10);
    for (int waited = 0; waited < 500; ++waited) {
        if (failed) throw Abandoned{};
        std::this_thread::sleep_for(step);
    }
    throw Error(std::string("another rank of this node failed and did not end the program (") + from + ")");
}

void Crew::State::mend() {
    all.mend();
    for (Division& division : divisions) division.mend();
    failed = false;
}

Crew::Crew(int threads) {
    const std::size_t bytes = overhead(threads);
    ZeroedMemory memory(bytes);
    const CrewPlace place{memory.bytes(), 0, 1, 0, threads, own_processors()};
    state_ = std::make_unique<State>(threads, place, std::move(memory));
    state_->start_workers();
}

Crew::Crew(int threads, const CrewPlace& place)
    : state_(std::make_unique<State>(threads, place, ZeroedMemory())) {
    assert(place.first_core + threads <= place.cores);
    if (place.processors == 0) state_->place.processors = own_processors();
    state_->start_workers();
}

Crew::~Crew() {
    state_->work = nullptr;
    static_cast<void>(state_->gate.meet(0));
    state_->end_workers();
}

int Crew::cores() const {
    return state_->place.cores;
}
int Crew::first_core() const {
    return state_->place.first_core;
}
int Crew::threads() const {
    return state_->threads;
}
int Crew::member() const {
    return state_->place.member;
}
int Crew::members() const {
    return state_->place.members;
}

std::span<std::byte> Crew::memory(std::size_t bytes) {
    if (state_->place.members > 1) return state_->take(bytes);
    return state_->memory.emplace_back(bytes).bytes();
}

std::size_t Crew::bytes_of_division(std::span<const int> sizes) {
    std::size_t bytes = 0;
    for (const int size : sizes) bytes += Barrier::bytes(size);
    return share(bytes);
}

std::size_t Crew::divide(std::span<const int> sizes) {
    assert(std::accumulate(sizes.begin(), sizes.end(), 0) == cores());
    state_->divisions.emplace_back(memory(bytes_of_division(sizes)), sizes,
                                   spin(cores(), state_->place.processors));
    return state_->divisions.size() - 1;
}

std::size_t Crew::overhead(int cores) {
    // There are at most as many members as cores.
    return 2 * share(Barrier::bytes(cores));
}

void Crew::run(const std::function<void(int core)>& work) {
    State& state = *state_;
    state.work = &work;
    static_cast<void>(state.gate.meet(0));
    state.call(state.place.first_core);
    static_cast<void>(state.gate.meet(0));
    if (!state.first_exception) return;
    if (state.place.members == 1) state.mend();
    std::rethrow_exception(std::exchange(state.first_exception, nullptr));
}

void Crew::meet(int core, const std::function<void()>& idle) {
    if (!state_->all.meet(core, idle)) state_->leave("in the middle of an evaluation");
}

void Crew::meet_team(std::size_t division, int core, const std::function<void()>& idle) {
    if (!state_->divisions[division].meet(core, idle)) state_->leave("in the middle of an evaluation");
}

void Crew::meet_members(const std::function<void()>& idle) {
    if (!state_->ranks.meet(state_->place.member, idle)) state_->leave("between two evaluations");
}

}  // namespace sae
