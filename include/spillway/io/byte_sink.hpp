#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spillway::io {

/// Where bytes go in large blocks: a file, a pipe, a compressor, memory.
///
/// The virtual call is paid per block: put a `buffered_writer` before it for records. Not safe for use by several
/// threads at once.
class byte_sink {
 public:
  byte_sink() = default;
  virtual ~byte_sink() = default;

  /// Takes all of `bytes`.
  /// \throws io_error
  virtual void write(std::string_view bytes) = 0;

  /// What to call it in messages: the path as the caller gave it, or `<stdout>`.
  [[nodiscard]] virtual std::string const& name() const noexcept = 0;

 protected:
  byte_sink(byte_sink const&) = default;
  byte_sink(byte_sink&&) = default;
  byte_sink& operator=(byte_sink const&) = default;
  byte_sink& operator=(byte_sink&&) = default;
};

}  // namespace spillway::io
