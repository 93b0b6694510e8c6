#pragma once

#include <spillway/core/progress.hpp>
#include <spillway/io/reading.hpp>

#include <cstddef>
#include <memory_resource>
#include <stop_token>

namespace spillway::io {

struct json_lines_options {
  error_policy on_error = error_policy::fail;
  /// Takes the lines that `error_policy::skip` skips.
  reject_sink rejects = {};
  /// Bytes read and worked on at a time. A chunk and its tokens should stay within the second-level cache.
  std::size_t chunk_size = 256 * 1024;
  /// The longest line that is accepted, with its line end; must be below 1 GiB.
  std::size_t longest_record = 16 * 1024 * 1024;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  progress_callback on_progress = {};
  std::stop_token stop = {};
};

}  // namespace spillway::io
