// expect: constraints? not satisfied
#include <spillway/core/text.hpp>

struct unknown {};

int known() { return spillway::parse_text<int>("1"); }

#ifdef SPILLWAY_COMPILE_FAIL
unknown unparsed() { return spillway::parse_text<unknown>("1"); }
#endif
