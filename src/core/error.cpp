#include "sae/core/error.hpp"

namespace sae {

Error::Error(const std::string& message) : std::runtime_error(message) {}

UsageError::UsageError(const std::string& message) : Error(message) {}

}  // namespace sae
