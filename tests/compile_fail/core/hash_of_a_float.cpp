// expect: no matching function for call to .hash64
#include <spillway/core/hash.hpp>

#include <cstdint>

// Equal floating-point numbers can differ in their bytes (0.0 and -0.0), so the caller has to say what is hashed.
std::uint64_t of_integer() { return spillway::hash64(3); }

#ifdef SPILLWAY_COMPILE_FAIL
std::uint64_t of_float() { return spillway::hash64(3.5); }
#endif
