#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/buffered_writer.hpp>
#include <spillway/io/byte_sink.hpp>
#include <spillway/io/compression.hpp>
#include <spillway/io/detail/compressing_sink.hpp>
#include <spillway/io/detail/file.hpp>
#include <spillway/io/detail/replacement_file.hpp>

#include <array>
#include <concepts>
#include <exception>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::io {

/// What `commit` waits for.
enum class durability {
  synced,  ///< the bytes and the folder's entry are on the device: they survive a power failure
  cached,  ///< the system has them: they survive the end of the process only
};

struct output_options {
  io::compression compression = io::compression::automatic;
  /// gzip and bzip2 1–9, zstd 1–19, xz 0–9; none is the format's own default.
  std::optional<int> level = std::nullopt;
  io::durability durability = io::durability::synced;
  std::size_t buffer_size = 256 * 1024;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
};

namespace detail {

/// Buffer → compressor, if any → file. What is thrown on the way is kept: after it nothing can be committed.
class output_state final : public byte_sink {
 public:
  output_state(std::string path, output_options const& options)
      : to_stdout_{path == "-"},
        name_{to_stdout_ ? "<stdout>" : std::move(path)},
        durability_{options.durability},
        end_{*this} {
    auto kind = options.compression;
    if (kind == compression::automatic) kind = compression_by_name(name_);
    compressor_ = detail::compress(end_, kind, options.level, options.memory);
    open();
  }

  void write(std::string_view bytes) override {
    guarded([&] { compressor_ ? compressor_->write(bytes) : end_.write(bytes); });
  }
  [[nodiscard]] std::string const& name() const noexcept override { return name_; }

  /// Everything that can go wrong before anything is visible.
  void prepare(buffered_writer& buffer) {
    if (failure_) std::rethrow_exception(failure_);
    if (committed_) throw argument_error{"'" + name_ + "' has been committed already"};
    guarded([&] {
      buffer.flush();
      if (compressor_) compressor_->finish();
      if (replacement_ && durability_ == durability::synced) replacement_->sync();
    });
  }

  void publish() {
    guarded([&] {
      if (!replacement_) return direct_.close();
      if (!replacement_->put_in_free_place()) {
        replacement_->give_name();
        replacement_->put_over_target();
      }
    });
    committed_ = true;
    sync_folder();
    finish();
  }

  void sync_folder() const {
    if (replacement_ && durability_ == durability::synced) replacement_->sync_folder();
  }
  void finish() {
    committed_ = true;
    if (replacement_) replacement_->close();
  }

  [[nodiscard]] replacement_file* replacement() noexcept { return replacement_ ? &*replacement_ : nullptr; }

  /// Runs a step that must not fail if there is to be a commit.
  template <class Step>
  void guarded(Step step) {
    try {
      step();
    } catch (...) {
      fail(std::current_exception());
      throw;
    }
  }

  void fail(std::exception_ptr why) noexcept {
    failure_ = std::move(why);
    if (replacement_) replacement_->discard();
  }

 private:
  /// The end of the chain.
  class file_sink final : public byte_sink {
   public:
    explicit file_sink(output_state& state) : state_{state} {}
    void write(std::string_view bytes) override {
      state_.replacement_ ? state_.replacement_->write(bytes) : state_.direct_.write(bytes);
    }
    [[nodiscard]] std::string const& name() const noexcept override { return state_.name_; }

   private:
    output_state& state_;
  };

  void open() {
    if (to_stdout_) {
      direct_ = file{STDOUT_FILENO, name_, file::ownership::leaves_open};
      return;
    }
    struct ::stat status = {};
    if (name_.empty()) throw_io_error("open", name_, ENOENT);
    auto const exists = ::stat(name_.c_str(), &status) == 0;
    if ((exists && S_ISDIR(status.st_mode)) || name_.ends_with('/')) throw_io_error("open", name_, EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
      direct_ = file::open(name_, O_WRONLY | O_NOCTTY);
    } else {
      replacement_.emplace(name_);
    }
  }

  bool to_stdout_;
  std::string name_;
  io::durability durability_;
  file direct_;
  std::optional<replacement_file> replacement_;
  file_sink end_;
  std::unique_ptr<finishing_sink> compressor_;
  std::exception_ptr failure_;
  bool committed_ = false;
};

}  // namespace detail

/// A file that appears whole, with `commit`, or not at all: without it the target stays as it was and nothing is left
/// behind, not even of a process that was killed. `-` is stdout.
///
/// Pipes, devices and stdout can't be taken back: they are written as the buffer fills, and `commit` flushes the rest
/// and tells of errors. A closed pipe is an io_error if the program ignores SIGPIPE, as one that writes to pipes
/// should.
///
/// Small appends cost no system call and no virtual call. Memory: the buffer, and 128 KiB if it is compressed, from
/// `options.memory`; the compressor's own tables beside that. After an error in a write, every commit throws it again.
class output_file final : public byte_sink {
 public:
  /// Compresses by the extension (`.gz`, `.zst`, `.bz2`, `.xz`) or as the options say.
  /// \throws io_error if the folder can't be written to or the target is a folder or read-only; argument_error for a
  ///         compression level that there isn't.
  explicit output_file(std::string path, output_options const& options = {})
      : state_{std::make_unique<detail::output_state>(std::move(path), options)},
        buffer_{*state_, options.buffer_size, options.memory} {}
  output_file(output_file&&) noexcept = default;
  output_file& operator=(output_file&&) = delete;
  ~output_file() override = default;

  void append(std::string_view bytes) { buffer_.append(bytes); }
  void append(char byte) { buffer_.append(byte); }
  void write(std::string_view bytes) override { buffer_.append(bytes); }
  /// For writing in place: `reserve` and `advance`. It needs no flush; `commit` does that.
  [[nodiscard]] buffered_writer& buffer() noexcept { return buffer_; }

  /// Makes the target the new file in one step: flush, fsync, rename, fsync of the folder.
  /// \throws io_error; the target is as it was. Only if syncing the folder fails, after the last step, does the new
  ///         file stand, complete.
  void commit() {
    state_->prepare(buffer_);
    state_->publish();
  }

  [[nodiscard]] std::string const& name() const noexcept override { return state_->name(); }
  /// Bytes appended so far, before compression.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return buffer_.bytes(); }

 private:
  friend void commit_together(std::span<output_file* const> outputs);

  std::unique_ptr<detail::output_state> state_;
  buffered_writer buffer_;
};

/// Commits several outputs so that all appear or none does.
///
/// All are written out and synced before the first appears; if one then can't appear, those that did are taken back.
/// POSIX has no step for several files: a process that is killed in the middle of the renames leaves some of them new,
/// each complete, and the old ones beside them under hidden names. Outputs that are pipes are flushed first and can't
/// be taken back.
/// \throws what the first failing commit throws.
inline void commit_together(std::span<output_file* const> outputs) {
  for (auto* output : outputs) output->state_->prepare(output->buffer_);
  auto const each = [&](auto step) {
    for (auto* output : outputs) {
      if (auto* file = output->state_->replacement()) step(*file);
    }
  };
  std::size_t replaced = 0;
  try {
    each([](detail::replacement_file& file) { file.give_name(); });
    each([](detail::replacement_file& file) { file.keep_old(); });
    each([&](detail::replacement_file& file) {
      file.put_over_target();
      ++replaced;
    });
    for (auto* output : outputs) output->state_->sync_folder();
  } catch (...) {
    each([&](detail::replacement_file& file) {
      if (replaced != 0) {
        file.bring_back_old();
        --replaced;
      }
      file.forget_old();
    });
    for (auto* output : outputs) output->state_->fail(std::current_exception());
    throw;
  }
  each([](detail::replacement_file& file) { file.forget_old(); });
  for (auto* output : outputs) output->state_->finish();
}

template <std::same_as<output_file>... Outputs>
void commit_together(output_file& first, Outputs&... others) {
  commit_together(std::array{&first, &others...});
}

}  // namespace spillway::io
