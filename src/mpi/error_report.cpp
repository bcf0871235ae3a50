#include "sae/mpi/error_report.hpp"

#include <exception>
#include <new>
#include <stdexcept>

#include "sae/mpi/agreement.hpp"

namespace sae::mpi {
namespace {

constexpr char out_of_memory[] = "out of memory: use more nodes, fewer ranks on a node, or fewer images";

}  // namespace

ErrorReport report_current_exception() {
    try {
        throw;
    } catch (const AgreedError& error) {
        return {error.status(), error.what()};
    } catch (const UsageError& error) {
        return {2, error.what()};
    } catch (const std::bad_alloc&) {
        return {1, out_of_memory};
    } catch (const std::length_error&) {
        return {1, out_of_memory};  // more than any memory can hold
    } catch (const std::exception& error) {
        return {1, error.what()};
    } catch (...) {
        return {1, "an exception of unknown type"};
    }
}

}  // namespace sae::mpi
