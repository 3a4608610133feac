// Times LIBMF's training apart from reading: TRAIN TEST PREDICTIONS RANK EPOCHS THREADS BINS REGULARISATION RATE.
// TRAIN and TEST are raw: int32 users, int32 items, int64 count, then (int32 user, int32 item, float32 value) a rating.
// PREDICTIONS becomes one float32 a test rating. Prints seconds of training, and of processors.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

#include "mf.h"

namespace {

struct Closer {
    std::FILE* file;
    ~Closer() { std::fclose(file); }
};

std::FILE* opened(const char* path, const char* mode) {
    std::FILE* file = std::fopen(path, mode);
    if (!file) throw std::runtime_error(std::string("cannot open ") + path);
    return file;
}

struct Head {
    std::int32_t users, items;
    std::int64_t count;
};

std::vector<mf::mf_node> read(const char* path, Head& head) {
    Closer closer{opened(path, "rb")};
    if (std::fread(&head, sizeof head, 1, closer.file) != 1) throw std::runtime_error("no head");
    std::vector<mf::mf_node> nodes(head.count);
    if (std::fread(nodes.data(), sizeof(mf::mf_node), nodes.size(), closer.file) != nodes.size())
        throw std::runtime_error("too short");
    return nodes;
}

mf::mf_parameter parameters(char** text) {
    mf::mf_parameter chosen = mf::mf_get_default_param();
    chosen.k = std::atoi(text[0]);
    chosen.nr_iters = std::atoi(text[1]);
    chosen.nr_threads = std::atoi(text[2]);
    chosen.nr_bins = std::atoi(text[3]);
    chosen.lambda_p2 = chosen.lambda_q2 = std::strtof(text[4], nullptr);
    chosen.eta = std::strtof(text[5], nullptr);
    chosen.quiet = true;
    chosen.copy_data = false;  // as its own program does: the ratings are ours to shuffle
    return chosen;
}

void predict(const mf::mf_model* model, const char* test, const char* path) {
    Head head;
    std::vector<float> predicted;
    for (const mf::mf_node& node : read(test, head)) predicted.push_back(mf::mf_predict(model, node.u, node.v));
    Closer closer{opened(path, "wb")};
    std::fwrite(predicted.data(), sizeof(float), predicted.size(), closer.file);
}

}  // namespace

int main(int count, char** text) try {
    if (count != 10) throw std::runtime_error("nine arguments, please");
    Head head;
    std::vector<mf::mf_node> nodes = read(text[1], head);
    const mf::mf_problem problem{head.users, head.items, head.count, nodes.data()};
    const mf::mf_parameter chosen = parameters(text + 4);
    const std::clock_t used = std::clock();
    const auto started = std::chrono::steady_clock::now();
    mf::mf_model* model = mf::mf_train(&problem, chosen);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
    const double processors = static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC;
    if (!model) throw std::runtime_error("LIBMF refused the parameters");
    predict(model, text[2], text[3]);
    mf::mf_destroy_model(&model);
    std::printf("%.6f %.6f\n", seconds.count(), processors);
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "libmf_driver: %s\n", error.what());
    return 1;
}
