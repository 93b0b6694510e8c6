#include <spillway/core.hpp>

int main() { return spillway::hash64("spillway") == 0 ? 1 : 0; }
