// Written by `sae-mpi verify --print`: see "To change the arithmetic" in docs/arithmetic.md.
#include "golden.hpp"

namespace sae {

const std::int64_t golden_arithmetic = 2;

std::span<const GoldenResult> golden_results() {
    // clang-format off
    static const std::vector<GoldenResult> results{
        {{
             {0, 0x1.67a295ad37c5ap+6, 0x1.0da36d1d13f89p+3},
             {1, 0x1.2a90f1e5e56d2p+6, 0x1.33d001559accap+3},
             {2, 0x1.745a927f2bc4ap+4, 0x1.d0473854711bep-1},
             {5, 0x1.6417592a66344p+4, 0x1.2a0691c8e1a9fp-1},
             {10, 0x1.32c7ee0494c58p+4, 0x1.ed7dd598682cbp-1},
             {20, 0x1.d4489fa937c3ep+3, 0x1.b86f746b5aa4ap-2},
             {30, 0x1.90f6aa1a5d5ccp+3, 0x1.75e6197a9ec8ap-2},
         },
         "4ae144a0c504cd9a62270776965d01a28f7961e3718a220262596701b5ef3a93"},
        {{
             {0, 0x1.e98e7991d1fc4p+6, 0x1.44db40b14e384p+5},
             {1, 0x1.7da7610b8aedep+6, 0x1.d5f9e7a056c0bp+3},
             {2, 0x1.669694e09bf45p+6, 0x1.8052d6ed3ef14p+2},
             {5, 0x1.437fc70e0c705p+6, 0x1.5be3cbf146be8p+2},
             {10, 0x1.d22e9fada3b38p+4, 0x1.3ab148be7d18ap+1},
             {20, 0x1.77be0c39c78d4p+4, 0x1.bce6349e94345p-1},
             {30, 0x1.439b0d8f1f599p+4, 0x1.e5e37925fc10ap-1},
         },
         "8e84889a891de4fc9f4a821c1df9631a0575ff717df79041b236403dbde5e4ab"},
        {{
             {0, 0x1.67a295ba7fb24p+6, 0x1.0da36d15b37dfp+3},
             {1, 0x1.2a90f1f3c3997p+6, 0x1.33d0016984169p+3},
             {2, 0x1.745a92ba38387p+4, 0x1.d04738194f4d2p-1},
             {5, 0x1.6417596af41bfp+4, 0x1.2a069542abe72p-1},
             {10, 0x1.32c7ee5ec4b3bp+4, 0x1.ed7dcd466b823p-1},
             {20, 0x1.d448a05e5512fp+3, 0x1.b86f70376ef0cp-2},
             {30, 0x1.90f6a4054ec2bp+3, 0x1.75e739118d544p-2},
         },
         "fac71966197d19ad361953b574a7dd11ad86dc766f4bb98c48c10f44008b624f"},
        {{
             {0, 0x1.e98e79bab5d98p+6, 0x1.44db4122d967cp+5},
             {1, 0x1.7da7610f98848p+6, 0x1.d5f9e7886e05ep+3},
             {2, 0x1.669694efa885ep+6, 0x1.8052d753bc981p+2},
             {5, 0x1.437fc726f6fddp+6, 0x1.5be3cb7d5ac29p+2},
             {10, 0x1.d22ea3f89573dp+4, 0x1.3ab149b51b7c6p+1},
             {20, 0x1.77be0cb24e939p+4, 0x1.bce60dbe720d6p-1},
             {30, 0x1.439ac986d2f93p+4, 0x1.e5de9454444e2p-1},
         },
         "3f241805db8e47158a31c76b85c832bf5f99c4b9bd335e732f7c421cf260b6c2"},
    };
    // clang-format on
    return results;
}

}  // namespace sae
