#pragma once

#include <spillway/core/error.hpp>
#include <spillway/sort/detail/packed_length.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::sort {

template <class T>
struct spill_codec;

}  // namespace spillway::sort

namespace spillway::sort::detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_packed(std::string_view expected, std::string_view found) {
  throw value_error{expected, found};
}

inline void expect_size(std::string_view bytes, std::size_t size) {
  if (bytes.size() != size) [[unlikely]]
    refuse_packed("a record of " + std::to_string(size) + " bytes", bytes);
}

/// Takes packed bytes apart from the front, never more than there are.
class unpacker {
 public:
  explicit unpacker(std::string_view bytes) : bytes_{bytes} {}

  [[nodiscard]] bool at_end() const noexcept { return bytes_.empty(); }
  [[nodiscard]] std::string_view take_rest() noexcept { return std::exchange(bytes_, {}); }

  [[nodiscard]] std::string_view take(std::size_t size) {
    if (size > bytes_.size()) [[unlikely]]
      refuse_packed("a packed record, complete", bytes_);
    auto const taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  [[nodiscard]] std::size_t take_length() {
    std::size_t length = 0;
    for (unsigned shift = 0; shift < std::numeric_limits<std::size_t>::digits && !bytes_.empty(); shift += 7) {
      auto const byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      length |= std::size_t{byte & 127U} << shift;
      if (byte < 128) return length;
    }
    refuse_packed("the length of a part of a packed record", bytes_);
  }

  void expect_end() const {
    if (!bytes_.empty()) [[unlikely]]
      refuse_packed("the end of a packed record", bytes_);
  }

 private:
  std::string_view bytes_;
};

/// 0 if values differ in size.
template <class Codec>
inline constexpr std::size_t fixed_size_of = 0;
template <class Codec>
  requires requires { Codec::fixed_size; }
inline constexpr std::size_t fixed_size_of<Codec> = Codec::fixed_size;

template <class T>
inline constexpr std::size_t fixed_part = fixed_size_of<spill_codec<T>>;

template <class T>
[[nodiscard]] std::size_t size_of_part(T const& part) {
  if constexpr (fixed_part<T> != 0) {
    return fixed_part<T>;
  } else {
    return spill_codec<T>{}.size(part);
  }
}

/// Over what is there, to keep its memory.
template <class T>
void read_part_into(std::string_view bytes, T& part) {
  if constexpr (requires(spill_codec<T> const& codec) { codec.read_into(bytes, part); }) {
    spill_codec<T>{}.read_into(bytes, part);
  } else {
    part = spill_codec<T>{}.read(bytes);
  }
}

template <class T>
[[nodiscard]] T read_part(std::string_view bytes) {
  if constexpr (requires(spill_codec<T> const& codec) { codec.read(bytes); }) {
    return spill_codec<T>{}.read(bytes);
  } else {
    T part{};
    spill_codec<T>{}.read_into(bytes, part);
    return part;
  }
}

/// Parts that differ in size have their length in front.
template <class T>
[[nodiscard]] std::size_t size_with_length(T const& part) {
  auto const size = size_of_part(part);
  return fixed_part<T> != 0 ? size : size + size_of_length(size);
}

template <class T>
[[nodiscard]] char* write_with_length(T const& part, char* to) {
  auto const size = size_of_part(part);
  if (fixed_part<T> == 0) to = write_length(size, to);
  spill_codec<T>{}.write(part, to);
  return to + size;
}

template <class T>
[[nodiscard]] std::string_view take_with_length(unpacker& from) {
  if constexpr (fixed_part<T> != 0) {
    return from.take(fixed_part<T>);
  } else {
    return from.take(from.take_length());
  }
}

/// Parts one after another; the last one needs no length, as it takes what is left.
template <class... Parts>
struct parts_codec {
  static constexpr std::size_t fixed_size =
      (... && (fixed_part<Parts> != 0)) ? (std::size_t{0} + ... + fixed_part<Parts>) : 0;

 protected:
  [[nodiscard]] static std::size_t size_of_parts([[maybe_unused]] Parts const&... parts) {
    if constexpr (fixed_size != 0) {
      return fixed_size;
    } else {
      std::size_t size = 0;
      std::size_t left = sizeof...(Parts);
      ((size += --left == 0 ? size_of_part(parts) : size_with_length(parts)), ...);
      return size;
    }
  }

  static void write_parts([[maybe_unused]] char* to, Parts const&... parts) {
    std::size_t left = sizeof...(Parts);
    auto const write = [&]<class Part>(Part const& part) {
      if (--left == 0) {
        spill_codec<Part>{}.write(part, to);
      } else {
        to = write_with_length(part, to);
      }
    };
    (write(parts), ...);
  }

  static void read_parts_into(std::string_view bytes, Parts&... parts) {
    unpacker from{bytes};
    std::size_t left = sizeof...(Parts);
    (read_part_into(take_part<Parts>(from, left), parts), ...);
    from.expect_end();
  }

  /// In braces, so that the parts are read in order.
  template <class Tuple>
  [[nodiscard]] static Tuple read_parts(std::string_view bytes) {
    unpacker from{bytes};
    std::size_t left = sizeof...(Parts);
    Tuple record{read_part<Parts>(take_part<Parts>(from, left))...};
    from.expect_end();
    return record;
  }

 private:
  template <class Part>
  [[nodiscard]] static std::string_view take_part(unpacker& from, std::size_t& left) {
    return --left == 0 && fixed_part<Part> == 0 ? from.take_rest() : take_with_length<Part>(from);
  }
};

/// For what `std::get` takes apart.
template <class Tuple, class... Parts>
struct tuple_codec : parts_codec<Parts...> {
  static std::size_t size(Tuple const& record) {
    return std::apply([](auto const&... parts) { return tuple_codec::size_of_parts(parts...); }, record);
  }
  static void write(Tuple const& record, char* to) {
    std::apply([to](auto const&... parts) { tuple_codec::write_parts(to, parts...); }, record);
  }
  static Tuple read(std::string_view bytes) { return tuple_codec::template read_parts<Tuple>(bytes); }
  static void read_into(std::string_view bytes, Tuple& record)
    requires(... && std::movable<Parts>)
  {
    std::apply([bytes](auto&... parts) { tuple_codec::read_parts_into(bytes, parts...); }, record);
  }
};

template <class Array, std::size_t N, class Part, class Indices = std::make_index_sequence<N>>
struct array_codec;

template <class Array, std::size_t N, class Part, std::size_t... I>
struct array_codec<Array, N, Part, std::index_sequence<I...>> : tuple_codec<Array, std::enable_if_t<(I < N), Part>...> {
};

/// Elements one after another, without their number.
template <class T, class Allocator>
struct vector_codec {
  using vector = std::vector<T, Allocator>;

  static std::size_t size(vector const& record) {
    if constexpr (fixed_part<T> != 0) {
      return record.size() * fixed_part<T>;
    } else {
      std::size_t size = 0;
      for (auto const& element : record) size += size_with_length(element);
      return size;
    }
  }

  static void write(vector const& record, char* to) {
    if constexpr (flat) {
      if (!record.empty()) std::memcpy(to, record.data(), record.size() * sizeof(T));
    } else {
      for (T const& element : record) to = write_with_length(element, to);
    }
  }

  static vector read(std::string_view bytes) {
    vector record;
    read_into(bytes, record);
    return record;
  }

  static void read_into(std::string_view bytes, vector& record) {
    if constexpr (fixed_part<T> != 0) {
      if (bytes.size() % fixed_part<T> != 0) refuse_packed("a list of elements of fixed size", bytes);
    }
    if constexpr (flat && std::default_initializable<T>) {
      record.resize(bytes.size() / sizeof(T));
      if (!bytes.empty()) std::memcpy(record.data(), bytes.data(), bytes.size());
    } else {
      read_elements(unpacker{bytes}, record);
    }
  }

 private:
  /// One copy does for all elements.
  static constexpr bool flat = std::is_trivially_copyable_v<T> && fixed_part<T> == sizeof(T) && !std::same_as<T, bool>;

  static void read_elements(unpacker from, vector& record) {
    std::size_t count = 0;
    for (; !from.at_end(); ++count) {
      auto const bytes = take_with_length<T>(from);
      if (count == record.size()) {
        record.push_back(read_part<T>(bytes));
      } else if constexpr (std::same_as<T, bool>) {
        record[count] = read_part<T>(bytes);
      } else {
        read_part_into(bytes, record[count]);
      }
    }
    record.erase(record.begin() + static_cast<std::ptrdiff_t>(count), record.end());
  }
};

template <class Member>
struct member_parts;
template <class Class, class Type>
struct member_parts<Type Class::*> {
  using owner = Class;
  using type = Type;
};

template <class Member>
using member_type = typename member_parts<Member>::type;

template <class Member, class...>
struct first_owner {
  using type = typename member_parts<Member>::owner;
};

/// The class that the first of them is a member of.
template <class... Members>
using class_of = typename first_owner<Members...>::type;

}  // namespace spillway::sort::detail
