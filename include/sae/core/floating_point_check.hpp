#pragma once

namespace sae {

/// Throws Error unless this thread rounds to nearest and computes with subnormal numbers. A library that is
/// linked or preloaded can change either (one that was built with -ffast-math does, for the whole program);
/// the bits of a model would then differ without any message. Threads inherit both from the thread that
/// starts them.
void check_floating_point();

}  // namespace sae
