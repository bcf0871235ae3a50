#pragma once
#include <string>

namespace sae {

/// Makes the directory that --output names, its parents included; throws Error if that is not possible.
void create_output_directory(const std::string& path);

/// The directory that a training writes into, and the names in it.
class RunDirectory {
  public:
    explicit RunDirectory(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    /// The last part of its path, as people call the run: "mnist-196" of "runs/mnist-196/"; readable().
    [[nodiscard]] std::string name() const;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::string model() const { return file("model.safetensors"); }
    [[nodiscard]] std::string log() const { return file("log.jsonl"); }
    [[nodiscard]] std::string config() const { return file("config.ini"); }

    /// Throws Error if there is a result, or a run that can be resumed, which must not be replaced, or if the
    /// path is no directory.
    void check(bool may_replace) const;

    void create() const { create_output_directory(path_); }

  private:
    std::string path_;
};

}  // namespace sae
