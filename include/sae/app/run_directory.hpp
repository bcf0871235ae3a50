#pragma once
#include <string>

namespace sae {

/// The directory that a training writes into, and the names in it.
class RunDirectory {
  public:
    explicit RunDirectory(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::string model() const { return file("model.safetensors"); }
    [[nodiscard]] std::string log() const { return file("log.jsonl"); }
    [[nodiscard]] std::string config() const { return file("config.ini"); }

    /// Throws Error if there is a result, or a run that can be resumed, which must not be replaced, or if the
    /// path is no directory.
    void check(bool may_replace) const;

    /// Makes the directory, its parents included.
    void create() const;

  private:
    std::string path_;
};

}  // namespace sae
