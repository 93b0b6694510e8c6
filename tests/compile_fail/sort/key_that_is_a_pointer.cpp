// expect: a pointer is no key
#include <spillway/sort/detail/key_order.hpp>

#include <functional>
#include <string_view>

bool of_text(std::string_view a, std::string_view b) {
  return spillway::sort::detail::key_order<std::less<>, std::string_view>::less({}, a, b);
}

#ifdef SPILLWAY_COMPILE_FAIL
bool of_pointer(char const* a, char const* b) {
  return spillway::sort::detail::key_order<std::less<>, char const*>::less({}, a, b);
}
#endif
