#pragma once

namespace sae {

/// The width in columns of the terminal that shows `descriptor`, or 0 if it is a file, a pipe or a terminal
/// that cannot rewrite a line (TERM is "dumb", empty or not set). Behind mpirun, whose ranks write into a
/// pipe or terminal that it has made, the launcher's own descriptor decides.
[[nodiscard]] int terminal_columns(int descriptor);

}  // namespace sae
