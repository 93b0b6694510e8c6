#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/text.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The least that a program needs to be measured: no colours, no bars, no help.
namespace program {

/// `INPUT OUTPUT --name value --name value`.
class arguments {
 public:
  arguments(int count, char** words) {
    for (int at = 1; at < count; ++at) {
      std::string_view const word = words[at];
      if (!word.starts_with("--")) {
        files_.emplace_back(word);
      } else if (++at < count) {
        options_.emplace(word, words[at]);
      } else {
        throw spillway::argument_error{std::string{word} + " needs a value"};
      }
    }
  }

  [[nodiscard]] std::vector<std::string> const& files() const { return files_; }
  [[nodiscard]] std::string const& file(std::size_t index) const {
    if (index >= files_.size()) throw spillway::argument_error{"a file is missing"};
    return files_[index];
  }

  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const {
    auto const found = options_.find(name);
    return found == options_.end() ? std::string{otherwise} : found->second;
  }

  template <class Number>
  [[nodiscard]] Number number(std::string_view name, Number otherwise) const {
    auto const found = options_.find(name);
    return found == options_.end() ? otherwise : spillway::parse_text<Number>(found->second);
  }

 private:
  std::vector<std::string> files_;
  std::map<std::string, std::string, std::less<>> options_;
};

template <class Body>
int run(int count, char** words, Body body) {
  try {
    body(arguments{count, words});
    return 0;
  } catch (std::exception const& problem) {
    std::fprintf(stderr, "%s: %s\n", words[0], problem.what());
    return 2;
  }
}

}  // namespace program
