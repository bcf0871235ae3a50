// What the ranks compute takes the least time of all repeats, section by section.
#pragma once

namespace sae::simulation {

/// Begins one more repeat of the same work. A section is what a rank computes between two calls of MPI or
/// barriers; SMPI is given the least time that the section took in this repeat and the repeats before. So an
/// interruption of this machine, which makes all ranks of a barrier wait, does not count as long as a section
/// has one repeat without it. Called by one rank while the others wait.
void next_repeat();

/// What all ranks have computed in this repeat, in seconds.
double busy_seconds();

}  // namespace sae::simulation
