// Written by `sae-mpi verify --print`: see "To change the arithmetic" in docs/arithmetic.md.
#include "golden.hpp"

namespace sae {

const std::int64_t golden_arithmetic = 2;

std::span<const GoldenResult> golden_results() {
    // clang-format off
    static const std::vector<GoldenResult> results{
        {{
             {0, 0x1.67a295ad37c5ap+6, 0x1.0da36d1d13f89p+3},
             {1, 0x1.2a90f1e5e56d3p+6, 0x1.33d001559accbp+3},
             {2, 0x1.745a927f2bc4ap+4, 0x1.d0473854711bdp-1},
             {5, 0x1.6417592a66342p+4, 0x1.2a0691c8e1aa1p-1},
             {10, 0x1.32c7ee0494c58p+4, 0x1.ed7dd598682cbp-1},
             {20, 0x1.d4489fa937c3ep+3, 0x1.b86f746b5aa51p-2},
             {30, 0x1.90f6aa1a5d5c1p+3, 0x1.75e6197a9e919p-2},
         },
         "7ec36d7036baecbbd55063596cf214b1e7e25e2154a85b7d8ee6771492b6aa48"},
        {{
             {0, 0x1.e98e7991d1fc4p+6, 0x1.44db40b14e384p+5},
             {1, 0x1.7da7610b8aeddp+6, 0x1.d5f9e7a056c0bp+3},
             {2, 0x1.669694e09bf45p+6, 0x1.8052d6ed3ef12p+2},
             {5, 0x1.437fc70e0c705p+6, 0x1.5be3cbf146be8p+2},
             {10, 0x1.d22e9fada3b39p+4, 0x1.3ab148be7d18ap+1},
             {20, 0x1.77be0c39c78d4p+4, 0x1.bce6349e94349p-1},
             {30, 0x1.439b0d8f1f5afp+4, 0x1.e5e37925fbf5ep-1},
         },
         "e3007dcd263a8534e6c12a64ad31d712014b73f0443b1c10d46ba861f7f1c90b"},
        {{
             {0, 0x1.67a295ba7fb24p+6, 0x1.0da36d162ef9ap+3},
             {1, 0x1.2a90f1f4dc95fp+6, 0x1.33d001623e64ap+3},
             {2, 0x1.745a92bc4fad2p+4, 0x1.d04737b2470cfp-1},
             {5, 0x1.64175969c3367p+4, 0x1.2a0694961b819p-1},
             {10, 0x1.32c7ee6a224adp+4, 0x1.ed7dd019c0bf5p-1},
             {20, 0x1.d448a0893fd0cp+3, 0x1.b86fa99dd670ap-2},
             {30, 0x1.90f6ac5477cfp+3, 0x1.75e5f164d5cc2p-2},
         },
         "f4e5d4388459874457476534ec06629b68f885cf2b85f42d3994b5f8bb0df3a6"},
        {{
             {0, 0x1.e98e799eb3576p+6, 0x1.44db40e55eed9p+5},
             {1, 0x1.7da7610de8e56p+6, 0x1.d5f9e784a083ep+3},
             {2, 0x1.669694eb6062dp+6, 0x1.8052d6d3ceac6p+2},
             {5, 0x1.437fc717e0754p+6, 0x1.5be3cbb88d90bp+2},
             {10, 0x1.d22ea4cbb2e17p+4, 0x1.3ab14e9c7eae6p+1},
             {20, 0x1.77be0d6d0e99ep+4, 0x1.bce61f13aa14ap-1},
             {30, 0x1.439ad7db03824p+4, 0x1.e5dd3da407ce7p-1},
         },
         "2b437fc182708e512b1bf3dfbb7a9e5ad2c4e7670bfea43f7cce2a91b61294c5"},
    };
    // clang-format on
    return results;
}

}  // namespace sae
