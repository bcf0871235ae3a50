#include "sae/mpi/error_report.hpp"

#include <exception>
#include <new>

#include "sae/mpi/agreement.hpp"

namespace sae::mpi {

ErrorReport report_current_exception() {
    try {
        throw;
    } catch (const AgreedError& error) {
        return {error.status(), error.what()};
    } catch (const UsageError& error) {
        return {2, error.what()};
    } catch (const std::bad_alloc&) {
        return {1, "out of memory: use more nodes, fewer ranks on a node, or fewer images"};
    } catch (const std::exception& error) {
        return {1, error.what()};
    } catch (...) {
        return {1, "an exception of unknown type"};
    }
}

}  // namespace sae::mpi
