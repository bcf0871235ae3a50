#pragma once
#include <cstdint>

#include "sae/core/aligned.hpp"
#include "sae/core/shape.hpp"

namespace sae {

/// Columns (or rows) of a matrix of bytes in a group.
inline constexpr Index nonzero_width = 4;

/// A matrix of images as numbers, in groups of nonzero_width neighbouring columns. Of each group only the
/// rows (pixels) that have a number other than 0 are kept: two in five for MNIST. A product skips the others,
/// which changes no sum: x + 0 w = x.
///
/// Row n of group g is at numbers + (g * capacity + n) * nonzero_width. offset[g * capacity + n] is where the
/// product finds the row of its other operand that belongs to it, in bytes from that operand's first row.
/// For dW1, which contracts over columns, rows and columns change places.
template <class T>
struct NonzeroGroups {
    T* numbers = nullptr;
    std::uint32_t* offset = nullptr;
    Index* count = nullptr;  ///< rows that are kept, of each group
    Index capacity = 0;      ///< rows of a group that there is room for
};

/// How many offsets after those of the last group a product may read; they are not used.
inline constexpr Index rows_to_spare = 16;

/// The memory of NonzeroGroups.
template <class T>
class NonzeroRoom {
  public:
    /// Of `groups` groups of at most `capacity` rows.
    NonzeroRoom(Index groups, Index capacity)
        : numbers_(static_cast<std::size_t>(groups * capacity * nonzero_width)),
          offset_(static_cast<std::size_t>(groups * capacity + rows_to_spare)),
          count_(static_cast<std::size_t>(groups)),
          capacity_(capacity) {}

    [[nodiscard]] NonzeroGroups<T> groups() {
        return {numbers_.data(), offset_.data(), count_.data(), capacity_};
    }

  private:
    AlignedVector<T> numbers_;
    AlignedVector<std::uint32_t> offset_;
    AlignedVector<Index> count_;
    Index capacity_;
};

}  // namespace sae
