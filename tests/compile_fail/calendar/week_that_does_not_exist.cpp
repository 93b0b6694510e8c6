// expect: not a constant expression|is not a constant|throw
#include <spillway/calendar/week.hpp>

int main() {
#ifdef SPILLWAY_COMPILE_FAIL
  constexpr spillway::calendar::iso_week week{2021, 53};
#else
  constexpr spillway::calendar::iso_week week{2020, 53};
#endif
  return week.week() == 53 ? 0 : 1;
}
