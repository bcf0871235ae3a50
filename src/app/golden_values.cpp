// Written by `sae-mpi verify --print`: see "To change the arithmetic" in docs/arithmetic.md.
#include "golden.hpp"

namespace sae {

const std::int64_t golden_arithmetic = 2;

std::span<const GoldenResult> golden_results() {
    // clang-format off
    static const std::vector<GoldenResult> results{
        {{
             {0, 0x1.67a295ad37c5ap+6, 0x1.0da36d1d13f89p+3},
             {1, 0x1.2a90f1e5e56d3p+6, 0x1.33d001559accap+3},
             {2, 0x1.745a927f2bc4ap+4, 0x1.d0473854711bep-1},
             {5, 0x1.6417592a66342p+4, 0x1.2a0691c8e1a9ep-1},
             {10, 0x1.32c7ee0494c58p+4, 0x1.ed7dd598682c8p-1},
             {20, 0x1.d4489fa937c3ep+3, 0x1.b86f746b5aa51p-2},
             {30, 0x1.90f6aa1a5d5ccp+3, 0x1.75e6197a9ec82p-2},
         },
         "69b63627a3d89ad4a343b9d58dd2f92df51b6ca5211ce8aa4f85264d33ea8dee"},
        {{
             {0, 0x1.e98e7991d1fc4p+6, 0x1.44db40b14e384p+5},
             {1, 0x1.7da7610b8aeddp+6, 0x1.d5f9e7a056c0bp+3},
             {2, 0x1.669694e09bf45p+6, 0x1.8052d6ed3ef16p+2},
             {5, 0x1.437fc70e0c705p+6, 0x1.5be3cbf146be8p+2},
             {10, 0x1.d22e9fada3b39p+4, 0x1.3ab148be7d18ap+1},
             {20, 0x1.77be0c39c78d3p+4, 0x1.bce6349e94343p-1},
             {30, 0x1.439b0d8f3d12p+4, 0x1.e5e3792fea28fp-1},
         },
         "c7bb79b95b60777c53da71ad65ca133067c9f506b1b19e64df0f30c2c4737fb3"},
        {{
             {0, 0x1.67a295ba7fb24p+6, 0x1.0da36d162ef9ap+3},
             {1, 0x1.2a90f1f4dc95fp+6, 0x1.33d001623e64ap+3},
             {2, 0x1.745a92bc4fad2p+4, 0x1.d04737b2470cfp-1},
             {5, 0x1.64175969c3367p+4, 0x1.2a0694961b819p-1},
             {10, 0x1.32c7ee6a224adp+4, 0x1.ed7dd019c0bf5p-1},
             {20, 0x1.d448a0893fd0cp+3, 0x1.b86fa99dd670bp-2},
             {30, 0x1.90f6ac5477cfp+3, 0x1.75e5f164d5cc2p-2},
         },
         "9895d4004a97440880aedce55ad58cbc3ed978ce4600992ee6d48f0042ca8006"},
        {{
             {0, 0x1.e98e799eb3576p+6, 0x1.44db40e55eed9p+5},
             {1, 0x1.7da7610de8e56p+6, 0x1.d5f9e784a083ep+3},
             {2, 0x1.669694eb6062dp+6, 0x1.8052d6d3ceac6p+2},
             {5, 0x1.437fc717e0754p+6, 0x1.5be3cbb88d90bp+2},
             {10, 0x1.d22ea4cbb2e17p+4, 0x1.3ab14e9c7eae6p+1},
             {20, 0x1.77be0d6d0e99ep+4, 0x1.bce61f13aa14ap-1},
             {30, 0x1.439ad7db03826p+4, 0x1.e5dd3da407ce6p-1},
         },
         "9677bb40f394aaa2b2c4bf97b012cb56e0621c47701a1e382d209e4de7dee1a3"},
    };
    // clang-format on
    return results;
}

}  // namespace sae
