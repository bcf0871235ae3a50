#pragma once

namespace sae {

/// Throws Error unless this thread rounds to nearest and computes with subnormal numbers. A library that was
/// linked or preloaded may have changed either (-ffast-math does, for the whole program), and the bits of a
/// model would differ without any message. Threads inherit both from the thread that starts them.
void check_floating_point();

}  // namespace sae
