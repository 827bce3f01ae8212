#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Without libFuzzer: the files that are named, each also cut short at many places and with some bytes changed. The
// changes come from a fixed seed: the same every time.
int main(int argc, char** argv) {
    constexpr int kVariants = 200;
    std::mt19937 random{20240131};
    const auto run = [](const std::string& text) {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    };
    run("");
    for (int i = 1; i < argc; ++i) {
        std::ifstream file{argv[i], std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{file}, {}};
        run(text);
        for (int variant = 0; variant < kVariants && !text.empty(); ++variant) {
            std::string changed = text.substr(0, random() % text.size() + 1);
            for (auto changes = random() % 4; changes > 0; --changes) {
                changed[random() % changed.size()] = static_cast<char>(random());
            }
            run(changed);
        }
    }
    std::cout << argc - 1 << " files replayed\n";
    return 0;
}
