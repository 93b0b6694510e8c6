// expect: these keys can.t be compared: give the key type an operator <
#include <spillway/sort/detail/key_order.hpp>

#include <functional>

struct shade {
  int red;
};

bool of_number(int a, int b) { return spillway::sort::detail::key_order<std::ranges::less, int>::less({}, a, b); }

#ifdef SPILLWAY_COMPILE_FAIL
bool of_shade(shade a, shade b) { return spillway::sort::detail::key_order<std::ranges::less, shade>::less({}, a, b); }
#endif
