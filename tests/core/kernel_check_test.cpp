#include "sae/core/kernel_check.hpp"

#include <chrono>

#include "catch.hpp"

using sae::KernelCheck;
using sae::test::ContainsSubstring;

TEST_CASE("kernels for shorter vectors than the processor has are reported, with advice") {
    const std::string text = complaint(KernelCheck{"AVX2", 256, 512, 40e9, 50e9});
    for (const char* part : {"AVX2", "256 bits", "512", "SAE_KERNELS"})
        CHECK_THAT(text, ContainsSubstring(part));
    CHECK(complaint(KernelCheck{"AVX-512", 512, 512, 90e9, 110e9}).empty());
    CHECK(complaint(KernelCheck{"NEON", 128, 128, 5e9, 8e9}).empty());
    CHECK_THAT(complaint(KernelCheck{"scalar", 128, 128, 5e9, 8e9}), ContainsSubstring("FMA"));
}

TEST_CASE("a product far below the rate of the registers is reported with both rates") {
    const std::string text = complaint(KernelCheck{"AVX2", 256, 256, 12.3e9, 60e9});
    for (const char* part : {"AVX2", "12.3", "60.0"}) CHECK_THAT(text, ContainsSubstring(part));
    CHECK(complaint(KernelCheck{"AVX2", 256, 256, 21e9, 60e9}).empty());
}

TEST_CASE("every kernel set that runs here can be checked in a short time") {
    for (const sae::KernelSet* set : sae::kernel_sets()) {
        if (!set->runs_here()) continue;
        const auto start = std::chrono::steady_clock::now();
        const KernelCheck found = check_kernels(*set);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        CHECK(seconds < 10);  // under 10 ms when alone on a processor and not sanitized
        CHECK(found.product > 1e6);
        CHECK(found.peak > 1e6);
        CHECK(found.vector_bits <= found.processor_bits);
        CHECK_THAT(describe(found), ContainsSubstring(std::string(set->name)));
    }
    if (const auto best = check_kernels(sae::best_kernels()); best.vector_bits == best.processor_bits)
        CHECK_THAT(complaint(best), !ContainsSubstring("SAE_KERNELS"));
}
