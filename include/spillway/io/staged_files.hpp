#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/io/buffered_writer.hpp>
#include <spillway/io/byte_sink.hpp>
#include <spillway/io/compression.hpp>
#include <spillway/io/detail/compressing_sink.hpp>
#include <spillway/io/detail/file.hpp>
#include <spillway/io/detail/staging_folder.hpp>
#include <spillway/io/output.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io {

/// Files of one folder, as many as the disk takes, that are written one after the other and then appear together or
/// not at all.
///
/// They wait in a hidden folder beside their places, which goes when this does. What a killed process leaves of it, the
/// next one in the same folder removes. Only from a process that was killed in the middle of `publish` some files are
/// new, each complete, and what they replaced stays in the hidden folder.
///
/// A symbolic link in a file's place is replaced, not followed. New files have the permissions of the umask.
///
/// Memory: one buffer and one compressor, and the names: a byte more than each is long. Two or three descriptors.
class staged_files {
 public:
  /// The `compression` of `options` says how, `automatic` by the name of each file. Nothing is made yet.
  explicit staged_files(std::string folder, output_options const& options = {})
      : options_{options},
        folder_{std::move(folder)},
        buffer_{sink_, options.buffer_size, options.memory},
        names_{options.memory} {}
  staged_files(staged_files const&) = delete;
  staged_files& operator=(staged_files const&) = delete;
  ~staged_files() = default;

  /// Starts a file, and ends the one before.
  /// \throws io_error, also if there was a file of this name already.
  void begin(std::string const& name) {
    end();
    if (!staging_) staging_ = std::make_unique<detail::staging_folder>(folder_);
    sink_.below.file = staging_->create(name);
    auto kind = options_.compression;
    if (kind == compression::automatic) kind = compression_by_name(name);
    sink_.compressor = detail::compress(sink_.below, kind, options_.level, options_.memory);
    names_.insert(names_.end(), name.c_str(), name.c_str() + name.size() + 1);
    before_ = buffer_.bytes();
    ++count_;
  }

  /// To the file that was started last.
  void append(std::string_view bytes) { buffer_.append(bytes); }

  /// Bytes appended to it, before compression.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return buffer_.bytes() - before_; }
  /// How many were started.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  /// Ends the file that was started last, if it is not ended.
  /// \throws io_error
  void end() {
    if (!sink_.below.file.is_open()) return;
    buffer_.flush();
    if (sink_.compressor) sink_.compressor->finish();
    sink_.compressor.reset();
    sink_.below.file.close();
  }

  /// Puts all files in their places. When it throws, those that were there before are there again.
  /// \throws io_error; cancelled.
  void publish(std::stop_token const& stop = {}) {
    end();
    if (!staging_) return;
    if (options_.durability == durability::synced) staging_->sync();
    try {
      each_name([&](char const* name) {
        throw_if_cancelled(stop);
        staging_->put_in_place(name);
        ++published_;
        return true;
      });
      if (options_.durability == durability::synced) staging_->sync_target();
    } catch (...) {
      take_back();
      throw;
    }
  }

  /// Undoes `publish`, as far as the system lets it.
  void take_back() noexcept {
    each_name([&](char const* name) noexcept {
      if (published_ == 0) return false;
      staging_->take_back(name);
      --published_;
      return true;
    });
  }

  /// Makes `publish` final.
  void finish() noexcept {
    published_ = 0;
    names_.clear();
    if (staging_) staging_->forget_old();
    staging_.reset();
  }

 private:
  /// The file that is being written, without its compression and with it.
  struct file_sink final : byte_sink {
    void write(std::string_view bytes) override { file.write(bytes); }
    [[nodiscard]] std::string const& name() const noexcept override { return file.path(); }
    detail::file file;
  };
  struct compressed_sink final : byte_sink {
    void write(std::string_view bytes) override { compressor ? compressor->write(bytes) : below.write(bytes); }
    [[nodiscard]] std::string const& name() const noexcept override { return below.name(); }
    file_sink below;
    std::unique_ptr<detail::finishing_sink> compressor;
  };

  /// Calls `step(name)` for every file, until it says false.
  template <class Step>
  void each_name(Step step) {
    for (auto const* name = names_.data(); name != names_.data() + names_.size(); name += std::strlen(name) + 1) {
      if (!step(name)) return;
    }
  }

  output_options options_;
  std::string folder_;
  std::unique_ptr<detail::staging_folder> staging_;
  compressed_sink sink_;
  buffered_writer buffer_;
  /// Each with a NUL byte behind it.
  std::pmr::vector<char> names_;
  std::uint64_t before_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t published_ = 0;
};

}  // namespace spillway::io
