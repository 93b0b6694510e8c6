#pragma once

#include <spillway/core/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace spillway::split::detail {

/// Where the file of a class stands: a path with `{}` for the name of the class.
class file_names {
 public:
  /// A pattern without `{}` is a folder.
  explicit file_names(std::string_view pattern) {
    constexpr std::string_view mark = "{}";
    auto full = std::string{pattern};
    if (full.find(mark) == full.npos) full += full.empty() || full.ends_with('/') ? "{}.csv" : "/{}.csv";
    auto const slash = full.rfind('/');
    auto const name_at = slash == full.npos ? 0 : slash + 1;
    auto const at = full.find(mark, name_at);
    if (at == full.npos || full.find(mark) != at || full.find(mark, at + 1) != full.npos) {
      throw argument_error{"expected one {} in the file's own name, found " + value_error::quoted(pattern)};
    }
    folder_ = name_at == 0 ? "." : full.substr(0, name_at);
    before_ = full.substr(name_at, at - name_at);
    after_ = full.substr(at + mark.size());
    prefix_ = name_at == 0 ? "./" : folder_;  // a file called - is not stdout
  }

  [[nodiscard]] std::string const& folder() const noexcept { return folder_; }
  [[nodiscard]] std::string const& extension() const noexcept { return after_; }

  /// Names of classes come from data: one can't lead out of the folder, hide a file or be the name of another class.
  [[nodiscard]] std::string name(std::string_view of_class) const {
    constexpr std::string_view digits = "0123456789ABCDEF";
    if (of_class.empty()) return before_ + "%empty" + after_;
    auto name = before_;
    for (char const c : of_class) {
      auto const byte = static_cast<unsigned char>(c);
      bool const hides = c == '.' && name.empty();
      if (byte < ' ' || byte == 0x7F || c == '/' || c == '%' || hides) {
        name += '%';
        name += digits[byte >> 4U];
        name += digits[byte & 15U];
      } else {
        name += c;
      }
    }
    return name + after_;
  }

  [[nodiscard]] std::string path(std::string_view of_class) const { return prefix_ + name(of_class); }

 private:
  std::string folder_;
  std::string prefix_;
  std::string before_;
  std::string after_;
};

}  // namespace spillway::split::detail
