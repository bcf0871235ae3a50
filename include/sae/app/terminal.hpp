#pragma once

namespace sae {

/// The width in columns of the terminal that a person reads `descriptor` on, or 0 if it is a file or a pipe.
/// Open MPI's mpirun gives its ranks a terminal of its own making, whatever mpirun itself writes to; such a
/// terminal has no size, and then the launcher's own descriptor decides.
[[nodiscard]] int terminal_columns(int descriptor);

}  // namespace sae
