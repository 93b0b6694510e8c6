#pragma once

#include <spillway/core/error.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace spillway::io {

/// What a reader does with a record that is malformed or that the caller's step refuses.
enum class error_policy {
  fail,  ///< throw a parse_error with the place of the first such record
  skip,  ///< count it, hand it to the reject sink if there is one, and go on
};

/// A record that was not accepted. The views are valid during the call that hands it over.
struct reject {
  std::string_view source;
  text_position position;
  std::string_view problem;
  /// The record as it stands in the input, without its line end.
  std::string_view bytes;
};

/// Takes the rejected records in the order of the input, from one thread at a time.
using reject_sink = std::function<void(reject const&)>;

/// What a reader went through.
struct read_result {
  std::uint64_t records = 0;   ///< accepted
  std::uint64_t rejected = 0;  ///< skipped as malformed or refused
  std::uint64_t lines = 0;     ///< line ends seen, and an unended last line
  std::uint64_t bytes = 0;     ///< after decompression
};

}  // namespace spillway::io
