#pragma once
#include <stdexcept>
#include <string>

namespace sae {

/// A failure that the user can act on. The text says what was wrong, where (file, option, byte), what was
/// expected and what to do. One rank prints it, once, and the run ends with a status that is not 0.
class Error : public std::runtime_error {
  public:
    explicit Error(const std::string& message);
};

/// A mistake in the command line or an INI file: reported like an Error, with exit status 2.
class UsageError : public Error {
  public:
    explicit UsageError(const std::string& message);
};

}  // namespace sae
