// expect: use of deleted function|call to deleted constructor
#include <spillway/calendar/window.hpp>

#include <chrono>

int main() {
#ifdef SPILLWAY_COMPILE_FAIL
  spillway::calendar::tumbling const windows{std::chrono::duration<double>{0.1}};
#else
  spillway::calendar::tumbling const windows{std::chrono::milliseconds{100}};
#endif
  return windows.length().count() == 100000 ? 0 : 1;
}
