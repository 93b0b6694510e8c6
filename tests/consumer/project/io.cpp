#include <spillway/io.hpp>

#include <iostream>
#include <string_view>

int main() {
  spillway::io::memory_source source{"a,b\n1,2\n"};
  char buffer[8];
  std::cout << std::string_view{buffer, source.read(buffer)} << '\n';
}
