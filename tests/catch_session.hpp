#pragma once

namespace sae::test {

/// Runs the test cases of this program that Catch2's command line chooses; returns 0 if none failed.
int run_tests(int argc, char* argv[]);

}  // namespace sae::test
