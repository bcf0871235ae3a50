#include "sae/app/row_options.hpp"

#include "shared_options.hpp"

namespace sae {

SourceOptions RowOptions::images_source() const {
    if (!images) return source;
    SourceOptions file;
    file.train = images;
    return file;
}

void RowOptions::declare(OptionTable& table, const std::string& written) {
    table.group("Model");
    table.add({"model", "FILE", "model file"}, model);
    table.require("model");
    table.add(threads_text, threads, thread_counts);

    source.declare(table, true);
    table.add({"images", "FILE", "any images in an IDX or .npy file, instead of training and test images", "none"},
              images);
    table.add({"train-count", "N", "training images, or those of --images: the first N", all_images},
              train_count, at_least_one);
    table.add(test_count_text, test_count, at_least_one);

    table.group("Output");
    table.add({"output", "FILE", written + " of the training images, or of --images"}, output);
    table.add({"test-output", "FILE", written + " of the test images", "not written"}, test_output);
    table.add({"overwrite", "", "replace files that are there"}, overwrite);
    table.leave_out_of_ini("overwrite");
    table.exclude("images", {"data", "train", "test", "test-count", "test-output"});
    table.depend("test", "test-output");
    table.depend("test-count", "test-output");
}

void EncodeOptions::declare(OptionTable& table) {
    rows.declare(table, "file for the activations");
    table.example("features of MNIST's training and test images",
                  "mpirun -n 2 sae-mpi encode --model mnist-196/model.safetensors --data mnist --output "
                  "train.npy --test-output test.npy");
    table.example("features of any images",
                  "sae-mpi encode --model mnist-196/model.safetensors --images letters.idx.gz --output "
                  "letters.npy");
}

void ReconstructOptions::declare(OptionTable& table) {
    rows.declare(table, "file for the reconstructions");
    table.add({"shown", "N",
               "images in the picture, which has the file's name with .png in place of .npy; 0: no picture"},
              shown, {0, 100'000});
    table.example("built-in digits after sae-mpi train",
                  "sae-mpi reconstruct --model sae-run/model.safetensors --test-output test.npy");
    table.example("MNIST's first 1000 training images, 20 of them in the picture",
                  "mpirun -n 2 sae-mpi reconstruct --model mnist-196/model.safetensors --data mnist "
                  "--train-count 1000 --shown 20");
}

}  // namespace sae
