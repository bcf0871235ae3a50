#include "sae/core/physical_memory.hpp"

#include <unistd.h>

namespace sae {

Index physical_memory() {
    return Index{sysconf(_SC_PHYS_PAGES)} * Index{sysconf(_SC_PAGESIZE)};
}

}  // namespace sae
