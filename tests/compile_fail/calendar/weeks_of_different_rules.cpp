// expect: no match for .operator==|invalid operands
#include <spillway/calendar/week.hpp>

int main() {
  constexpr spillway::calendar::iso_week iso{2020, 1};
#ifdef SPILLWAY_COMPILE_FAIL
  constexpr spillway::calendar::monday_week other{2020, 1};
#else
  constexpr spillway::calendar::iso_week other{2020, 1};
#endif
  return iso == other ? 0 : 1;
}
