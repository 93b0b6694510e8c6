#pragma once

#include <spillway/core/progress.hpp>
#include <spillway/io/plain_file.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace spillway::io {

/// A stream of bytes that is read once, front to back, in large blocks: a file, a pipe, a decompressor, memory.
///
/// The virtual call is paid per block, never per record. Not safe for use by several threads at once.
class byte_source {
 public:
  byte_source() = default;
  byte_source(byte_source const&) = delete;
  byte_source& operator=(byte_source const&) = delete;
  virtual ~byte_source() = default;

  /// Fills `buffer` from the front and returns how many bytes it got: fewer than asked for only at the end of the
  /// stream, and 0 from then on.
  /// \throws io_error if the system refuses; corrupt_data if compressed bytes are damaged or end too early.
  virtual std::size_t read(std::span<char> buffer) = 0;

  /// What to call it in messages: the path as the caller gave it, or `<stdin>`.
  [[nodiscard]] virtual std::string const& name() const noexcept = 0;

  /// Bytes taken from the storage below and its size if known: of the compressed file where there is one.
  [[nodiscard]] virtual progress position() const noexcept = 0;

  /// The file that has the same bytes, if there is one: not for pipes, compressed files or memory.
  [[nodiscard]] virtual std::optional<plain_file> reread() const { return std::nullopt; }
};

using byte_source_ptr = std::unique_ptr<byte_source>;

}  // namespace spillway::io
