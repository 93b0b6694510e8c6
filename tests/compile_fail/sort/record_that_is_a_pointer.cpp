// expect: records of this type can.t be turned into bytes
#include <spillway/sort/detail/record_codec.hpp>

#include <cstddef>

std::size_t of_number(int number) { return spillway::sort::detail::record_codec<int>{}.size(number); }

#ifdef SPILLWAY_COMPILE_FAIL
// What it points to would not be kept.
std::size_t of_pointer(char const* text) { return spillway::sort::detail::record_codec<char const*>{}.size(text); }
#endif
